/** The last piece of a fetched state arrives: when it is what 2f + 1 replicas signed, it becomes the replica's own (§4.3). */
import type { NodeId } from '../core/ids.ts'
import { digestText } from '../core/signature.ts'
import { makeStable } from './checkpoints.ts'
import { execute } from './execute.ts'
import type { StateChunk } from './messages.ts'
import { logNewView } from './newView.ts'
import { onProgress } from './patience.ts'
import { readSnapshot } from './snapshot.ts'
import { note, refuse, type Transfer, type Turn } from './state.ts'
import { askPiece, otherThan } from './transfer.ts'

export function onStateChunk(turn: Turn, from: NodeId, { n, d, part, parts, text }: StateChunk): void {
  const { state } = turn
  const { transfer } = state
  if (!transfer || transfer.n !== n || transfer.d !== d || transfer.from !== from || transfer.pieces.length !== part) return
  const pieces = [...transfer.pieces, text]
  if (pieces.length < parts) {
    state.transfer = { ...transfer, pieces }
    return askPiece(turn, state.transfer)
  }
  const whole = pieces.join('')
  if (digestText(whole) === d) return install(turn, transfer, whole)
  refuse(turn, from, 'StateChunk', `its state at ${n} does not have the digest that ${transfer.proof.length} replicas signed`)
  state.transfer = { ...transfer, from: otherThan(turn, from), pieces: [], seen: 0 }
  askPiece(turn, state.transfer)
}

function install(turn: Turn, { n, d, proof, from }: Transfer, text: string): void {
  const { state } = turn
  state.transfer = undefined
  if (n <= state.lastExecuted) return // it came there by itself meanwhile
  const { hosted, replies } = readSnapshot(text)
  state.hosted = hosted
  state.replies = replies
  state.lastExecuted = n
  state.checkpoints = state.checkpoints.set(n, { d, hosted, replies })
  state.pending = state.pending.filter(({ client, timestamp }) => timestamp > (replies.get(client)?.timestamp ?? 0))
  note(turn, 'installState', { n, from })
  makeStable(turn, { n, d, proof })
  onProgress(turn)
  logNewView(turn)
  execute(turn)
}
