/**
 * State transfer (§4.3, §4.6): a replica that finds a proved checkpoint ahead of it fetches that state, piece by piece, from one
 * replica after the other. It believes none of them: the digest was signed by 2f + 1.
 */
import type { NodeId } from '../core/ids.ts'
import type { MessageOf } from './messages.ts'
import { snapshotText } from './snapshot.ts'
import { note, type Stable, send, type Transfer, type Turn } from './state.ts'

export function startTransfer(turn: Turn, proved: Stable): void {
  const { state } = turn
  if (state.transfer && state.transfer.n >= proved.n) return
  note(turn, 'fetchState', { n: proved.n, d: proved.d })
  state.transfer = { ...proved, from: otherThan(turn, undefined), pieces: [], seen: 0 }
  askPiece(turn, state.transfer)
}

/** Asks for the next piece again, or begins anew with another replica when nothing came since the last look. */
export function urgeTransfer(turn: Turn): void {
  const { state } = turn
  const { transfer } = state
  if (!transfer) return
  const isStuck = transfer.pieces.length === transfer.seen
  state.transfer = isStuck
    ? { ...transfer, from: otherThan(turn, transfer.from), pieces: [], seen: 0 }
    : { ...transfer, seen: transfer.pieces.length }
  if (isStuck) askPiece(turn, state.transfer)
}

/** Somebody else, by the step's dice. */
export function otherThan({ state, coin }: Turn, last: NodeId | undefined): NodeId {
  const others = state.nodes.filter((node) => node !== state.id && node !== last)
  return (others[coin % others.length] ?? state.nodes[0]) as NodeId
}

export function askPiece(turn: Turn, { n, d, from, pieces }: Transfer): void {
  send(turn, from, { kind: 'FetchState', n, d, part: pieces.length })
}

/** Gives a piece of its own state at a checkpoint that it still has. */
export function onFetchState(turn: Turn, from: NodeId, { n, d, part }: MessageOf<'FetchState'>): void {
  const { state } = turn
  const own = state.checkpoints.get(n)
  if (own?.d !== d) return // it has moved on, or does not have it: its Status says where it stands
  const { parts, text } = pieceOf(snapshotText(n, own.hosted, own.replies), part, state.options.chunkChars)
  if (part >= parts) return
  send(turn, from, { kind: 'StateChunk', n, d, part, parts, text })
}

/** Of how many pieces the text is, and the one with that number. */
export function pieceOf(whole: string, part: number, chunkChars: number): { parts: number; text: string } {
  return { parts: Math.max(1, Math.ceil(whole.length / chunkChars)), text: whole.slice(part * chunkChars, (part + 1) * chunkChars) }
}
