/** What clients ask for, in the words of the service `store`. */
import type { ClientRequest } from '../core/input.ts'
import { onGet } from './get.ts'
import { onPut } from './put.ts'
import { reply, type Turn } from './state.ts'
import type { Vector } from './versions.ts'

/** Operations of that service, which has looked at them. */
type Operation =
  | { readonly op: 'get'; readonly key: string }
  | { readonly op: 'put'; readonly key: string; readonly value: string; readonly context?: Vector; readonly id?: number }
  | { readonly op: 'delete'; readonly key: string; readonly context?: Vector; readonly id?: number }

export function onRequest(turn: Turn, id: number, request: ClientRequest): void {
  if (request.kind === 'register') return refuse(turn, id, 'no-sessions', 'A write carries its own number: there are no sessions.')
  const op = request.op as Operation
  if (op.op === 'get') return onGet(turn, id, op.key)
  if (request.kind === 'query') return refuse(turn, id, 'not-a-read', 'To put or delete changes something: send it as a command.')
  const { key, context = {}, id: write = 0 } = op
  onPut(turn, id, { key, context, id: write, value: op.op === 'put' ? op.value : null })
}

const refuse = (turn: Turn, id: number, code: string, message: string): void => reply(turn, id, { kind: 'refused', code, message })
