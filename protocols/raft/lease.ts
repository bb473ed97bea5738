/**
 * Leases (dissertation §6.4.1): instead of a round of acknowledgements for each batch of reads, the one of every heartbeat. A
 * majority that heard the leader after `sentMs` elects nobody else for the shortest election timeout, each by its own clock; so until then
 * the leader answers reads alone. It assumes that no clock runs more than `driftBound` times as fast as another.
 *
 * Counted from when the round was *sent*, since a voter may have heard it at once. A lease ends by a timer, which no change of the time of day moves; and the clock must agree, since
 * a server that stood still takes in what waits for it before its timers run out.
 */
import { isAcknowledged, nextRound } from './rounds.ts'
import { noLease, type RaftState, setTimer, type Turn } from './state.ts'

const leaseMs = ({ options }: RaftState): number => options.electionMsMin / options.driftBound

/** With every heartbeat: asks for the acknowledgements that will renew the lease, unless such a round is under way that may still do. */
export function beginLeaseRound(turn: Turn): void {
  const { state, nowMs } = turn
  if (!state.options.leaseReads || state.lease.isGivenUp) return
  const { round, sentMs } = state.lease
  if (round > 0 && nowMs >= sentMs && nowMs < sentMs + leaseMs(state)) return
  state.lease = { ...state.lease, round: nextRound(turn), sentMs: nowMs }
}

/** A follower acknowledged a later round than before. */
export function renewLease(turn: Turn): void {
  const { state, nowMs } = turn
  const { round, sentMs, isGivenUp } = state.lease
  if (round === 0 || isGivenUp || !isAcknowledged(state, round)) return
  const untilMs = sentMs + leaseMs(state)
  if (nowMs < sentMs || nowMs >= untilMs) {
    state.lease = { ...state.lease, round: 0 }
    return
  }
  state.lease = { isHeld: true, fromMs: sentMs, untilMs, round: 0, sentMs: 0, isGivenUp: false }
  setTimer(turn, 'lease', untilMs - nowMs, untilMs - nowMs)
}

export function onLeaseTimer(turn: Turn): void {
  const { state } = turn
  state.lease = { ...state.lease, isHeld: false }
}

export function holdsLease({ state, nowMs }: Turn): boolean {
  const { isHeld, fromMs, untilMs } = state.lease
  return isHeld && nowMs >= fromMs && nowMs < untilMs
}

/**
 * Before TimeoutNow is sent, for the rest of the office: voters hear whom the leader asked to stand, whatever they promised, and
 * the message may arrive at any time.
 */
export function giveUpLease(turn: Turn): void {
  const { state } = turn
  if (state.options.leaseReads) turn.effects.push({ kind: 'cancelTimer', name: 'lease' })
  state.lease = { ...noLease, isGivenUp: true }
}
