/** Terms (§5.1): how a server comes to follow, and what a leader owes its clients when its office ends. */
import { peersOf } from './configuration.ts'
import { endWriting } from './parallel.ts'
import { noLease, noProgress, noReads, note, noWaiting, type RaftTimer, reply, setElectionTimer, type Turn } from './state.ts'

/**
 * Follows in `term`, which is its own (a candidate that hears the leader, §5.2) or a higher one (§5.1). The vote is kept
 * within a term and freed by a new one. A leader's clients learn that it cannot tell what becomes of their commands, and
 * that their reads surely had no answer.
 */
export function becomeFollower(turn: Turn, term: number): void {
  const { state } = turn
  if (term > state.currentTerm) {
    state.currentTerm = term
    state.votedFor = undefined
    state.leaderId = undefined
    state.heardLeader = false
  }
  if (state.role === 'leader') leaveOffice(turn)
  else if (state.role === 'candidate') note(turn, 'becomeFollower', { term: state.currentTerm })
  state.role = 'follower'
  state.votes = []
}

function leaveOffice(turn: Turn): void {
  const { state } = turn
  note(turn, 'stepDown', { term: state.currentTerm, waiting: state.waiting.size })
  for (const name of timersOfOffice(turn)) turn.effects.push({ kind: 'cancelTimer', name })
  state.leaderId = undefined
  setElectionTimer(turn)
  const why = 'the leader lost its office before the command was applied; it may still take effect'
  for (const index of [...state.waiting.keys()].sort((a, b) => a - b)) {
    reply(turn, state.waiting.get(index) as number, { kind: 'unknown', why })
  }
  for (const read of [...state.reads.asked, ...state.reads.next]) if ('id' in read) reply(turn, read.id, { kind: 'redirect' })
  state.progress = noProgress
  state.waiting = noWaiting
  state.sending = undefined
  state.reads = noReads
  state.lease = noLease
  state.transfer = undefined
  state.change = undefined
  state.peers = peersOf(state)
  endWriting(turn)
}

const timersOfOffice = ({ state }: Turn): readonly RaftTimer[] => [
  'heartbeat',
  ...(state.options.checkQuorum ? (['quorum'] as const) : []),
  ...(state.options.leaseReads ? (['lease'] as const) : []),
  ...(state.transfer === undefined ? [] : (['transfer'] as const)),
]
