/**
 * A Raft server as a pure state machine: Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm"
 * (extended version), Fig. 2. All branching stands in the one switch below; the rules themselves are in election.ts,
 * replication.ts, commit.ts, reads.ts and sessions.ts.
 */
import type { Input, StartInput } from '../core/input.ts'
import type { Json } from '../core/json.ts'
import type { Machine, Step } from '../core/machine.ts'
import type { AnyService } from '../core/service.ts'
import { becomeCandidate, onRequestVote, onRequestVoteReply } from './election.ts'
import { type Entry, entriesFrom, lastIndex } from './log.ts'
import type { RaftMessage } from './messages.ts'
import { markWriting, onDurable } from './parallel.ts'
import { onQuery } from './reads.ts'
import { appendAsLeader, onAppendEntries, onAppendEntriesReply, onHeartbeatTimer } from './replication.ts'
import { beginTurn, initialState, note, type RaftOptions, type RaftState, reply, setElectionTimer, type Turn } from './state.ts'
import { recover } from './storage.ts'
import { becomeFollower } from './terms.ts'

export type RaftStep = Step<RaftState, RaftMessage>

/** A server that carries `service`. */
export function raftMachine(service: AnyService): Machine<RaftState, RaftMessage> {
  return {
    start: (input) => start(input, service),
    step(state, input) {
      const turn = beginTurn(state, service)
      react(turn, input)
      return writeFirst(state, turn)
    },
  }
}

function start(input: StartInput, service: AnyService): RaftStep {
  const state = initialState({ id: input.id, nodes: input.nodes, options: input.options as RaftOptions, service })
  const turn = beginTurn({ ...state, ...recover(input.recovered) }, service)
  setElectionTimer(turn)
  return { state: turn.state, effects: turn.effects }
}

function react(turn: Turn, input: Input<RaftMessage>): void {
  switch (input.kind) {
    case 'message': {
      const { from, message } = input
      if (!turn.state.nodes.includes(from)) return note(turn, 'rejectStranger', { from, message: message.kind })
      if (message.term > turn.state.currentTerm) becomeFollower(turn, message.term) // §5.1, before anything else
      switch (message.kind) {
        case 'RequestVote':
          return onRequestVote(turn, from, message)
        case 'RequestVoteReply':
          return onRequestVoteReply(turn, from, message)
        case 'AppendEntries':
          return onAppendEntries(turn, from, message)
        case 'AppendEntriesReply':
          return onAppendEntriesReply(turn, from, message)
        default:
          return message satisfies never
      }
    }
    case 'timer':
      if (input.name === 'election' && turn.state.role !== 'leader') return becomeCandidate(turn)
      if (input.name === 'heartbeat' && turn.state.role === 'leader') return onHeartbeatTimer(turn)
      return
    case 'request':
      return onRequest(turn, input.id, input.request)
    case 'durable':
      return onDurable(turn, input.mark)
    case 'control':
      return
    default:
      return input satisfies never
  }
}

/** A client asks. Whoever does not lead says who does, as far as it knows (§8). */
function onRequest(turn: Turn, id: number, request: Extract<Input<RaftMessage>, { kind: 'request' }>['request']): void {
  const { state } = turn
  if (state.role !== 'leader') {
    return reply(turn, id, state.leaderId === undefined ? { kind: 'redirect' } : { kind: 'redirect', leader: state.leaderId })
  }
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

/** Puts what changed in term, vote or log ahead of everything that this step says: it must be durable first (Fig. 2 "Persistent state"). */
function writeFirst(before: RaftState, turn: Turn): RaftStep {
  const { state, effects } = turn
  const voted = state.currentTerm !== before.currentTerm || state.votedFor !== before.votedFor
  const wrote = turn.writtenFrom <= lastIndex(state.log)
  if (voted || wrote) {
    const record: { [key: string]: Json } = {}
    if (voted) {
      record.term = state.currentTerm
      record.vote = state.votedFor ?? null
    }
    if (wrote) {
      record.from = turn.writtenFrom
      record.entries = entriesFrom(state.log, turn.writtenFrom, Number.POSITIVE_INFINITY) as readonly Entry[] as readonly Json[]
    }
    const mark = wrote ? markWriting(turn) : undefined
    effects.unshift(mark === undefined ? { kind: 'persist', record } : { kind: 'persist', record, mark })
  }
  return { state, effects }
}
