/** The chosen event and one to compare it with: what happened before what, and how one can know. */
import { computed, shallowRef, watch } from 'vue'
import { chainBetween } from '../../../protocols/causality/chain.ts'
import { coneOf } from '../../../protocols/causality/cone.ts'
import { compareRows, placeOf } from '../../../protocols/causality/order.ts'
import { useRun } from '../../stores/run.ts'
import { useSelection } from '../../stores/selection.ts'
import type { Proof } from './scene.ts'
import type { Diagram } from './useDiagram.ts'

export type RelationView = ReturnType<typeof useRelation>

export function useRelation({ drawing, isWhole, version, endpoints }: Diagram) {
  const run = useRun()
  const selection = useSelection()
  const other = shallowRef<number>()

  const columns = computed(() => {
    version.value // they are filled in place
    return { it: drawing.value.columns }
  })
  const chosen = computed(() => {
    const { selected } = selection
    const row = selected?.kind === 'event' ? selected.seq : selected?.kind === 'message' ? selected.seq : undefined
    return row !== undefined && columns.value.it.has(row) ? row : undefined
  })
  const cone = computed(() => (chosen.value === undefined || !isWhole.value ? undefined : coneOf(columns.value.it, chosen.value)))

  const comparison = computed(() => {
    const [a, b] = [chosen.value, other.value]
    return a === undefined || b === undefined || a === b || !isWhole.value ? undefined : compareRows(columns.value.it, a, b)
  })
  const proof = computed<Proof | undefined>(() => {
    const [a, b, is] = [chosen.value, other.value, comparison.value?.is]
    if (a === undefined || b === undefined || (is !== 'before' && is !== 'after')) return undefined
    const [from, to] = is === 'before' ? [a, b] : [b, a]
    const links = chainBetween(columns.value.it, from, to)
    return links && { from, to, links }
  })

  /** The clock that speaks for a row: of its own point, or of the last one that it can know of. */
  function clockOf(row: number): number[] | undefined {
    const { it } = columns.value
    const place = placeOf(it, row)
    const point = place?.past || place?.next
    return point && it.hasClocks ? Array.from(it.clock.subarray(point * it.endpoints, (point + 1) * it.endpoints)) : undefined
  }

  /** Why it is so, in one sentence. */
  const why = computed(() => {
    const [a, b, found] = [chosen.value, other.value, comparison.value]
    if (a === undefined || b === undefined || !found) return ''
    if (!columns.value.it.hasClocks)
      return 'This run was recorded without vector clocks: which of two events happened before the other cannot be told.'
    const [clockA, clockB] = [clockOf(a), clockOf(b)]
    const name = (lane: number | undefined) => (lane === undefined ? '' : (endpoints.value[lane] ?? '?'))
    const [first, second] = found.deciding
    switch (found.is) {
      case 'before':
        return knowing('a', name(first), clockA?.[first ?? 0], 'b', clockB?.[first ?? 0])
      case 'after':
        return knowing('b', name(first), clockB?.[first ?? 0], 'a', clockA?.[first ?? 0])
      case 'concurrent':
        if (first === undefined || second === undefined || !clockA || !clockB)
          return 'Neither can have known of the other: no chain of messages leads from one to the other.'
        return `Neither knows of the other: b knows of ${clockB[first]} events of ${name(first)}, a is its number ${clockA[first]}; a knows of ${clockA[second]} of ${name(second)}, b is its number ${clockB[second]}.`
      default:
        return 'One of the two is no event of the cluster (such as a person’s deed): nothing can be said of its order.'
    }
  })

  watch(
    () => run.id,
    () => {
      other.value = undefined
    },
  )
  watch(chosen, (row) => {
    if (row === undefined) other.value = undefined
  })

  return { chosen, other, cone, comparison, proof, clockOf, why, columns, isWhole }
}

function knowing(early: string, node: string, own: number | undefined, late: string, known: number | undefined): string {
  return `${early} happened before ${late}: ${early} is event ${own} of ${node}, and ${late} knows of ${known} events of ${node}.`
}
