/** Requests under way at their coordinator: opened, followed, closed. */
import type { NodeId } from '../core/ids.ts'
import { type OpenRequest, setTimer, type Turn } from './state.ts'

/** Names a request, over all lives of its node: an answer to an earlier one counts for no other. */
export function nextRequest({ state }: Turn): string {
  state.asked += 1
  return [state.id, state.life, state.asked].join('-')
}

export function open(turn: Turn, request: OpenRequest): void {
  const { state } = turn
  if (state.requests.length === 0) setTimer(turn, 'requests', state.options.replicaMs)
  state.requests = [...state.requests, request]
}

export function replace(turn: Turn, request: OpenRequest): void {
  turn.state.requests = turn.state.requests.map((each) => (each.req === request.req ? request : each))
}

export function close(turn: Turn, { req }: OpenRequest): void {
  turn.state.requests = turn.state.requests.filter((each) => each.req !== req)
}

export const heardFrom = (request: OpenRequest): readonly NodeId[] =>
  request.kind === 'put' ? request.acks : request.answers.map(({ node }) => node)
