/** How a Paxos node can lie. The paper has none that do ("messages ... are not corrupted", PMS §2.1): one liar is too many. */
import type { LieSpec } from '../core/lie.ts'
import type { PaxosMessage } from './messages.ts'
import type { PaxosState } from './state.ts'

export const lies: readonly LieSpec<PaxosState, PaxosMessage>[] = [
  {
    name: 'hide-vote',
    label: 'Hides its vote',
    help: 'As an acceptor it promises and tells of no vote, though it has voted (PMS §2.2, phase 1b): a proposer believes itself free.',
    tell: (message) => (message.kind === 'Promise' && message.accepted !== null ? { ...message, accepted: null } : undefined),
  },
  {
    name: 'equivocate',
    label: 'Asks for different values',
    help: 'As a proposer it asks half of the acceptors to vote for another value in the same ballot (PMS §2.2, phase 2a).',
    tell: (message, { nodes, to }) =>
      message.kind === 'Accept' && nodes.indexOf(to) % 2 === 1 ? { ...message, value: `${message.value}?` } : undefined,
  },
]
