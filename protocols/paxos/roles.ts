/**
 * Who does what: a node may propose, accept and learn, or only some of it ("Paxos Made Simple" §2.1). Together with it, how
 * many acceptors make a quorum. Two phases need two sorts of quorums, and all that safety asks is that each of the one meets
 * each of the other (Howard, Malkhi, Spiegelman: "Flexible Paxos", 2016); majorities are the usual case.
 */
import { type NodeId, nodeId } from '../core/ids.ts'
import { majority } from '../core/quorum.ts'
import type { PaxosOptions } from './options.ts'

export interface Roles {
  readonly proposers: readonly NodeId[]
  readonly acceptors: readonly NodeId[]
  readonly learners: readonly NodeId[]
  /** So many promises let a proposer go on to phase 2. */
  readonly q1: number
  /** So many votes in one ballot choose its value. */
  readonly q2: number
}

/** Names in an option: `all`, or some of the nodes. */
const named = (text: string, nodes: readonly NodeId[]): readonly NodeId[] =>
  text.trim() === 'all' ? nodes : [...new Set(text.split(/[\s,]+/).filter((word) => word !== ''))].map(nodeId)

/**
 * Sizes that are not given are the smallest that meet the other: majorities when neither is. In node order, so that
 * nothing depends on how a list was written.
 */
export function rolesOf(options: PaxosOptions, nodes: readonly NodeId[]): Roles {
  const inOrder = (text: string) => {
    const names = named(text, nodes)
    return nodes.filter((node) => names.includes(node))
  }
  const acceptors = inOrder(options.acceptors)
  const meeting = (other: number) => (other === 0 ? majority(acceptors.length) : acceptors.length + 1 - other)
  return {
    proposers: inOrder(options.proposers),
    acceptors,
    learners: inOrder(options.learners),
    q1: options.q1 || meeting(options.q2),
    q2: options.q2 || meeting(options.q1),
  }
}

/** Why this cannot work, or undefined. */
export function refuse(options: PaxosOptions, nodes: readonly NodeId[]): string | undefined {
  for (const role of ['proposers', 'acceptors', 'learners'] as const) {
    const names = named(options[role], nodes)
    if (names.length === 0) return `${role}: nobody is named. Write all, or nodes such as n1 n2 n3.`
    const stranger = names.find((name) => !nodes.includes(name))
    if (stranger !== undefined) return `${role}: ${stranger} is not a node of this cluster, which has ${nodes.join(', ')}.`
  }
  const { acceptors, q1, q2 } = rolesOf(options, nodes)
  const count = acceptors.length
  for (const [name, size] of Object.entries({ q1, q2 })) {
    if (size > count) return `${name} is ${size}: with ${count} acceptors there is never a quorum of so many.`
    if (size < 1) return `${name} would have to be ${size}: give both sizes, at least 1 each.`
  }
  if (q1 + q2 > count || options.allowUnsafeQuorums) return undefined
  return `q1 + q2 is ${q1 + q2}, not more than the ${count} acceptors: a phase-1 quorum can miss a phase-2 quorum, and a new ballot would not see the value that an earlier one has chosen (Howard, Malkhi, Spiegelman 2016). Raise one of them; to see it break, set allowUnsafeQuorums.`
}

/** Each phase-1 quorum meets each phase-2 quorum. */
export const quorumsMeet = ({ acceptors, q1, q2 }: Roles): boolean => q1 + q2 > acceptors.length
