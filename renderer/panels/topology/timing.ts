/**
 * When a message is seen and where on its link: a pure function of the playhead, so that live, replay and stepping draw the same.
 * A message travels for as long as it really travelled, divided by the play speed; where that is too short to be seen it is shown
 * for `VISIBLE_MS` of the person's time and the legend says so. While time stands still only what truly is in flight is drawn.
 */
import type { EndpointId, FaultId, MessageId } from '../../../protocols/core/ids.ts'

/** What is known of one copy of a message. Times in run microseconds. */
export interface Travel {
  readonly message: MessageId
  readonly from: EndpointId
  readonly to: EndpointId
  readonly type: string
  readonly sentAtUs: number
  /** When it arrived or was lost; undefined while it is under way. */
  readonly endAtUs: number | undefined
  readonly end: 'delivered' | 'dropped' | undefined
  /** The gate at which it waits. */
  readonly held: FaultId | undefined
}

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

/** What is seen of a message at the playhead, or undefined when nothing is. */
export function sight(travel: Travel, head: Playhead): Sight | undefined {
  const since = head.atUs - travel.sentAtUs
  if (since < 0) return undefined
  const ended = travel.endAtUs !== undefined && travel.endAtUs <= head.atUs
  if (travel.held !== undefined && !ended) return { is: 'waiting' }
  const realUs = travel.endAtUs === undefined ? undefined : Math.max(0, travel.endAtUs - travel.sentAtUs)
  if (head.speed <= 0) {
    if (ended) return undefined
    return { is: 'travelling', fraction: resting(realUs === undefined || realUs === 0 ? 0.5 : since / realUs, travel) }
  }
  const leastUs = VISIBLE_MS * 1000 * head.speed
  const shownUs = realUs === undefined ? leastUs : Math.max(leastUs, realUs)
  const reach = travel.end === 'dropped' ? LOST_AT : 1
  if (travel.endAtUs === undefined) return { is: 'travelling', fraction: approach(since / leastUs) }
  if (since < shownUs) return { is: 'travelling', fraction: (since / shownUs) * reach }
  if (travel.end !== 'dropped') return undefined
  const fallen = (since - shownUs) / (FALL_MS * 1000 * head.speed)
  return fallen < 1 ? { is: 'falling', fraction: fallen } : undefined
}

/** A message whose end is not known yet comes ever closer to its receiver without reaching it: 0.5 after the time that is shown at least. */
function approach(times: number): number {
  return times / (times + 1)
}

/** While time stands still a message is kept off both rims, so that it can be seen and clicked. */
function resting(fraction: number, travel: Travel): number {
  const reach = travel.end === 'dropped' ? LOST_AT : 1
  return Math.min(0.88, Math.max(0.12, fraction * reach))
}

/** True when this message is shown longer than it really took. */
export function isStretched(travel: Travel, head: Playhead): boolean {
  if (head.speed <= 0 || travel.endAtUs === undefined) return false
  return travel.endAtUs - travel.sentAtUs < VISIBLE_MS * 1000 * head.speed
}

/** How far back in the run a message can have been sent and still be seen after its end, in run microseconds. */
export function lookBackUs(speed: number): number {
  return (VISIBLE_MS + FALL_MS) * 1000 * Math.max(0, speed)
}
