/** What replay asks of a recording. The recorder's reader offers it; they are brought together by main/replayThread.ts. */
import type { RecordedConfig } from '../../protocols/core/config.ts'
import type { CheckpointEvent, RunEvent, SendEvent, StepEvent } from '../../protocols/core/event.ts'
import type { MessageId, NodeId, RunId } from '../../protocols/core/ids.ts'
import type { Json } from '../../protocols/core/json.ts'
import type { Observation } from '../../protocols/core/machine.ts'
import type { MomentData } from '../../protocols/core/moment.ts'
import type { ChunkReader } from '../../protocols/wire/chunkReader.ts'
import type { Bookmarks } from '../contract/bookmarks.ts'
import type { ColumnsBlock } from '../contract/causality.ts'
import type { Overview, ParsedRequest, Responses } from '../contract/commands.ts'

export interface RecordedHeader {
  readonly config: RecordedConfig
  readonly protocolVersion: number
  readonly nodes: readonly NodeId[]
  /** After these events chance was drawn from other seeds. */
  readonly branch?: { readonly seeds: readonly { readonly after: number; readonly seed: number }[] }
}

/** The seed of what is drawn at an event. */
export function seedAt({ config, branch }: RecordedHeader, seq: number): number {
  return branch?.seeds.findLast(({ after }) => seq > after)?.seed ?? config.seed
}

/** A recording whose end may still be moving. Every method throws a LabError when it is damaged. */
export interface EventSource {
  readonly header: RecordedHeader
  /** As of the last `refresh`, which looks for more and returns it. */
  readonly lastSeq: number
  refresh(): number
  moment(seq: number): MomentData
  /** `before`: an event that it is known to stand before, from which it is looked for backwards. */
  sendOf(message: MessageId, before?: number): SendEvent | undefined
  /** Goes along the events behind `seq`. */
  cursor(seq: number): Cursor
  /** Readers of the events from `from` to `to`, a stretch each, from the beginning of the one that holds `from` on. */
  readers(from: number, to: number): Iterable<ChunkReader>
  /** The latest checkpoint of a life at or before a step and an event. */
  checkpoint(endpoint: number, life: number, step: number, seq: number): CheckpointEvent | undefined
  /** At which step that is. */
  checkpointStep(endpoint: number, life: number, step: number, seq: number): number | undefined
  /** Steps `first`..`last` of a life that stand at or before event `seq`, in order. */
  steps(endpoint: number, life: number, first: number, last: number, seq: number): Iterable<StepEvent>
}

/** Stands between two events. */
export interface Cursor {
  /** The last event that was passed. */
  readonly seq: number
  /** At the next event, if that is recorded (as of the last `refresh`) and not behind `to`; the same one again until it is passed. */
  next(to: number): ChunkReader | undefined
  pass(): void
}

/** Goes over the steps that somebody wants to hear of, once and in order; again for those that came since. */
export interface HeardSteps {
  /** The last event that was gone over. */
  readonly seq: number
  /** Goes on until the end of what is recorded, as of the last `refresh`, or until `untilMs` (of performance.now). */
  advance(untilMs: number, visit: (step: HeardStep) => void): void
}

export interface HeardStep {
  readonly seq: number
  readonly atUs: number
  readonly node: NodeId
  readonly notes: StepEvent['notes']
  /** The message that it was given, if it is of a type that was wanted. */
  readonly given: { readonly from: NodeId; readonly type: string; readonly body: Json } | undefined
  shows(): Observation | undefined
}

/** Everything that is read of a recording, replayed or not. */
export interface Recording extends EventSource {
  overview(run: RunId, live: boolean): Overview
  events(request: Omit<ParsedRequest<'run.events'>, 'run'>): Responses['run.events']
  event(seq: number): RunEvent | undefined
  find(request: Omit<ParsedRequest<'run.find'>, 'run'>): Responses['run.find']
  pick(seqs: readonly number[]): Responses['run.pick']
  /** These may take a while: they yield where others may be answered. */
  message(message: MessageId): Generator<undefined, Responses['run.message']>
  causes(seq: number): Generator<undefined, Responses['run.event']>
  seek(atUs: number): number
  /** Events as rows of columns, from event `from` on; with `rows`, so many without those before them. */
  columns(from: number, rows?: number): ColumnsBlock
  /** Steps with one of these notes, and those that were given one of these messages. */
  hear(wanted: { readonly notes: readonly string[]; readonly messages: readonly string[] }): HeardSteps
  bookmarks(): Bookmarks
  close(): void
}
