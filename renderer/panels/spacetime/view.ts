/**
 * What part of the drawing is looked at, and where it lies on the screen. **Along** is the axis, **across** are the lanes; time goes
 * sideways (along is x) or downwards (along is y).
 */
import type { AxisKind } from './placement.ts'

/** A stretch of the axis. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

export interface View extends Stretch {
  readonly width: number
  readonly height: number
  readonly down: boolean
  readonly lanes: number
  /** How far the lanes are scrolled, where there are more than fit. */
  readonly scroll: number
  /** Pixels above the lanes for what holds for more than one of them. */
  readonly ribbons: number
}

/** Along the edge where the axis is labelled, and where lanes are named. */
export const AXIS_PX = 22
const NAMES_SIDE_PX = 72
const NAMES_TOP_PX = 26
const AXIS_SIDE_PX = 68
const LANE_MIN_PX = 24
const LANE_MAX_PX = 150
/** Words over the first lane and under the last. */
const WORDS_PX = 26

/** Where along begins on the screen. */
export const headOf = ({ down }: Pick<View, 'down'>): number => (down ? NAMES_TOP_PX : NAMES_SIDE_PX)
/** Where across begins on the screen: behind the axis. */
export const edgeOf = ({ down, ribbons }: Pick<View, 'down' | 'ribbons'>): number => (down ? AXIS_SIDE_PX : AXIS_PX) + ribbons

export const lengthOf = (view: View): number => Math.max(1, (view.down ? view.height : view.width) - headOf(view))
const breadthOf = (view: View): number => Math.max(1, (view.down ? view.width : view.height) - edgeOf(view))

export function laneGap(view: View): number {
  const breadth = breadthOf(view)
  const lanes = Math.max(1, view.lanes)
  const between = lanes === 1 ? breadth : (breadth - 2 * leastRim(view)) / (lanes - 1)
  return Math.max(LANE_MIN_PX, Math.min(LANE_MAX_PX, breadth / lanes, between))
}
const leastRim = ({ down }: View): number => (down ? 0 : WORDS_PX)
/** From the edge to the middle of the first lane, and from that of the last one to the end. */
const rimOf = (view: View, gap: number): number => Math.max(gap / 2, leastRim(view))
/** How much the lanes can be scrolled. */
export function scrollMax(view: View): number {
  const gap = laneGap(view)
  return Math.max(0, 2 * rimOf(view, gap) + gap * (view.lanes - 1) - breadthOf(view))
}

/** Pixels along of a place on the axis, and back. */
export const alongOf = (place: number, view: View): number => headOf(view) + ((place - view.from) / (view.to - view.from)) * lengthOf(view)
export const placeAt = (along: number, view: View): number => view.from + ((along - headOf(view)) / lengthOf(view)) * (view.to - view.from)
/** Pixels across of the middle of a lane; lanes may be fractions. */
export function acrossOf(lane: number, view: View): number {
  const gap = laneGap(view)
  return edgeOf(view) - view.scroll + rimOf(view, gap) + lane * gap
}
export function laneAt(across: number, view: View): number {
  const gap = laneGap(view)
  return Math.floor((across - edgeOf(view) + view.scroll - rimOf(view, gap)) / gap + 0.5)
}

export const unitsPerPx = (view: View): number => (view.to - view.from) / lengthOf(view)

/** The closest look: a hundredth of a millisecond, or six steps, over the whole length. */
const SMALLEST: Record<AxisKind, number> = { time: 20, lamport: 6, rank: 6 }

/** The whole axis, with a little room at its ends so that nothing stands on the edge. */
export function whole(end: number, axis: AxisKind): Stretch {
  const size = Math.max(end, SMALLEST[axis])
  return { from: -size * 0.01, to: size * 1.015 }
}

/** Closer (factor below 1) or further round a place that stays where it is. */
export function zoomed({ from, to }: Stretch, round: number, factor: number, end: number, axis: AxisKind): Stretch {
  const all = whole(end, axis)
  const size = Math.min(all.to - all.from, Math.max(SMALLEST[axis], (to - from) * factor))
  const share = (round - from) / (to - from)
  return kept({ from: round - share * size, to: round + (1 - share) * size }, end, axis)
}

export const panned = ({ from, to }: Stretch, by: number, end: number, axis: AxisKind): Stretch =>
  kept({ from: from + by, to: to + by }, end, axis)

/** Moved so that it shows what there is. */
function kept({ from, to }: Stretch, end: number, axis: AxisKind): Stretch {
  const all = whole(end, axis)
  const size = to - from
  if (size >= all.to - all.from) return all
  const start = Math.max(all.from, Math.min(from, all.to - size))
  return { from: start, to: start + size }
}

/** The stretch moved so that a place is in it, in the middle when it was not in sight. */
export function showing(stretch: Stretch, place: number, end: number, axis: AxisKind): Stretch {
  const size = stretch.to - stretch.from
  const rim = size * 0.04
  if (place >= stretch.from + rim && place <= stretch.to - rim) return stretch
  return kept({ from: place - size / 2, to: place + size / 2 }, end, axis)
}
