/** Who decides: the majorities that elect, commit and confirm are asked for here. */
import type { NodeId } from '../core/ids.ts'
import { isMajority } from '../core/quorum.ts'
import type { RaftState } from './state.ts'

/** Do a majority of the servers have what is asked of each? */
export function hasQuorum({ nodes }: RaftState, has: (node: NodeId) => boolean): boolean {
  let count = 0
  for (const node of nodes) if (has(node)) count++
  return isMajority(count, nodes.length)
}
