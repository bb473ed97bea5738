/** The acceptor (PMS §2.2): two rules, and all of safety rests on its keeping them over crashes. */
import type { NodeId } from '../core/ids.ts'
import { type Ballot, ballotText, compare, same } from './ballot.ts'
import type { Accept, Prepare } from './messages.ts'
import { note, send, type Turn } from './state.ts'

/**
 * Phase 1b: promises to ignore what is lower, and tells of its last vote. A request that was answered is answered the same again;
 * who has voted in the ballot already has nothing to add, for its proposer is past this phase.
 */
export function onPrepare(turn: Turn, from: NodeId, { ballot }: Prepare): void {
  const { state } = turn
  if (compare(ballot, state.promised) < 0) return ignore(turn, from, ballot, 'prepare')
  if (state.accepted && same(state.accepted.ballot, ballot)) return
  const { accepted } = state
  if (compare(ballot, state.promised) > 0) {
    state.promised = ballot
    note(turn, 'promise', { ballot: ballotText(ballot), of: accepted && ballotText(accepted.ballot), value: accepted?.value ?? null })
  }
  send(turn, from, { kind: 'Promise', ballot, accepted })
}

/** Phase 2b: votes, unless it has promised to ignore the ballot. A vote is a promise, too: it votes in nothing lower afterwards. */
export function onAccept(turn: Turn, from: NodeId, { ballot, value }: Accept): void {
  const { state } = turn
  if (compare(ballot, state.promised) < 0) return ignore(turn, from, ballot, 'accept')
  if (!state.accepted || !same(state.accepted.ballot, ballot)) {
    if (!same(state.promised, ballot)) state.promised = ballot
    state.accepted = { ballot, value }
    note(turn, 'vote', { ballot: ballotText(ballot), value })
  }
  const { votesToLearners } = state.options
  const hearers = votesToLearners ? new Set([ballot.by, ...state.roles.learners]) : [ballot.by]
  for (const hearer of hearers) send(turn, hearer, { kind: 'Accepted', ballot, value })
}

/** Says which ballot stands in the way, so that the proposer need not find out by waiting (PMS §2.2, "performance optimization"). */
function ignore(turn: Turn, from: NodeId, ballot: Ballot, phase: 'prepare' | 'accept'): void {
  const promised = turn.state.promised as Ballot
  note(turn, 'ignore', { ballot: ballotText(ballot), phase, promised: ballotText(promised) })
  send(turn, from, { kind: 'Nack', ballot, promised })
}
