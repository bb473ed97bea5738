/**
 * Configuration safety (dissertation §4.1, §4.3), judged by the observer: any two configurations by which two servers could decide
 * something now have no majorities apart from each other. A server whose log lacks what is committed cannot be elected and commits nothing: its configuration
 * does not count. Quorums are tried one by one, by no rule that the servers use.
 */
import type { NodeId } from '../core/ids.ts'
import type { Judge } from '../core/invariant.ts'
import { lacks, oneAlone } from './ledger.ts'
import type { Configuration } from './log.ts'
import { lastIndex, termAt } from './log.ts'
import type { RaftMessage } from './messages.ts'
import type { RaftState } from './state.ts'

export function configurationSafety(): Judge<RaftState, RaftMessage> {
  /** The last entry that anybody knows to be committed. */
  let frontier = { index: 0, term: 0 }
  const judged = new Map<string, boolean>()

  function overlap(a: Configuration, b: Configuration): boolean {
    const key = `${textOf(a)} ${textOf(b)}`
    const known = judged.get(key)
    if (known !== undefined) return known
    const answer = quorumsOverlap(a, b)
    judged.set(key, answer)
    return answer
  }
  const counts = ({ log }: RaftState): boolean => !lacks(log, frontier.index, frontier.term)

  return {
    judge({ node, before, after }, states) {
      if (oneAlone(before, after) && lastIndex(after.log) < frontier.index) frontier = { index: 0, term: 0 }
      if (after.commitIndex > frontier.index) frontier = { index: after.commitIndex, term: termAt(after.log, after.commitIndex) as number }
      if (before?.configurations === after.configurations || !counts(after)) return undefined
      const own = after.configurations.at(-1) as Configuration
      for (const [other, state] of states) {
        if (other === node || !counts(state)) continue
        const its = state.configurations.at(-1) as Configuration
        if (!overlap(own, its))
          return `${node} decides with ${textOf(own)}, and ${other} may with ${textOf(its)}: they have majorities apart.`
      }
      return undefined
    },
  }
}

const textOf = ({ voters, old }: Configuration): string => `${old ? `${old.join('+')} and ` : ''}${voters.join('+')}`

/** Is there a set of servers that decides by the one, while all others decide by the other? */
function quorumsOverlap(a: Configuration, b: Configuration): boolean {
  const all = [...new Set([...a.voters, ...(a.old ?? []), ...b.voters, ...(b.old ?? [])])]
  for (let some = 0; some < 1 << all.length; some++) {
    const isIn = (node: NodeId): boolean => ((some >>> all.indexOf(node)) & 1) === 1
    if (decides(a, isIn) && decides(b, (node) => !isIn(node))) return false
  }
  return true
}

/** Is it a majority that is in; of a joint configuration, one of either side? */
export const decides = ({ voters, old }: Configuration, isIn: (node: NodeId) => boolean): boolean =>
  [voters, ...(old ? [old] : [])].every((side) => side.filter(isIn).length * 2 > side.length)
