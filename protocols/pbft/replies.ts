/** What clients are told (§4.1). Every replica answers by itself; a client believes what f + 1 of them say. */
import type { Json } from '../core/json.ts'
import { primaryOf } from './quorums.ts'
import { reply, type Turn } from './state.ts'

/** The result of the request that was asked with this timestamp, and who leads as far as this replica knows. */
export function answer(turn: Turn, timestamp: number, result: Json): void {
  reply(turn, timestamp, { kind: 'ok', result, leader: primaryOf(turn.state, turn.state.view) })
}
