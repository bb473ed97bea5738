/** Leader election (§5.2, §5.4.1): who may stand, who gets a vote, and what changes hands when a term ends. */
import type { NodeId } from '../core/ids.ts'
import { isMajority } from '../core/quorum.ts'
import { isUpToDate, lastIndex, lastTerm } from './log.ts'
import type { RequestVote, RequestVoteReply } from './messages.ts'
import { beginWriting } from './parallel.ts'
import { appendAsLeader } from './replication.ts'
import { forEachPeer, noReads, note, noWaiting, type Progress, send, setElectionTimer, setHeartbeatTimer, type Turn } from './state.ts'

/** The election timeout passed without a leader or a result: stands in the next term. Fig. 2 "Candidates". */
export function becomeCandidate(turn: Turn): void {
  const { state } = turn
  state.currentTerm += 1
  state.votedFor = state.id
  state.role = 'candidate'
  state.leaderId = undefined
  state.votes = [state.id]
  setElectionTimer(turn)
  note(turn, 'becomeCandidate', { term: state.currentTerm })
  forEachPeer(state, (peer) =>
    send(turn, peer, {
      kind: 'RequestVote',
      term: state.currentTerm,
      candidateId: state.id,
      lastLogIndex: lastIndex(state.log),
      lastLogTerm: lastTerm(state.log),
    }),
  )
  if (isMajority(state.votes.length, state.nodes.length)) becomeLeader(turn)
}

/** Grants at most one vote a term, and only to a log at least as up to date as its own. A refusal leaves the timer alone. §5.2, §5.4.1. */
export function onRequestVote(turn: Turn, from: NodeId, m: RequestVote): void {
  const { state } = turn
  const voteGranted =
    m.term === state.currentTerm &&
    (state.votedFor === undefined || state.votedFor === m.candidateId) &&
    isUpToDate(state.log, m.lastLogTerm, m.lastLogIndex)
  if (voteGranted) {
    state.votedFor = m.candidateId
    setElectionTimer(turn)
    note(turn, 'grantVote', { term: state.currentTerm, candidate: m.candidateId })
  }
  send(turn, from, { kind: 'RequestVoteReply', term: state.currentTerm, voteGranted })
}

/** Counts a vote for the current term; stale, refused or repeated votes change nothing. §5.2. */
export function onRequestVoteReply(turn: Turn, from: NodeId, m: RequestVoteReply): void {
  const { state } = turn
  if (state.role !== 'candidate' || m.term !== state.currentTerm || !m.voteGranted || state.votes.includes(from)) return
  state.votes = [...state.votes, from]
  if (isMajority(state.votes.length, state.nodes.length)) becomeLeader(turn)
}

/** Leads the current term, and says so at once with an entry of its own: only that can commit what older terms left (§5.4.2, §8). */
function becomeLeader(turn: Turn): void {
  const { state } = turn
  state.role = 'leader'
  state.leaderId = state.id
  const nextIndex = lastIndex(state.log) + 1
  const progress: { [peer: NodeId]: Progress } = {}
  forEachPeer(state, (peer) => {
    progress[peer] = { nextIndex, matchIndex: 0, mode: 'probe', inflight: [], readCtx: 0 }
  })
  state.progress = progress
  state.waiting = noWaiting
  state.reads = noReads
  beginWriting(turn)
  turn.effects.push({ kind: 'cancelTimer', name: 'election' })
  setHeartbeatTimer(turn)
  note(turn, 'becomeLeader', { term: state.currentTerm, votes: state.votes })
  appendAsLeader(turn, { term: state.currentTerm, kind: 'noop' })
}
