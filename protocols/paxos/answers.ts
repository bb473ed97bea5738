/** What clients are told: the value that was chosen, which need not be the one that they proposed. */
import type { Json } from '../core/json.ts'
import { reply, type Turn } from './state.ts'

export const answer = (turn: Turn, id: number, result: Json): void => reply(turn, id, { kind: 'ok', result })

export function answerWaiting(turn: Turn, value: string): void {
  for (const id of turn.state.waiting) answer(turn, id, value)
  turn.state.waiting = []
}
