/** Stories on the stage that several tests tell: acceptors n1 to n3, proposers beside them, so that 1.n4 < 1.n5 < 1.n6 are the first ballots. */

import type { AnyProtocol } from '../../../protocols/core/machine.ts'
import type { PaxosMessage } from '../../../protocols/paxos/messages.ts'
import type { PaxosState } from '../../../protocols/paxos/state.ts'
import { decree } from '../../../protocols/services/decree.ts'
import type { Flight } from '../../support/stage.ts'
import { Stage } from '../../support/stage.ts'

export type PaxosStage = Stage<PaxosState, PaxosMessage>

export const paxosStage = (paxos: AnyProtocol, nodes: number, options: object = {}): PaxosStage =>
  new Stage<PaxosState, PaxosMessage>(paxos, decree, { nodes, options })

/** Three acceptors, and two proposers or more, who alone learn. */
export const apart = (paxos: AnyProtocol, proposers = 2, options: object = {}): PaxosStage => {
  const names = Array.from({ length: proposers }, (_, index) => `n${index + 4}`).join(' ')
  return paxosStage(paxos, 3 + proposers, { proposers: names, acceptors: 'n1 n2 n3', learners: 'n4', ...options })
}

/** A client asks; returns what names its answer. */
export const propose = (stage: PaxosStage, node: string, value: string): number =>
  stage.request(node, { kind: 'command', session: 0, seq: 1, firstUnacked: 1, op: { op: 'propose', value } })

/** Each of them gets the oldest Prepare of the proposer, and its promise comes back; what else the proposer said of it is lost. */
export function collect(stage: PaxosStage, proposer: string, acceptors: readonly string[]): void {
  for (const acceptor of acceptors) stage.deliver({ from: proposer, to: acceptor, kind: 'Prepare' })
  stage.dropAll({ from: proposer, kind: 'Prepare' })
  for (const acceptor of acceptors) stage.deliver({ from: acceptor, to: proposer })
}

/** Each of them gets the oldest Accept of the proposer, whose others are lost; so are the votes, unless `heard`. */
export function vote(stage: PaxosStage, proposer: string, acceptors: readonly string[], heard = false): void {
  for (const acceptor of acceptors) stage.deliver({ from: proposer, to: acceptor, kind: 'Accept' })
  stage.dropAll({ from: proposer, kind: 'Accept' })
  if (heard) for (const acceptor of acceptors) stage.deliver({ from: acceptor, to: proposer, kind: 'Accepted' })
  stage.dropAll({ kind: 'Accepted' })
}

/** What a proposer asks for now. */
export const asked = (stage: PaxosStage, proposer: string): string[] => [
  ...new Set(
    stage.inFlight.flatMap(({ from, message }: Flight<PaxosMessage>) =>
      from === proposer && message.kind === 'Accept' ? [message.value] : [],
    ),
  ),
]

export const accepted = (stage: PaxosStage, node: string): string => {
  const { accepted: voted } = stage.state(node)
  return voted === null ? 'none' : `${voted.value} in ${voted.ballot.n}.${voted.ballot.by}`
}
