/** A replica's state at a checkpoint as one text, which its digest covers: the service, and the last reply to every client (§4.3, §4.6). */
import { Map as PersistentMap } from 'immutable'
import { encodeHosted, type Hosted } from '../core/hosted.ts'
import { canonical, type Json } from '../core/json.ts'
import type { Replies } from './state.ts'

interface Snapshot {
  readonly n: number
  readonly replies: { readonly [client: string]: { readonly timestamp: number; readonly result: Json } }
  readonly service: Json
}

export function snapshotText(n: number, hosted: Hosted, replies: Replies): string {
  const snapshot: Snapshot = { n, replies: Object.fromEntries(replies), service: encodeHosted(hosted) }
  return canonical(snapshot as unknown as Json)
}

/** Of a text whose digest was checked. */
export function readSnapshot(text: string): { readonly hosted: Hosted; readonly replies: Replies } {
  const { replies, service } = JSON.parse(text) as Snapshot
  return { hosted: { json: service }, replies: PersistentMap(Object.entries(replies)) }
}
