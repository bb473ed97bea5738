/**
 * Reads at followers (dissertation §6.4): a follower asks the leader how far it must have applied (the read index), waits until it has, and
 * answers from its own state machine. The leader learns by a round, or holds by its lease, that it still leads (reads.ts), and does not execute
 * the queries. One question serves all queries that came before it. It may be lost, and so may the answer: it is asked again with each heartbeat.
 */
import { List } from 'immutable'
import type { NodeId } from '../core/ids.ts'
import { isMember, latest } from './configuration.ts'
import type { AppendEntries, ReadIndexReply } from './messages.ts'
import { executeRead } from './sessions.ts'
import { type RaftState, type Read, reply, send, type Turn } from './state.ts'

/** May this query be answered here, though this server does not lead? */
export const takesReads = ({ id, options, role, leaderId, configurations }: RaftState): boolean =>
  options.followerReads && role === 'follower' && leaderId !== undefined && isMember(latest({ configurations }), id)

export function askForIndex(turn: Turn, read: Read): void {
  const { state } = turn
  state.asking = { ...state.asking, next: state.asking.next.push(read) }
  if (state.asking.asked.size === 0) ask(turn)
}

function ask(turn: Turn): void {
  const { state } = turn
  const { next, number } = state.asking
  if (next.size === 0) return
  state.asking = { ...state.asking, number: number + 1, asked: next, next: List<Read>() }
  askLeader(turn)
}

function askLeader({ state, effects }: Turn): void {
  const { life, number, asked } = state.asking
  if (asked.size === 0 || state.leaderId === undefined) return
  effects.push({ kind: 'send', to: state.leaderId, message: { kind: 'ReadIndex', term: state.currentTerm, life, number } })
}

/**
 * While the answer is not there, the question is put again with each heartbeat; not with what begins a round, which is how a
 * leader sets about answering it.
 */
export function hearRound(turn: Turn, { entries, readCtx }: AppendEntries): void {
  const { state } = turn
  if (!state.options.followerReads) return
  if (readCtx !== state.asking.round) state.asking = { ...state.asking, round: readCtx }
  else if (entries.length === 0) askLeader(turn)
}

/** Only the answer to what was asked last, in this life: an earlier one says nothing of queries that came after it. */
export function onReadIndexReply(turn: Turn, m: ReadIndexReply): void {
  const { state } = turn
  const { life, number, asked, granted } = state.asking
  if (m.term !== state.currentTerm || asked.size === 0 || m.life !== life || m.number !== number) return
  state.asking = { ...state.asking, asked: List<Read>(), granted: granted.push({ index: m.index, reads: asked }) }
  ask(turn)
}

/** After every step: answers what has been applied far enough. Whoever follows nobody any more, or another, sends its clients on. `before`: the state before the step. */
export function settleFollowerReads(turn: Turn, before: RaftState): void {
  const { state } = turn
  const { asked, next, granted } = state.asking
  if (asked.size + next.size + granted.size === 0) return
  if (state.role !== 'follower' || state.currentTerm !== before.currentTerm || state.leaderId !== before.leaderId) return sendOn(turn)
  const due = granted.filter(({ index }) => index <= state.lastApplied)
  if (due.size === 0) return
  for (const { reads } of due) for (const { id, op } of reads) reply(turn, id, { kind: 'ok', result: executeRead(turn, op) })
  state.asking = { ...state.asking, granted: granted.filter((each) => !due.includes(each)) }
}

function sendOn(turn: Turn): void {
  const { state } = turn
  const { asked, next, granted } = state.asking
  const leader = state.leaderId === undefined ? {} : { leader: state.leaderId }
  for (const { id } of [...granted.flatMap(({ reads }) => reads), ...asked, ...next]) reply(turn, id, { kind: 'redirect', ...leader })
  state.asking = { ...state.asking, asked: List<Read>(), next: List<Read>(), granted: List() }
}

/** The leader's part: it still led when a follower had asked. */
export function grantIndex(turn: Turn, to: NodeId, life: number, number: number): void {
  const { currentTerm, commitIndex } = turn.state
  send(turn, to, { kind: 'ReadIndexReply', term: currentTerm, life, number, index: commitIndex })
}
