/**
 * When a message is seen and where on its link: a pure function of the playhead, so that live, replay and stepping draw the same.
 * A message travels for as long as it really travelled, divided by the play speed; where that is too short to be seen it is shown
 * for `VISIBLE_MS` of the person's time and the legend says so. While time stands still only what truly is in flight is drawn.
 */
import type { Flight } from '../../model/flights.ts'

/** What of a flight decides where it is drawn. */
export type Travel = Pick<Flight, 'sentAtUs' | 'endAtUs' | 'fate' | 'held' | 'heldAtUs'>

export interface Playhead {
  readonly atUs: number
  /** Run seconds per second of the person's; 0 while time stands still. */
  readonly speed: number
}

export const VISIBLE_MS = 180
/** How long a lost message takes to fall and fade, in the person's time. */
export const FALL_MS = 450
/** Where on the link a message is lost: faults sit in the middle, where the gap of a cut is drawn. */
export const LOST_AT = 0.5
/** Where the gate of a held message stands. */
export const GATE_AT = 0.62

export type Sight =
  /** On its way, at `fraction` of the link. */
  | { readonly is: 'travelling'; readonly fraction: number }
  /** Waiting at the gate. */
  | { readonly is: 'waiting' }
  /** Lost: falls off the link; `fraction` of the fall is over. */
  | { readonly is: 'falling'; readonly fraction: number }

/**
 * What is seen of a message at the playhead while time goes on, or undefined when nothing is. Where time stands still, the caller
 * hands in only what the moment has in flight, and it is drawn where it truly is.
 */
export function sight(travel: Travel, head: Playhead): Sight | undefined {
  const since = head.atUs - travel.sentAtUs
  const reach = travel.fate === 'lost' ? LOST_AT : 1
  const realUs = travel.endAtUs === undefined ? undefined : Math.max(0, travel.endAtUs - travel.sentAtUs)
  if (head.speed <= 0) {
    if (travel.held !== undefined) return { is: 'waiting' }
    return { is: 'travelling', fraction: resting(realUs ? since / realUs : 0.5, reach) }
  }
  if (since < 0) return undefined
  const ended = travel.endAtUs !== undefined && travel.endAtUs <= head.atUs
  const held = travel.held !== undefined && (travel.heldAtUs ?? travel.sentAtUs) <= head.atUs
  if (held && !ended) return { is: 'waiting' }
  const leastUs = VISIBLE_MS * 1000 * head.speed
  if (realUs === undefined) return { is: 'travelling', fraction: approach(since / leastUs) }
  // A released message waited at the gate: what is left of its way is shown from the release on.
  if (held) return after(head.atUs - travel.sentAtUs - realUs, leastUs, GATE_AT, reach)
  const shownUs = Math.max(leastUs, realUs)
  if (since < shownUs) return { is: 'travelling', fraction: (since / shownUs) * reach }
  if (travel.fate !== 'lost') return undefined
  return fall(since - shownUs, head.speed)
}

function after(sinceEndUs: number, leastUs: number, from: number, reach: number): Sight | undefined {
  if (reach < 1) return fall(sinceEndUs, leastUs / (VISIBLE_MS * 1000))
  const fraction = from + (1 - from) * (sinceEndUs / leastUs)
  return fraction < 1 ? { is: 'travelling', fraction } : undefined
}

function fall(sinceUs: number, speed: number): Sight | undefined {
  const fraction = sinceUs / (FALL_MS * 1000 * speed)
  return fraction < 1 ? { is: 'falling', fraction } : undefined
}

/** A message whose end is not known yet comes ever closer to its receiver without reaching it: half way after the time that is shown at least. */
const approach = (times: number): number => times / (times + 1)

/** While time stands still a message is kept off both rims, so that it can be seen and clicked. */
const resting = (fraction: number, reach: number): number => Math.min(0.86, Math.max(0.14, fraction * reach))

/** True when this message is shown longer than it really took. */
export function isStretched(travel: Travel, head: Playhead): boolean {
  if (head.speed <= 0 || travel.endAtUs === undefined) return false
  return travel.endAtUs - travel.sentAtUs < VISIBLE_MS * 1000 * head.speed
}

/** How long after its end a message can still be seen, in run microseconds. */
export function trailUs(speed: number): number {
  return (VISIBLE_MS + FALL_MS) * 1000 * Math.max(0, speed)
}
