/**
 * What is signed, and how it is judged. A signature covers the message's kind and all of its fields in one canonical text, so
 * that none can stand for another (§4.2, footnotes on MACs apart: this is the version with signatures).
 */
import type { NodeId } from '../core/ids.ts'
import type { Json } from '../core/json.ts'
import { digestOf, digestText, requestText, sign, verify } from '../core/signature.ts'
import type { Batch, Checkpoint, Commit, NewView, PrePrepare, Prepare, SignedRequest, ViewChange } from './messages.ts'

/** The digest of the null request, which does nothing (§4.4). */
export const NULL_DIGEST = 'null'

/** The digest that a PrePrepare carries: that of its requests, each with its client's signature. */
export const digestOfBatch = (batch: Batch): string =>
  batch.length === 0 ? NULL_DIGEST : digestText(batch.map((request) => `${textOf(request)} ${request.signature}`).join('\n'))

const textOf = ({ client, timestamp, op }: SignedRequest): string => requestText(client, timestamp, op)

const texts = {
  PrePrepare: ({ v, n, d }: Unsigned<PrePrepare>) => `PrePrepare ${v} ${n} ${d}`,
  Prepare: ({ v, n, d, i }: Unsigned<Prepare>) => `Prepare ${v} ${n} ${d} ${i}`,
  Commit: ({ v, n, d, i }: Unsigned<Commit>) => `Commit ${v} ${n} ${d} ${i}`,
  Checkpoint: ({ n, d, i }: Unsigned<Checkpoint>) => `Checkpoint ${n} ${d} ${i}`,
  ViewChange: ({ v, n, C, P, i }: Unsigned<ViewChange>) => `ViewChange ${v} ${n} ${digestOf([C, P] as unknown as Json)} ${i}`,
  NewView: ({ v, V, O }: Unsigned<NewView>) => `NewView ${v} ${digestOf([V, O] as unknown as Json)}`,
}
type Unsigned<M> = Omit<M, 'signature'>
export type SignedMessage = PrePrepare | Prepare | Commit | Checkpoint | ViewChange | NewView

/** The text that a message's signature stands for. */
export const signedText = (message: Unsigned<SignedMessage> & { readonly kind: SignedMessage['kind'] }): string =>
  (texts[message.kind] as (message: unknown) => string)(message)

/** The message with the signature of `by`. */
export const signed = <M extends SignedMessage>(by: NodeId, message: Unsigned<M> & { readonly kind: M['kind'] }): M =>
  ({ ...message, signature: sign(by, signedText(message as never)) }) as unknown as M

export const isSignedBy = (by: NodeId, message: SignedMessage): boolean => verify(by, signedText(message), message.signature)

export const isSignedByClient = (request: SignedRequest): boolean => verify(request.client, textOf(request), request.signature)
