/**
 * CheckQuorum (dissertation §6.2): a leader that does not hear a majority any more leaves its office, in the same term. It could commit
 * nothing; its clients go elsewhere. It looks at who was heard once in every shortest election timeout, so that it is out at
 * the latest two of these after it was last heard: about when the others elect another.
 */
import type { NodeId } from '../core/ids.ts'
import { hasQuorum } from './configuration.ts'
import { note, type Progress, setTimer, type Turn } from './state.ts'
import { becomeFollower } from './terms.ts'

export function watchQuorum(turn: Turn): void {
  const { checkQuorum, electionMsMin } = turn.state.options
  if (checkQuorum) setTimer(turn, 'quorum', electionMsMin, electionMsMin)
}

export function onQuorumTimer(turn: Turn): void {
  const { state } = turn
  const isHeard = (node: NodeId): boolean => node === state.id || state.progress[node]?.isHeard === true
  if (!hasQuorum(state, isHeard)) {
    note(turn, 'missQuorum', { term: state.currentTerm, heard: state.nodes.filter(isHeard) })
    return becomeFollower(turn, state.currentTerm)
  }
  state.progress = Object.fromEntries(
    Object.entries(state.progress).map(([peer, known]): [string, Progress] => [peer, { ...known, isHeard: false }]),
  )
  watchQuorum(turn)
}
