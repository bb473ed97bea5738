/** Messages as they lie in a recording, with their stamps, for going through a long one. */
import type { SendEvent } from '../../protocols/core/event.ts'
import type { ChunkReader } from '../../protocols/wire/chunkReader.ts'
import { leanSend } from '../../protocols/wire/lean.ts'

/** A message with its stamps, read once. */
export interface SentMessage extends SendEvent {
  readonly fromIndex: number
  readonly toIndex: number
  readonly typeIndex: number
}

/** The send at which the reader stands; `atUs`: its time, in run time. */
export function sentMessage(reader: ChunkReader, atUs: number): SentMessage {
  const { tables, endpoint, to, type } = reader
  const clock = reader.clock.slice(0, tables.endpoints.length) as unknown as readonly number[]
  return { ...leanSend(reader), atUs, clock, fromIndex: endpoint, toIndex: to, typeIndex: type }
}
