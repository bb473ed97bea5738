/** How many replicas it takes (§3, §4): the paper's 2f + 1 of 3f + 1, and what this is for other sizes. */
import type { NodeId } from '../core/ids.ts'
import { counted } from '../core/wording.ts'
import type { PbftState } from './state.ts'

export type Cluster = Pick<PbftState, 'nodes' | 'options'>

/** As many faulty replicas as `nodes` can bear. */
export const mostFaulty = (nodes: number): number => Math.floor((nodes - 1) / 3)

/** How many faulty replicas it must bear. */
export const faulty = ({ nodes, options }: Cluster): number => options.f || mostFaulty(nodes.length)

/** Any two quorums have a correct replica in common: 2f + 1 of 3f + 1. */
export const quorum = (cluster: Cluster): number => Math.ceil((cluster.nodes.length + faulty(cluster) + 1) / 2)

/** At least one of these is correct. */
export const weakQuorum = (cluster: Cluster): number => faulty(cluster) + 1

export const primaryOf = ({ nodes }: Pick<PbftState, 'nodes'>, view: number): NodeId => nodes[view % nodes.length] as NodeId

export const isPrimary = (state: PbftState): boolean => primaryOf(state, state.view) === state.id

/** The high water mark: H = h + k (§4.3). */
export const highMark = ({ stable, options }: Pick<PbftState, 'stable' | 'options'>): number => stable.n + options.window

/** Whether a number lies between the water marks: above h, not above H. */
export const isInWindow = (state: Pick<PbftState, 'stable' | 'options'>, n: number): boolean => n > state.stable.n && n <= highMark(state)

/** Why so many nodes cannot bear what is asked of them. */
export function refuseCluster(options: PbftState['options'], nodes: number): string | undefined {
  const { f } = options
  if (nodes >= 3 * f + 1) return undefined
  return `To bear ${counted(f, 'faulty replica')} it takes 3f + 1 = ${3 * f + 1} nodes, and there are ${nodes}: they bear ${mostFaulty(nodes)}. Add nodes, or ask for less.`
}
