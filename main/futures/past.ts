/** A recorded run as the past of other futures: what it takes to have it again up to any event. */
import type { RunConfig } from '../../protocols/core/config.ts'
import type { RunEvent } from '../../protocols/core/event.ts'
import type { AnyProtocol } from '../../protocols/core/machine.ts'
import type { AnyService } from '../../protocols/core/service.ts'
import { findProtocol } from '../../protocols/registry.ts'
import { findService } from '../../protocols/services/index.ts'
import { DeedReader } from '../../protocols/sim/deeds.ts'
import { type Past, Rerun, RerunError } from '../../protocols/sim/rerun.ts'
import { type Sink, tee } from '../../protocols/sim/sink.ts'
import { LabError } from '../contract/errors.ts'
import type { RunHeader } from '../recorder/header.ts'
import { RunReader } from '../recorder/reader.ts'
import { Lookout, type Target } from './target.ts'

export interface Future {
  readonly seq: number
  readonly seed: number
  /** When it happened, if it did. */
  readonly seenUs: number | undefined
}

export class RecordedPast {
  readonly protocol: AnyProtocol
  readonly service: AnyService
  readonly config: RunConfig
  readonly past: Past
  readonly lastSeq: number
  readonly #reader: RunReader
  /** By event, how many of the simulation there are up to it. */
  readonly #counts: Float64Array

  /** Throws a LabError when the run cannot be had again. */
  constructor(file: string, protocols: typeof findProtocol = findProtocol) {
    this.#reader = new RunReader(file)
    try {
      const { config, protocolVersion, branch } = this.#reader.header
      if (config.mode !== 'simulation') {
        throw new LabError(
          'bad-request',
          'This is a run of real processes: it cannot be simulated from the middle.',
          'Simulate its scenario (synod sim), and look at the futures of that run.',
        )
      }
      const { protocol, service } = known(config, protocolVersion, protocols)
      const parsed = protocol.options.safeParse(config.options)
      if (!parsed.success) throw new LabError('bad-run-file', `The options of the run do not fit ${protocol.title}.`)
      this.protocol = protocol
      this.service = service
      this.config = { ...config, options: parsed.data as RunConfig['options'] }
      this.lastSeq = this.#reader.lastSeq
      const deeds = new DeedReader(config)
      this.#counts = new Float64Array(this.lastSeq + 1)
      for (let seq = 1; seq <= this.lastSeq; ) {
        for (const event of this.#reader.eventsAround(seq) ?? []) {
          deeds.take(event)
          this.#counts[event.seq] = deeds.count
          seq = event.seq + 1
        }
      }
      const reseeds = (branch?.seeds ?? []).map(({ after, seed }) => ({ after: this.#countAt(after), seed }))
      this.past = { deeds: deeds.deeds, endUs: deeds.endUs, reseeds }
    } catch (error) {
      this.#reader.close()
      throw error
    }
  }

  close(): void {
    this.#reader.close()
  }

  event(seq: number): RunEvent | undefined {
    return this.#reader.event(seq)
  }

  get header(): RunHeader {
    return this.#reader.header
  }

  /** Events behind `after`, up to `to`, the recording's own checkpoints apart. */
  between(after: number, to: number): RunEvent[] {
    const events: RunEvent[] = []
    for (let seq = after + 1; seq <= to; ) {
      for (const event of this.#reader.eventsAround(seq) ?? []) {
        if (event.seq < seq) continue
        seq = event.seq + 1
        if (event.seq <= to && event.kind !== 'checkpoint') events.push(event)
      }
    }
    return events
  }

  /** The last event that came with event `seq`: from there a future differs. */
  cutAt(seq: number): number {
    return this.#seqOf(this.at(seq).simulation.events, seq)
  }

  /** Events before event `seq` right after which the run can be cut, with 0 for its beginning: each the last of those that came together. */
  cutsBefore(seq: number): number[] {
    const cuts = [0]
    const rerun = this.#begin()
    this.#bring(rerun, seq, (events) => {
      const cut = this.#seqOf(events, cuts.at(-1) as number)
      if (cut > (cuts.at(-1) as number) && cut < seq) cuts.push(cut)
    })
    return cuts
  }

  /** The event with which there are so many; `from`: one at or before it. */
  #seqOf(events: number, from: number): number {
    let at = Math.min(from, this.lastSeq)
    while (at < this.lastSeq && (this.#counts[at + 1] as number) <= events) at += 1
    return at
  }

  timeOf(seq: number): number {
    return seq === 0 ? 0 : this.#reader.timeOf(seq)
  }

  /** The run, brought to right after what came with event `seq`. Throws a LabError when it does not go there again. */
  at(seq: number, ...sinks: readonly Sink[]): Rerun {
    const rerun = this.#begin(...sinks)
    this.#bring(rerun, seq)
    return rerun
  }

  /** One other future from there. */
  future(seq: number, seed: number, target: Target, untilUs: number): Future {
    const lookout = new Lookout(target, this.protocol)
    const rerun = this.at(seq, lookout)
    lookout.look()
    rerun.goOn(untilUs, seed, () => lookout.seenUs !== undefined)
    return { seq, seed, seenUs: lookout.seenUs }
  }

  #begin(...sinks: readonly Sink[]): Rerun {
    const { protocol, service, config, past } = this
    return new Rerun({ protocol, service, config, sink: tee(...sinks) }, past)
  }

  #bring(rerun: Rerun, seq: number, onCut?: (events: number) => void): void {
    try {
      rerun.to(this.#countAt(seq), onCut)
    } catch (error) {
      if (!(error instanceof RerunError)) throw error
      throw new LabError('bad-run-file', error.message, 'It was recorded by another version, or is damaged: synod check judges it.')
    }
  }

  #countAt(seq: number): number {
    return this.#counts[Math.min(seq, this.lastSeq)] as number
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
