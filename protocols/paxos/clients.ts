/** What clients ask for, in the words of the service `decree`: to propose a value, and to learn which was chosen. */
import type { ClientRequest } from '../core/input.ts'
import { answer } from './answers.ts'
import { prepare } from './proposer.ts'
import { reply, type Turn } from './state.ts'

/** Operations of that service, which has looked at them. */
type Operation = { readonly op: 'propose'; readonly value: string } | { readonly op: 'learn' }

export function onRequest(turn: Turn, id: number, request: ClientRequest): void {
  if (request.kind === 'register') return refuse(turn, id, 'no-sessions', 'A proposal may be repeated as it is: there are no sessions.')
  const op = request.op as Operation
  if (op.op === 'learn') return onLearn(turn, id)
  if (request.kind === 'command') return onPropose(turn, id, op.value)
  refuse(turn, id, 'not-a-read', 'To propose changes something: send it as a command.')
}

/** Waits for a ballot to choose something. The first that waits gives the proposer its value. */
function onPropose(turn: Turn, id: number, value: string): void {
  const { state } = turn
  if (state.chosen !== null) return answer(turn, id, state.chosen)
  if (!state.roles.proposers.includes(state.id)) return reply(turn, id, { kind: 'redirect' })
  state.waiting = [...state.waiting, id]
  state.proposal ??= value
  if (!state.attempt) prepare(turn)
}

/** What this node has learned so far: that is nothing, too, where it has not learned yet. */
function onLearn(turn: Turn, id: number): void {
  const { chosen, roles, id: self } = turn.state
  if (chosen === null && !roles.learners.includes(self)) return reply(turn, id, { kind: 'redirect' })
  answer(turn, id, chosen)
}

const refuse = (turn: Turn, id: number, code: string, message: string): void => reply(turn, id, { kind: 'refused', code, message })
