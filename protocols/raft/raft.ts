/**
 * A Raft server as a pure state machine: Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm"
 * (extended version), Fig. 2. All branching stands in the one switch below; the rules themselves are in election.ts,
 * replication.ts, commit.ts, reads.ts and sessions.ts.
 */
import type { Input, StartInput } from '../core/input.ts'
import type { Machine, Step } from '../core/machine.ts'
import type { AnyService } from '../core/service.ts'
import { latest, setPeers } from './configuration.ts'
import type { RaftControl } from './controls.ts'
import { onElectionTimer, onOwnVoteDurable, onRequestVote, onRequestVoteReply, onTimeoutNow, sticksToLeader } from './election.ts'
import { onReadIndexReply, settleFollowerReads, takesReads } from './followerReads.ts'
import { onLeaseTimer } from './lease.ts'
import { lastIndex } from './log.ts'
import { onChangeControl, settleMembership } from './membership.ts'
import type { RaftMessage } from './messages.ts'
import type { RaftOptions } from './options.ts'
import { markVote, markWriting, onDurable } from './parallel.ts'
import { replicateToAll } from './pipeline.ts'
import { onQuorumTimer } from './quorumCheck.ts'
import { onQuery, onReadIndex } from './reads.ts'
import { appendAsLeader, onAppendEntries, onAppendEntriesReply, onHeartbeatTimer } from './replication.ts'
import { onInstallSnapshot, onInstallSnapshotReply, snapshotIfDue } from './snapshot.ts'
import { beginTurn, heedLeader, initialState, note, type RaftState, type RaftTimer, reply, type Turn } from './state.ts'
import { recordOf, recover } from './storage.ts'
import { becomeFollower } from './terms.ts'
import { onTransferTimer, transferLeadership } from './transfer.ts'

export type RaftStep = Step<RaftState, RaftMessage>

/** A server that carries `service`. */
export function raftMachine(service: AnyService): Machine<RaftState, RaftMessage> {
  return {
    start: (input) => start(input, service),
    step(state, input) {
      const turn = beginTurn(state, service, input.nowMs)
      snapshotIfDue(turn)
      react(turn, input)
      settleMembership(turn, state.configurations)
      settleFollowerReads(turn, state)
      return writeFirst(state, turn)
    },
  }
}

function start(input: StartInput, service: AnyService): RaftStep {
  const { id, nodes, members } = input
  const state = initialState({ id, nodes, members, options: input.options as RaftOptions, service })
  const asking = { ...state.asking, life: input.coin }
  const turn = beginTurn({ ...state, asking, ...recover(input.recovered, latest(state)) }, service, input.nowMs)
  setPeers(turn)
  heedLeader(turn) // it may have heard one just before it crashed
  return { state: turn.state, effects: turn.effects }
}

function react(turn: Turn, input: Input<RaftMessage>): void {
  switch (input.kind) {
    case 'message': {
      const { from, message } = input
      if (!turn.state.nodes.includes(from)) return note(turn, 'rejectStranger', { from, message: message.kind })
      if (message.kind === 'RequestVote' && sticksToLeader(turn, message)) {
        return note(turn, 'ignoreCandidate', { candidate: from, term: message.term })
      }
      if (message.term > turn.state.currentTerm && !isOfNobody(message)) becomeFollower(turn, message.term) // §5.1, before anything else
      switch (message.kind) {
        case 'RequestVote':
          return onRequestVote(turn, from, message)
        case 'RequestVoteReply':
          return onRequestVoteReply(turn, from, message)
        case 'AppendEntries':
          return onAppendEntries(turn, from, message)
        case 'AppendEntriesReply':
          return onAppendEntriesReply(turn, from, message)
        case 'InstallSnapshot':
          return onInstallSnapshot(turn, from, message)
        case 'InstallSnapshotReply':
          return onInstallSnapshotReply(turn, from, message)
        case 'TimeoutNow':
          return onTimeoutNow(turn, message)
        case 'ReadIndex':
          return onReadIndex(turn, from, message)
        case 'ReadIndexReply':
          return onReadIndexReply(turn, message)
        default:
          return message satisfies never
      }
    }
    case 'timer':
      return onTimer(turn, input.name as RaftTimer)
    case 'request':
      return onRequest(turn, input.id, input.request)
    case 'durable':
      if (input.mark === turn.state.writing.mark) onOwnVoteDurable(turn)
      return onDurable(turn, input.mark)
    case 'control':
      return onControl(turn, input.control as unknown as RaftControl)
    default:
      return input satisfies never
  }
}

/** The term of a pre-vote is that of an election which may never be (dissertation §9.6). */
const isOfNobody = (message: RaftMessage): boolean =>
  (message.kind === 'RequestVote' && message.preVote === true) ||
  (message.kind === 'RequestVoteReply' && message.preVote === true && message.voteGranted)

function onTimer(turn: Turn, name: RaftTimer): void {
  if (name === 'election') return turn.state.role === 'leader' ? undefined : onElectionTimer(turn)
  if (turn.state.role !== 'leader') return
  switch (name) {
    case 'heartbeat':
      return onHeartbeatTimer(turn)
    case 'quorum':
      return onQuorumTimer(turn)
    case 'lease':
      return onLeaseTimer(turn)
    case 'transfer':
      return onTransferTimer(turn)
    case 'batch':
      return replicateToAll(turn)
    default:
      return name satisfies never
  }
}

function onControl(turn: Turn, control: RaftControl): void {
  switch (control.name) {
    case 'transferLeadership':
      return transferLeadership(turn, control.to)
    default:
      return onChangeControl(turn, control)
  }
}

/** A client asks. Whoever does not lead says who does, as far as it knows (§8). */
function onRequest(turn: Turn, id: number, request: Extract<Input<RaftMessage>, { kind: 'request' }>['request']): void {
  const { state } = turn
  if (request.kind === 'query' && takesReads(state)) return onQuery(turn, id, request.op)
  if (state.role !== 'leader') {
    return reply(turn, id, state.leaderId === undefined ? { kind: 'redirect' } : { kind: 'redirect', leader: state.leaderId })
  }
  if (state.transfer !== undefined) return reply(turn, id, { kind: 'redirect' }) // dissertation §3.10: another one leads soon
  switch (request.kind) {
    case 'register':
      return appendAsLeader(turn, { term: state.currentTerm, kind: 'register' }, id)
    case 'command': {
      const { session, seq, firstUnacked, op } = request
      return appendAsLeader(turn, { term: state.currentTerm, kind: 'command', session, seq, firstUnacked, op }, id)
    }
    case 'query':
      return onQuery(turn, id, request.op)
    case 'signed':
      return reply(turn, id, { kind: 'refused', code: 'signed', message: 'Raft takes commands of a session, not signed requests.' })
    default:
      return request satisfies never
  }
}

/** Puts what must be durable ahead of everything that this step says (Fig. 2 "Persistent state"). */
function writeFirst(before: RaftState, turn: Turn): RaftStep {
  const { state, effects } = turn
  const record = recordOf(before, turn)
  if (record !== undefined) {
    const mark = turn.writtenFrom <= lastIndex(state.log) ? markWriting(turn) : markVote(turn)
    const replaces = turn.hasSnapshot ? ({ replaces: true } as const) : {}
    effects.unshift({ kind: 'persist', record, ...replaces, ...(mark === undefined ? {} : { mark }) })
  }
  return { state, effects }
}
