/** One recorded run read once for a comparison: what each event and each step of a node says, as numbers; the operations; who led. */

import type { StepSeries } from '../../protocols/causality/align.ts'
import type { InvokeEvent, ReturnEvent } from '../../protocols/core/event.ts'
import type { Json } from '../../protocols/core/json.ts'
import { ChunkKind } from '../../protocols/wire/chunk.ts'
import { controlOf } from '../../protocols/wire/chunkEvents.ts'
import type { ChunkReader } from '../../protocols/wire/chunkReader.ts'
import { StepInputKind } from '../../protocols/wire/tap.ts'
import type { RunReader } from '../recorder/reader.ts'
import { Saying } from './saying.ts'

export interface Operation {
  readonly client: string
  /** The client's so many-th, from 1. */
  readonly number: number
  readonly op: Json
  readonly seq: number
  readonly atUs: number
  outcome: ReturnEvent['outcome'] | undefined
  endSeq: number | undefined
  endUs: number | undefined
}

export interface Account {
  readonly log: Float64Array
  readonly steps: readonly StepSeries[]
  readonly operations: ReadonlyMap<string, Operation>
}

const LETTER_N = 'n'.charCodeAt(0)
const NOTES = Buffer.from('"notes":')

/** `onEvent` is called now and then with how many events were read. */
export function accountOf(reader: RunReader, onEvents: (count: number) => void): Account {
  const { lastSeq, header } = reader
  const log = new Float64Array(lastSeq)
  const says = header.nodes.map((): number[] => [])
  const seqs = header.nodes.map((): number[] => [])
  const bodies = new Map<number, number>()
  const operations = new Map<string, Operation>()
  const byNumber = new Map<number, Operation>()
  const counts = new Map<string, number>()
  const saying = new Saying()

  reader.scan(1, lastSeq, (at) => {
    if (at.seq % 4096 === 0) onEvents(at.seq)
    log[at.seq - 1] = whole(saying, at)
    switch (at.kind) {
      case ChunkKind.send:
        bodies.set(at.message, saying.begin(at.endpoint, at.to, at.type).bytes(at.textBytes()).end())
        return
      case ChunkKind.drop:
        if (at.copy === 0) bodies.delete(at.message)
        return
      case ChunkKind.step: {
        says[at.endpoint]?.push(stepSays(saying, at, bodies))
        seqs[at.endpoint]?.push(at.seq)
        return
      }
      case ChunkKind.invoke: {
        const { operation, client, op } = (at.json() ?? {}) as unknown as InvokeEvent
        const number = (counts.get(client) ?? 0) + 1
        counts.set(client, number)
        const begun: Operation = { client, number, op, seq: at.seq, atUs: at.atUs, outcome: undefined, endSeq: undefined, endUs: undefined }
        operations.set(`${client} ${number}`, begun)
        byNumber.set(operation, begun)
        return
      }
      case ChunkKind.return: {
        const { operation, outcome } = (at.json() ?? {}) as unknown as ReturnEvent
        const ended = byNumber.get(operation)
        if (ended) Object.assign(ended, { outcome, endSeq: at.seq, endUs: at.atUs })
        byNumber.delete(operation)
        return
      }
      default:
        return
    }
  })
  return { log, steps: says.map((one, node) => ({ says: one, seqs: seqs[node] as number[] })), operations }
}

/** Everything of it: two events are the same only when they were at the same time, too. */
function whole(saying: Saying, at: ChunkReader): number {
  const isStamped = at.kind === ChunkKind.step || at.kind === ChunkKind.send || at.kind === ChunkKind.invoke || at.kind === ChunkKind.return
  saying.begin(at.kind, at.atUs, at.kind === ChunkKind.step ? at.endpoint * 8 + at.input : at.copy)
  if (isStamped) saying.number(at.life).number(at.step).number(at.lamport)
  if (at.kind === ChunkKind.step) saying.number(at.subject).number(at.sendCount).number(at.persisted)
  else if (at.kind !== ChunkKind.invoke && at.kind !== ChunkKind.return) saying.number(isMessage(at.kind) ? at.message : 0)
  return saying.bytes(at.textBytes()).end()
}

const isMessage = (kind: number): boolean =>
  kind === ChunkKind.send || kind === ChunkKind.deliver || kind === ChunkKind.drop || kind === ChunkKind.hold

/** What a node was given and what it did, whenever that was: neither times nor stamps nor numbers of messages. */
function stepSays(saying: Saying, at: ChunkReader, bodies: ReadonlyMap<number, number>): number {
  const { input, subject } = at
  const isTold = input === StepInputKind.message || input === StepInputKind.request
  const given = isTold ? (bodies.get(subject) ?? 0) : input === StepInputKind.durable ? 0 : subject
  saying.begin(input, given, at.sendCount).number(at.persisted)
  if (input === StepInputKind.control) saying.bytes(Buffer.from(JSON.stringify(controlOf(at))))
  // What a node shows is said by the last step of a turn alone; what it notes by every step.
  const text = at.textBytes()
  if (text.length > 2 && (text[2] === LETTER_N || Buffer.from(text.buffer, text.byteOffset, text.byteLength).includes(NOTES))) {
    const { notes } = (at.json() ?? {}) as { readonly notes?: Json }
    if (notes !== undefined) saying.bytes(Buffer.from(JSON.stringify(notes)))
  }
  return saying.end()
}
