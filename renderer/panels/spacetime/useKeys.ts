/** The diagram by keyboard: the arrows go from event to event, full stop to what came of it and comma to its cause; with Shift they move and zoom, with Alt they move a cut. */
import { useSelection } from '../../stores/selection.ts'
import type { Choosing } from './useChoosing.ts'
import type { Parts } from './useSeen.ts'
import { acrossLanes, alongLane, causeOf, effectOf } from './walk.ts'

/** `openMenu`: of an event. Returns what is to be done with a key. */
export function useKeys({ diagram, relation, cutting }: Parts, choosing: Choosing, openMenu: (row: number) => void) {
  const selection = useSelection()
  const { here, goTo, hold } = choosing

  function walk(lanes: number, steps: 1 | -1 | 0): void {
    const { columns, placement } = diagram.drawing.value
    if (columns.count === 0) return
    const row = here()
    const lane = columns.lane[row] as number
    if (lane >= columns.endpoints) return goTo(acrossLanes(placement, row, 0))
    if (steps !== 0) return goTo(alongLane(columns, row, steps))
    const next = Math.max(0, Math.min(columns.endpoints - 1, lane + lanes))
    if (next !== lane) goTo(acrossLanes(placement, row, next))
  }

  function letGo(): void {
    if (relation.other.value !== undefined) relation.other.value = undefined
    else if (cutting.places.value) cutting.stop()
    else selection.select(undefined)
  }

  function actsOf({ shiftKey }: KeyboardEvent): { readonly [key: string]: () => void } {
    const size = diagram.shown.value.to - diagram.shown.value.from
    const isDown = diagram.down.value
    const [forward, back] = isDown ? ['ArrowDown', 'ArrowUp'] : ['ArrowRight', 'ArrowLeft']
    const [nextLane, lastLane] = isDown ? ['ArrowRight', 'ArrowLeft'] : ['ArrowDown', 'ArrowUp']
    const { columns } = diagram.drawing.value
    return {
      [forward as string]: () => (shiftKey ? diagram.panBy(size * 0.2) : walk(0, 1)),
      [back as string]: () => (shiftKey ? diagram.panBy(size * -0.2) : walk(0, -1)),
      [nextLane as string]: () => (shiftKey ? diagram.zoomBy(1.25) : walk(1, 0)),
      [lastLane as string]: () => (shiftKey ? diagram.zoomBy(0.8) : walk(-1, 0)),
      PageDown: () => diagram.panBy(size * 0.9),
      PageUp: () => diagram.panBy(size * -0.9),
      '+': () => diagram.zoomBy(0.7),
      '=': () => diagram.zoomBy(0.7),
      '-': () => diagram.zoomBy(1.4),
      '0': diagram.showAll,
      '.': () => goTo(effectOf(columns, here())),
      ',': () => goTo(causeOf(columns, here())),
      x: hold,
      ContextMenu: () => openMenu(here()),
      ...(shiftKey ? { F10: () => openMenu(here()) } : {}),
      Escape: letGo,
    }
  }

  function cutActs(): { readonly [key: string]: () => void } {
    const lanes = diagram.endpoints.value.length
    const toLane = (by: number) => () => {
      cutting.lane.value = (cutting.lane.value + by) % lanes
    }
    return {
      ArrowRight: () => cutting.step(1),
      ArrowLeft: () => cutting.step(-1),
      ArrowDown: toLane(1),
      ArrowUp: toLane(lanes - 1),
    }
  }

  return function press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || (event.altKey && !cutting.places.value)) return
    const act = (event.altKey ? cutActs() : actsOf(event))[event.key]
    if (!act) return
    event.preventDefault()
    act()
  }
}
