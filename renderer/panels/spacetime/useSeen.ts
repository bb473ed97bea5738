/** What of the diagram is in sight, and what is under the pointer: the scene that is drawn. */
import { computed, type Ref, shallowRef } from 'vue'
import { useMatches } from '../../stores/matches.ts'
import { useReadout } from '../../stores/readout.ts'
import { useSpan } from '../../stores/span.ts'
import { type Hit, hitAt } from './hit.ts'
import { RIBBON_PX, ribbonsOf } from './laneScene.ts'
import { amountIn, isDense, type Matched, type Scene } from './scene.ts'
import type { CutView } from './useCut.ts'
import type { Diagram } from './useDiagram.ts'
import type { RelationView } from './useRelation.ts'
import { scrollMax, type View } from './view.ts'

/** Pixels of the box that the diagram fills. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** What the parts of the panel share that the canvas is about. */
export interface Parts {
  readonly diagram: Diagram
  readonly relation: RelationView
  readonly cutting: CutView
}

export type Seen = ReturnType<typeof useSeen>

export function useSeen({ diagram, relation, cutting }: Parts, size: { width: Ref<number>; height: Ref<number> }, words: Scene['words']) {
  const readout = useReadout()
  const span = useSpan()
  const matches = useMatches()

  /** How far the lanes are scrolled. */
  const scroll = shallowRef(0)
  const pointer = shallowRef<Point>()
  /** Something is dragged: nothing is under the pointer then. */
  const dragging = shallowRef(false)

  const view = computed<View>(() => {
    const { shown, down, endpoints, bands, axis } = diagram
    const bare: View = {
      ...shown.value,
      ...{ width: size.width.value, height: size.height.value, down: down.value, lanes: endpoints.value.length },
      ...{ scroll: 0, ribbons: ribbonsOf(bands.value, axis.value) * (down.value ? 6 : RIBBON_PX) },
    }
    return { ...bare, scroll: Math.max(0, Math.min(scroll.value, scrollMax(bare))) }
  })
  const amount = computed(() => {
    diagram.version.value // the drawing grows in place
    return amountIn({ view: view.value, drawing: diagram.drawing.value })
  })
  const hit = computed<Hit | undefined>(() => {
    diagram.version.value
    const at = pointer.value
    return !at || dragging.value || isDense(amount.value)
      ? undefined
      : hitAt({ view: view.value, drawing: diagram.drawing.value, endpoints: diagram.endpoints.value }, at.x, at.y)
  })
  const matched = computed<Matched | undefined>(() => {
    matches.version // they are found one after the other
    const { seqs, timesUs } = matches.positions
    return matches.isAsked ? { rows: seqs, timesUs, has: matches.has, firstAfter: (atUs) => matches.positions.upTo(atUs) } : undefined
  })
  const scene = computed<Scene>(() => {
    diagram.version.value
    return {
      view: view.value,
      ...{
        drawing: diagram.drawing.value,
        endpoints: diagram.endpoints.value,
        bands: diagram.bands.value,
        turningPoints: diagram.turningPoints.value,
        types: diagram.types.value,
      },
      playhead: { seq: readout.now.seq, atUs: readout.now.atUs },
      ...{ chosen: relation.chosen.value, other: relation.other.value, cone: relation.cone.value, proof: relation.proof.value },
      hovered: hit.value?.row,
      cut: cutting.line.value,
      brush: span.chosen,
      readTo: diagram.readTo.value,
      matched: matched.value,
      words,
    }
  })

  const alongOfPoint = ({ x, y }: Point): number => (diagram.down.value ? y : x)
  const acrossOfPoint = ({ x, y }: Point): number => (diagram.down.value ? x : y)

  return { scroll, pointer, dragging, view, amount, hit, scene, alongOfPoint, acrossOfPoint }
}
