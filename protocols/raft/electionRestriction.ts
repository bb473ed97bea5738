/**
 * The election restriction (§5.4.1) and why entries of older terms are not committed by counting (§5.4.2, Fig. 8), judged by the observer whenever
 * a leader commits: with the logs as they are, no server without the entry gets the votes of a majority. Otherwise a few timeouts and messages
 * suffice to elect a leader that overwrites it, whether or not they come: Leader Completeness, one election ahead.
 */
import type { NodeId } from '../core/ids.ts'
import type { Judge } from '../core/invariant.ts'
import { decides } from './configurationSafety.ts'
import { lacks, oneAlone } from './ledger.ts'
import { type Configuration, type Log, lastIndex, lastTerm, termAt } from './log.ts'
import type { RaftMessage } from './messages.ts'
import type { RaftState } from './state.ts'

export function electionRestriction(): Judge<RaftState, RaftMessage> {
  /** The last entry that a leader committed. */
  let frontier = 0
  return {
    judge({ node, before, after }, states) {
      if (oneAlone(before, after)) frontier = Math.min(frontier, lastIndex(after.log))
      const index = after.commitIndex
      if (after.role !== 'leader' || index <= frontier) return undefined
      frontier = index
      const term = termAt(after.log, index)
      if (term === undefined) return undefined // it counts what it does not have: Leader Completeness says so
      for (const [other, { log, configurations }] of states) {
        if (!lacks(log, index, term)) continue
        const wouldVote = (voter: NodeId): boolean => {
          const its = states.get(voter)
          return its !== undefined && !isNewer(its.log, log)
        }
        if (!decides(configurations.at(-1) as Configuration, wouldVote)) continue
        return `${node} commits entry ${index} of term ${term} in term ${after.currentTerm}; ${other} lacks it, and a majority would still elect ${other}.`
      }
      return undefined
    },
  }
}

const isNewer = (one: Log, other: Log): boolean =>
  lastTerm(one) > lastTerm(other) || (lastTerm(one) === lastTerm(other) && lastIndex(one) > lastIndex(other))
