/** A recorded run as the past of other futures: what is read of it, and what can be asked. */
import type { RunConfig } from '../../protocols/core/config.ts'
import type { RunEvent } from '../../protocols/core/event.ts'
import type { AnyProtocol } from '../../protocols/core/machine.ts'
import type { AnyService } from '../../protocols/core/service.ts'
import type { findProtocol } from '../../protocols/registry.ts'
import { findService } from '../../protocols/services/index.ts'
import { type DatedDeed, DeedReader } from '../../protocols/sim/deeds.ts'
import { LabError } from '../contract/errors.ts'
import { ownConfig, type RunHeader } from '../recorder/header.ts'
import type { RunReader } from '../recorder/reader.ts'
import type { Recorder } from '../recorder/recorder.ts'
import { sentenceOf } from '../recorder/sentence.ts'
import type { Target } from './target.ts'

export interface Future {
  readonly seq: number
  readonly seed: number
  /** When it happened, if it did. */
  readonly seenUs: number | undefined
}

/** What futures are asked of. */
export abstract class RecordedPast {
  readonly protocol: AnyProtocol
  readonly service: AnyService
  readonly config: RunConfig
  readonly lastSeq: number
  protected readonly reader: RunReader
  protected readonly deeds: readonly DatedDeed[]
  /** When the recording ends. */
  readonly endUs: number

  /** Reads all of it; `onEvent` is told each event and how many of the simulation there are up to it. Throws a LabError when it cannot be had again. */
  protected constructor(reader: RunReader, protocols: typeof findProtocol, onEvent: (event: RunEvent, count: number) => void) {
    const { protocolVersion } = reader.header
    const config = ownConfig(reader.header)
    const { protocol, service } = known(config, protocolVersion, protocols)
    const parsed = protocol.options.safeParse(config.options)
    if (!parsed.success) throw new LabError('bad-run-file', `The options of the run do not fit ${protocol.title}.`)
    this.reader = reader
    this.protocol = protocol
    this.service = service
    this.config = { ...config, options: parsed.data as RunConfig['options'] }
    this.lastSeq = reader.lastSeq
    const deeds = new DeedReader(config)
    for (const event of eventsOf(reader, 1, this.lastSeq)) {
      deeds.take(event)
      onEvent(event, deeds.count)
    }
    this.deeds = deeds.deeds
    this.endUs = deeds.endUs
  }

  close(): void {
    this.reader.close()
  }

  event(seq: number): RunEvent | undefined {
    return this.reader.event(seq)
  }

  get header(): RunHeader {
    return this.reader.header
  }

  /** Events behind `after`, up to `to`, the recording's own checkpoints apart. */
  between(after: number, to: number): RunEvent[] {
    return [...eventsOf(this.reader, after + 1, to)].filter(({ kind }) => kind !== 'checkpoint')
  }

  sentenceOf(event: RunEvent): string {
    return sentenceOf(this.reader, event)
  }

  timeOf(seq: number): number {
    return seq === 0 ? 0 : this.reader.timeOf(seq)
  }

  /** The last event that came with event `seq`: from there a future differs. */
  abstract cutAt(seq: number): number
  /** Events before event `seq` right after which the run can be cut, with 0 for its beginning. */
  abstract cutsBefore(seq: number): number[]
  /** One other future from right after what came with event `seq`. */
  abstract future(seq: number, seed: number, target: Target, untilUs: number): Future
  /** Records such a future, its past included. */
  abstract record(recorder: Recorder, seq: number, seed: number): void
  /** What the header of such a record says besides. */
  abstract readonly kept: { readonly config: RunConfig; readonly scenario?: string | undefined; readonly cut?: true }
}

export function* eventsOf(reader: RunReader, from: number, to: number): Generator<RunEvent> {
  for (let seq = from; seq <= to; ) {
    for (const event of reader.eventsAround(seq) ?? []) {
      if (event.seq < seq) continue
      seq = event.seq + 1
      if (event.seq <= to) yield event
    }
  }
}

function known(config: RunConfig, version: number, protocols: typeof findProtocol) {
  const protocol = protocols(config.protocol)
  if (!protocol) throw new LabError('bad-request', `This Synod does not know the protocol "${config.protocol}".`)
  if (protocol.version !== version) {
    const message = `The run was recorded by version ${version} of ${protocol.title}, and this Synod has version ${protocol.version}.`
    throw new LabError('bad-request', message, 'Simulate it again with this version.')
  }
  const service = findService(config.service)
  if (!service) throw new LabError('bad-request', `This Synod does not know the service "${config.service}".`)
  return { protocol, service }
}
