/** Two states to compare: of a node after an event each. What is not pinned is the node and the event that are looked at. */
import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { StateDiff } from '../../main/contract/state.ts'
import { CLIENTS, type NodeId } from '../../protocols/core/ids.ts'
import { useLab } from './lab.ts'
import { useNotices } from './notices.ts'
import { usePlayback } from './playback.ts'
import { useRun } from './run.ts'
import { useSelection } from './selection.ts'

export interface Pin {
  readonly node: NodeId
  readonly seq: number
}

export const useStatePins = defineStore('statePins', () => {
  const lab = useLab()
  const run = useRun()
  const playback = usePlayback()
  const notices = useNotices()
  const selection = useSelection()

  /** The node whose state is looked at. */
  const node = shallowRef<NodeId>()
  const a = shallowRef<Pin>()
  const b = shallowRef<Pin>()
  const diff = shallowRef<StateDiff>()
  const comparing = shallowRef(false)
  let wanted = ''
  let busy = false

  const here = computed<Pin | undefined>(() => (node.value === undefined ? undefined : { node: node.value, seq: playback.seq }))
  /** The two sides, when there is something to compare. */
  const sides = computed(() => {
    if (!a.value && !b.value) return undefined
    const [left, right] = [a.value ?? here.value, b.value ?? here.value]
    return left && right ? { a: left, b: right } : undefined
  })

  watch(
    () => run.nodes,
    ([first]) => {
      if (node.value === undefined || !run.nodes.includes(node.value)) node.value = first
    },
    { immediate: true },
  )
  // Whoever is selected anywhere is looked at here.
  watch(
    () => selection.selected,
    (selected) => {
      if (selected?.kind === 'node' && selected.node !== CLIENTS) node.value = selected.node
    },
  )
  watch(
    () => run.id,
    () => {
      a.value = undefined
      b.value = undefined
      diff.value = undefined
    },
  )
  watch(sides, (now) => {
    if (!now) {
      diff.value = undefined
      return
    }
    wanted = JSON.stringify(now)
    if (!busy) void compare()
  })

  /** One comparison at a time: of many moves of the playhead only the last is waited for. */
  async function compare(): Promise<void> {
    busy = true
    comparing.value = true
    try {
      for (let done = ''; done !== wanted && sides.value && run.id !== undefined; ) {
        done = wanted
        const { id } = run
        const found = await lab.call('run.diff', { run: id, ...sides.value })
        if (run.id === id) diff.value = found
      }
    } catch (error) {
      notices.fail(error)
    } finally {
      busy = false
      comparing.value = false
    }
  }

  function pin(side: 'a' | 'b'): void {
    const target = side === 'a' ? a : b
    target.value = here.value
  }

  function unpin(side: 'a' | 'b'): void {
    const target = side === 'a' ? a : b
    target.value = undefined
  }

  function swap(): void {
    const { value } = sides
    if (!value) return
    const [left, right] = [b.value ?? value.b, a.value ?? value.a]
    a.value = left
    b.value = right
  }

  return { node, a, b, here, sides, diff, comparing, pin, unpin, swap }
})
