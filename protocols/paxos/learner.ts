/** The learner (PMS §2.3): a value is chosen when a phase-2 quorum has voted for it in one ballot; who learns of it may be late. */
import type { NodeId } from '../core/ids.ts'
import { answerWaiting } from './answers.ts'
import { same } from './ballot.ts'
import type { Accepted } from './messages.ts'
import { cancelTimer, note, send, setTimer, type Turn } from './state.ts'

/** Votes count by ballot: those of different ballots never add up, not even for equal values. */
export function onAccepted(turn: Turn, from: NodeId, { ballot, value }: Accepted): void {
  const { state } = turn
  if (!state.roles.learners.includes(state.id)) return
  const votes = state.heard.filter((vote) => same(vote.ballot, ballot))
  if (votes.some(({ acceptor }) => acceptor === from)) return
  state.heard = [...state.heard, { acceptor: from, ballot, value }]
  if (votes.length + 1 >= state.roles.q2) learn(turn, value, 'votes')
}

/** `from`: how it learned. Who knows already keeps to what it knows. */
export function learn(turn: Turn, value: string, from: 'votes' | 'its own ballot' | 'being told'): void {
  const { state } = turn
  if (state.chosen !== null) {
    if (state.chosen !== value) note(turn, 'contradiction', { chosen: state.chosen, value })
    return
  }
  state.chosen = value
  note(turn, 'learn', { value, from })
  state.attempt = null
  state.proposal = null
  state.outbids = 0
  for (const timer of ['retransmit', 'retry', 'ask'] as const) cancelTimer(turn, timer)
  answerWaiting(turn, value)
}

export function tellLearners(turn: Turn, value: string): void {
  const { id, roles } = turn.state
  for (const learner of roles.learners) if (learner !== id) send(turn, learner, { kind: 'Chosen', value })
}

/** Asks everybody, now and then, as long as it does not know. */
export function ask(turn: Turn): void {
  const { state } = turn
  if (state.chosen !== null) return
  for (const node of state.nodes) if (node !== state.id) send(turn, node, { kind: 'Ask' })
  waitToAsk(turn)
}

export function waitToAsk(turn: Turn): void {
  const { chosen, roles, id, options } = turn.state
  if (chosen === null && roles.learners.includes(id)) setTimer(turn, 'ask', options.askMs, options.askMs * 1.5)
}

/** What it knows of: the value that was chosen, or its own last vote. That no vote is told of does not mean that nothing was chosen. */
export function onAsk(turn: Turn, from: NodeId): void {
  const { chosen, accepted } = turn.state
  if (chosen !== null) send(turn, from, { kind: 'Chosen', value: chosen })
  else if (accepted) send(turn, from, { kind: 'Accepted', ...accepted })
}
