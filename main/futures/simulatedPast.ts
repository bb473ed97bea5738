/** A recorded simulation as the past of other futures: it is had again up to any event, from what was done to it. */
import type { RunEvent } from '../../protocols/core/event.ts'
import type { findProtocol } from '../../protocols/registry.ts'
import { Recording } from '../../protocols/sim/recording.ts'
import { Rerun, RerunError } from '../../protocols/sim/rerun.ts'
import { type Sink, tee } from '../../protocols/sim/sink.ts'
import { LabError } from '../contract/errors.ts'
import type { RunReader } from '../recorder/reader.ts'
import type { Recorder } from '../recorder/recorder.ts'
import { type Future, RecordedPast } from './past.ts'
import { Lookout, type Target } from './target.ts'

export class SimulatedPast extends RecordedPast {
  /** By event, how many of the simulation there are up to it. */
  readonly #counts: Float64Array

  constructor(reader: RunReader, protocols: typeof findProtocol) {
    const counts = new Float64Array(reader.lastSeq + 1)
    super(reader, protocols, ({ seq }: RunEvent, count) => {
      counts[seq] = count
    })
    this.#counts = counts
  }

  get kept() {
    return { config: this.config, scenario: this.header.scenario }
  }

  cutAt(seq: number): number {
    return this.#seqOf(this.#at(seq).simulation.events, seq)
  }

  /** Each the last of those that came together. */
  cutsBefore(seq: number): number[] {
    const cuts = [0]
    const rerun = this.#begin()
    this.#bring(rerun, seq, (events) => {
      const cut = this.#seqOf(events, cuts.at(-1) as number)
      if (cut > (cuts.at(-1) as number) && cut < seq) cuts.push(cut)
    })
    return cuts
  }

  future(seq: number, seed: number, target: Target, untilUs: number): Future {
    const lookout = new Lookout(target, this.protocol, this.service)
    const rerun = this.#at(seq, lookout)
    lookout.look()
    rerun.goOn(untilUs, seed, () => lookout.seenUs !== undefined)
    return { seq, seed, seenUs: lookout.seenUs }
  }

  record(recorder: Recorder, seq: number, seed: number): void {
    const rerun = this.#at(seq, new Recording(recorder, this.protocol, this.config.nodes))
    rerun.goOn(this.endUs, seed)
    rerun.simulation.end()
  }

  /** The event with which there are so many; `from`: one at or before it. */
  #seqOf(events: number, from: number): number {
    let at = Math.min(from, this.lastSeq)
    while (at < this.lastSeq && (this.#counts[at + 1] as number) <= events) at += 1
    return at
  }

  /** The run, brought to right after what came with event `seq`. Throws a LabError when it does not go there again. */
  #at(seq: number, ...sinks: readonly Sink[]): Rerun {
    const rerun = this.#begin(...sinks)
    this.#bring(rerun, seq)
    return rerun
  }

  #begin(...sinks: readonly Sink[]): Rerun {
    const { protocol, service, config, deeds, endUs } = this
    const reseeds = (this.header.branch?.seeds ?? []).map(({ after, seed }) => ({ after: this.#countAt(after), seed }))
    return new Rerun({ protocol, service, config, sink: tee(...sinks) }, { deeds, endUs, reseeds })
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
