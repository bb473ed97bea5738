/**
 * Rounds of acknowledgements (dissertation §6.4): every AppendEntries carries the number of the latest round, and its answer the same number. A
 * majority that acknowledged a round still followed this leader after the round began. Queries (reads.ts) and leases (lease.ts) ask for them.
 */
import { hasQuorum } from './configuration.ts'
import type { RaftState, Turn } from './state.ts'

/** Begins a round, which all messages from here on carry. Returns its number. */
export function nextRound({ state }: Turn): number {
  state.reads = { ...state.reads, round: state.reads.round + 1 }
  return state.reads.round
}

/** Has a majority, this server included, acknowledged this round or a later one? */
export const isAcknowledged = (state: RaftState, round: number): boolean =>
  hasQuorum(state, (node) => node === state.id || (state.progress[node]?.readCtx ?? -1) >= round)
