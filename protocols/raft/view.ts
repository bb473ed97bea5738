/** What a person wants to see of a server at a glance, in the paper's words. */
import type { NodeId } from '../core/ids.ts'
import type { FactSpec, Observation } from '../core/machine.ts'
import { isVoter, latest } from './configuration.ts'
import { type Configuration, lastIndex, lastTerm } from './log.ts'
import type { RaftState } from './state.ts'

export const facts: readonly FactSpec[] = [
  { name: 'votedFor', label: 'voted for', help: 'The candidate that got this server’s vote in the current term. Raft Fig. 2, persistent.' },
  { name: 'lastLogIndex', label: 'last index', help: 'Index of the last entry in the log; the log starts at 1. Raft §5.3.' },
  {
    name: 'lastLogTerm',
    label: 'last term',
    help: 'Term of the last entry: the first thing compared when somebody asks for a vote. Raft §5.4.1.',
  },
  { name: 'commitIndex', label: 'commit', help: 'The highest entry known to be committed: it can never be lost. Raft Fig. 2.' },
  { name: 'lastApplied', label: 'applied', help: 'The highest entry applied to the state machine. Raft Fig. 2.' },
  {
    name: 'snapshot',
    label: 'snapshot',
    help: 'The last entry of its snapshot, which stands for the log up to it. Raft §7.',
  },
  {
    name: 'members',
    label: 'members',
    help: 'Who has a vote by the latest configuration in the log; an arrow: old and new ones, a plus: learners. Raft dissertation §4.',
  },
  { name: 'member', label: 'it is', help: 'What this server is by its own latest configuration. Raft dissertation §4.' },
  { name: 'changing', label: 'changing', help: 'What of a change of members the leader waits for. Raft dissertation §4.' },
  { name: 'votes', label: 'votes', help: 'Votes that this candidate has, its own included. Raft §5.2.' },
  { name: 'preVotes', label: 'pre-votes', help: 'Who would vote for it if it stood, itself included. Raft dissertation §9.6.' },
  { name: 'transfer', label: 'hands over to', help: 'Who is to lead instead; requests wait for that. Raft dissertation §3.10.' },
  { name: 'lease', label: 'lease', help: 'This leader may answer reads alone for a while. Raft dissertation §6.4.1.' },
]

export function observe(state: RaftState): Observation {
  const values = {
    votedFor: state.votedFor ?? null,
    lastLogIndex: lastIndex(state.log),
    lastLogTerm: lastTerm(state.log),
    commitIndex: state.commitIndex,
    lastApplied: state.lastApplied,
    snapshot: state.snapshot?.lastIncludedIndex ?? null,
    members: membersText(latest(state)),
    member: memberText(state),
    changing: state.role === 'leader' ? changingText(state) : null,
    votes: state.role === 'candidate' ? state.votes.length : null,
    preVotes: state.role === 'preCandidate' ? state.votes.length : null,
    transfer: state.transfer ?? null,
    lease: state.options.leaseReads && state.role === 'leader' ? state.lease.isHeld : null,
  }
  const role = state.role === 'preCandidate' ? 'candidate' : state.role
  return state.leaderId === undefined
    ? { role, epoch: state.currentTerm, facts: values }
    : { role, epoch: state.currentTerm, leader: state.leaderId, facts: values }
}

/** It asks whether it would be elected, and does not stand yet: its term is not its own (dissertation §9.6). */
export const called = ({ facts }: Observation): string | undefined => (typeof facts.preVotes === 'number' ? 'pre-candidate' : undefined)

/** Written once for each configuration, since every step shows it. */
const texts = new WeakMap<Configuration, string>()
function membersText(configuration: Configuration): string {
  const known = texts.get(configuration)
  if (known !== undefined) return known
  const { voters, old, learners } = configuration
  const text = [...(old ? [...old, '→'] : []), ...voters, ...(learners.length > 0 ? ['+', ...learners] : [])].join(' ')
  texts.set(configuration, text)
  return text
}

function memberText(state: RaftState): string {
  const now = latest(state)
  if (isVoter(now, state.id)) return 'voter'
  return now.learners.includes(state.id) ? 'learner' : 'out'
}

/** Whose acknowledgements commit it. */
function quorumText({ voters, old }: Configuration): string {
  const of = (nodes: readonly NodeId[]) => (nodes.length === 1 ? `${nodes[0]}` : `a majority of ${nodes.join(' ')}`)
  return old === undefined ? of(voters) : `${of(old)} and ${of(voters)}`
}

function changingText(state: RaftState): string {
  const { change, commitIndex } = state
  if (change !== undefined) return `${change.catchingUp.map(({ node, round }) => `${node} catches up, round ${round}`).join(', ')}`
  const { index, old } = latest(state)
  if (index > commitIndex) return `entry ${index} needs ${quorumText(latest(state))}`
  return old === undefined ? 'nothing' : 'leaves the joint configuration'
}
