/**
 * Leader election (§5.2, §5.4.1): who may stand, who gets a vote, and what changes hands when a term ends. PreVote (dissertation
 * §9.6) asks before it stands; voters that hear a leader stick to it (§4.2.3).
 */
import type { NodeId } from '../core/ids.ts'
import { hasQuorum, isVoter, latest, mayStand, setPeers } from './configuration.ts'
import { isUpToDate, lastIndex, lastTerm } from './log.ts'
import type { RequestVote, RequestVoteReply, TimeoutNow } from './messages.ts'
import { beginWriting } from './parallel.ts'
import { watchQuorum } from './quorumCheck.ts'
import { appendAsLeader } from './replication.ts'
import {
  noLease,
  noProgress,
  noReads,
  note,
  noWaiting,
  type RaftState,
  send,
  setElectionTimer,
  setHeartbeatTimer,
  setTimer,
  type Turn,
} from './state.ts'

/**
 * No leader was heard for a while. Where it matters to know that a leader was heard within the shortest timeout, the timeout is waited
 * for in two parts: the shortest one, and the rest by chance.
 */
export function onElectionTimer(turn: Turn): void {
  const { state } = turn
  if (state.heardLeader) {
    state.heardLeader = false
    return setTimer(turn, 'election', 0, state.options.electionMsMax - state.options.electionMsMin)
  }
  if (!mayStand(state)) {
    state.leaderId = undefined
    return setElectionTimer(turn)
  }
  if (state.options.preVote) becomePreCandidate(turn)
  else becomeCandidate(turn)
}

/** Asks whether a majority would vote for it in the next term. Changes neither term nor vote, its own or anybody's. Dissertation §9.6. */
function becomePreCandidate(turn: Turn): void {
  const { state } = turn
  state.role = 'preCandidate'
  state.leaderId = undefined
  state.votes = [state.id]
  setElectionTimer(turn)
  note(turn, 'becomePreCandidate', { term: state.currentTerm })
  if (hasVotes(state)) return becomeCandidate(turn)
  askForVotes(turn, state.currentTerm + 1, { preVote: true })
}

/** The leader asks it to stand: at once, without asking whether it would win, and to be heard by voters that hear a leader. Dissertation §3.10. */
export function onTimeoutNow(turn: Turn, m: TimeoutNow): void {
  if (m.term === turn.state.currentTerm && turn.state.role !== 'leader' && mayStand(turn.state)) becomeCandidate(turn, { transfer: true })
}

/** The election timeout passed without a leader or a result: stands in the next term. Fig. 2 "Candidates". */
export function becomeCandidate(turn: Turn, flags: { readonly transfer?: true } = {}): void {
  const { state } = turn
  state.currentTerm += 1
  state.votedFor = state.id
  state.role = 'candidate'
  state.leaderId = undefined
  state.heardLeader = false
  state.votes = [state.id]
  setElectionTimer(turn)
  const { voters, old } = latest(state)
  note(turn, 'becomeCandidate', { term: state.currentTerm, voters, ...(old === undefined ? {} : { old }) })
  askForVotes(turn, state.currentTerm, flags)
  // Where nobody else votes, its vote counts when its disk has it: after a crash the term must be known.
  if (hasVotes(state) && state.nodes.length === 1) becomeLeader(turn)
}

/** Its disk has its own vote, and that is all it takes. */
export function onOwnVoteDurable(turn: Turn): void {
  if (turn.state.role === 'candidate' && hasVotes(turn.state)) becomeLeader(turn)
}

const hasVotes = (state: RaftState): boolean => hasQuorum(state, (node) => state.votes.includes(node))

function askForVotes(turn: Turn, term: number, flags: Pick<RequestVote, 'preVote' | 'transfer'>): void {
  const { state } = turn
  const request: RequestVote = {
    kind: 'RequestVote',
    term,
    candidateId: state.id,
    lastLogIndex: lastIndex(state.log),
    lastLogTerm: lastTerm(state.log),
    ...flags,
  }
  const now = latest(state)
  for (const peer of state.peers) if (isVoter(now, peer)) send(turn, peer, request)
}

/** Has it, within the shortest election timeout, heard a leader, or is it one that would know if it were none any more? */
const hearsLeader = ({ role, options, heardLeader }: RaftState): boolean => (role === 'leader' ? options.checkQuorum : heardLeader)

/**
 * Is this candidate to be taken no notice of, and of its term neither? Somebody removed, or who was cut off, would depose a leader that
 * all others hear. Whom the leader itself asked to stand is heard. Dissertation §4.2.3, §3.10.
 */
export function sticksToLeader({ state }: Turn, m: RequestVote): boolean {
  return state.options.stickToLeader && !m.preVote && !m.transfer && m.term >= state.currentTerm && hearsLeader(state)
}

/** §5.4.1: only who has all that may have been committed. */
const mayLead = (state: RaftState, m: RequestVote): boolean => isUpToDate(state.log, m.lastLogTerm, m.lastLogIndex)

/** Grants at most one vote a term, and only to a log at least as up to date as its own. A refusal leaves the timer alone. §5.2, §5.4.1. */
export function onRequestVote(turn: Turn, from: NodeId, m: RequestVote): void {
  const { state } = turn
  if (m.preVote) return onPreVote(turn, from, m)
  const voteGranted =
    m.term === state.currentTerm && (state.votedFor === undefined || state.votedFor === m.candidateId) && mayLead(state, m)
  if (voteGranted) {
    state.votedFor = m.candidateId
    state.heardLeader = false
    if (state.role === 'preCandidate') state.role = 'follower'
    setElectionTimer(turn)
    note(turn, 'grantVote', { term: state.currentTerm, candidate: m.candidateId })
  }
  send(turn, from, { kind: 'RequestVoteReply', term: state.currentTerm, voteGranted })
}

/**
 * Would it vote for it? Not while it hears a leader. A yes carries the term that was asked for, which is nobody's yet; a no carries
 * its own, from which who asked may learn. Dissertation §9.6.
 */
function onPreVote(turn: Turn, from: NodeId, m: RequestVote): void {
  const { state } = turn
  const isFree = m.term === state.currentTerm && (state.votedFor === undefined || state.votedFor === m.candidateId)
  const voteGranted = (m.term > state.currentTerm || isFree) && mayLead(state, m) && !hearsLeader(state)
  if (voteGranted) note(turn, 'grantPreVote', { term: m.term, candidate: m.candidateId })
  send(turn, from, { kind: 'RequestVoteReply', term: voteGranted ? m.term : state.currentTerm, voteGranted, preVote: true })
}

/** Counts a vote for the current term, or a pre-vote for the next; stale, refused or repeated ones change nothing. §5.2. */
export function onRequestVoteReply(turn: Turn, from: NodeId, m: RequestVoteReply): void {
  const { state } = turn
  if (m.preVote) return onPreVoteReply(turn, from, m)
  if (state.role !== 'candidate' || m.term !== state.currentTerm || !m.voteGranted || state.votes.includes(from)) return
  state.votes = [...state.votes, from]
  if (hasVotes(state)) becomeLeader(turn)
}

function onPreVoteReply(turn: Turn, from: NodeId, m: RequestVoteReply): void {
  const { state } = turn
  if (state.role !== 'preCandidate' || m.term !== state.currentTerm + 1 || !m.voteGranted || state.votes.includes(from)) return
  state.votes = [...state.votes, from]
  if (hasVotes(state)) becomeCandidate(turn)
}

/** Leads the current term, and says so at once with an entry of its own: only that can commit what older terms left (§5.4.2, §8). */
function becomeLeader(turn: Turn): void {
  const { state } = turn
  state.role = 'leader'
  state.installing = undefined
  state.leaderId = state.id
  state.progress = noProgress
  setPeers(turn, lastIndex(state.log) + 1)
  state.waiting = noWaiting
  state.sending = undefined
  state.reads = noReads
  state.lease = noLease
  beginWriting(turn)
  turn.effects.push({ kind: 'cancelTimer', name: 'election' })
  setHeartbeatTimer(turn)
  watchQuorum(turn)
  note(turn, 'becomeLeader', { term: state.currentTerm, votes: state.votes })
  appendAsLeader(turn, { term: state.currentTerm, kind: 'noop' })
}
