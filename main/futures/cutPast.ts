/**
 * A recorded run of real processes as the past of other futures: at any event all that is known of it is put together as a
 * cut, and a simulation begins there. So does a future of such a run that was kept: its past cannot be simulated either.
 */
import type { RunEvent } from '../../protocols/core/event.ts'
import type { NodeId } from '../../protocols/core/ids.ts'
import type { JudgedStep } from '../../protocols/core/invariant.ts'
import type { AnyMessage } from '../../protocols/core/machine.ts'
import type { findProtocol } from '../../protocols/registry.ts'
import type { Cut } from '../../protocols/sim/cut.ts'
import type { DatedDeed } from '../../protocols/sim/deeds.ts'
import { Recording } from '../../protocols/sim/recording.ts'
import { goOnWith } from '../../protocols/sim/rerun.ts'
import { Simulation } from '../../protocols/sim/simulation.ts'
import type { Sink } from '../../protocols/sim/sink.ts'
import { Cuts } from '../branch/cuts.ts'
import { LabError } from '../contract/errors.ts'
import { ownConfig } from '../recorder/header.ts'
import type { RunReader } from '../recorder/reader.ts'
import type { Recorder } from '../recorder/recorder.ts'
import { Divergence, Execution } from '../replay/execution.ts'
import { Cutting } from './cutting.ts'
import { eventsOf, type Future, RecordedPast } from './past.ts'
import { RunTime } from './runTime.ts'
import { Lookout, type Target } from './target.ts'
import { transcribe } from './transcript.ts'

interface At {
  readonly cut: Cut
  /** All steps up to it, when they are kept. */
  readonly steps: readonly JudgedStep<unknown, AnyMessage>[]
}

/** Judges must see a run from its beginning; beyond so many steps there is no room for them. */
const JUDGED_STEPS_MAX = 300_000

export class CutPast extends RecordedPast {
  readonly #execution: Execution
  /** Quick, wherever the cut is; of the steps on the way it tells nothing. */
  readonly #cuts: Cuts
  readonly #time: RunTime
  /** What lives found on their disks, and when disks were emptied, in order. */
  readonly #findings: readonly { readonly node: NodeId; readonly seq: number; readonly found: number | undefined }[]
  /** Follows every step, for judges, who must see a run from its beginning. */
  #cutting: Cutting | undefined
  #steps: JudgedStep<unknown, AnyMessage>[] = []

  constructor(reader: RunReader, protocols: typeof findProtocol) {
    const config = ownConfig(reader.header)
    const { branch } = reader.header
    const isSimulated = config.mode === 'simulation'
    const time = new RunTime(isSimulated ? { ...config, timeScale: 1 } : config, branch?.simulated ? branch.at : 0)
    const findings: { node: NodeId; seq: number; found: number | undefined }[] = []
    super(reader, protocols, (event: RunEvent) => {
      if (!isSimulated) time.take(event)
      const { seq } = event
      if (event.kind === 'step' && event.input.kind === 'start') findings.push({ node: event.node, seq, found: event.input.recovered })
      if (event.kind === 'node' && event.change.is === 'wiped') findings.push({ node: event.node, seq, found: undefined })
    })
    const execution = Execution.of(reader.header, protocols)
    if (typeof execution === 'string') throw new LabError('bad-request', execution)
    this.#execution = execution
    this.#cuts = new Cuts(reader, execution)
    this.#time = time
    this.#findings = findings
  }

  get kept() {
    return { config: { ...this.config, mode: 'simulation' as const, timeScale: 1 }, cut: true as const }
  }

  /** Things happen one by one in a recording of processes. */
  cutAt(seq: number): number {
    return Math.min(seq, this.lastSeq)
  }

  cutsBefore(seq: number): number[] {
    return [0, ...this.between(0, seq - 1).map((event) => event.seq)]
  }

  future(seq: number, seed: number, target: Target, untilUs: number): Future {
    const isJudged = target.kind === 'violation'
    const { cut, steps } = this.at(seq, isJudged)
    const lookout = new Lookout(target, this.protocol, this.service)
    for (const step of steps) lookout.knows(step)
    const simulation = this.#begin(cut, seed, lookout)
    lookout.look()
    goOnWith(simulation, this.#deedsAfter(seq), this.#time.at(untilUs), () => lookout.seenUs !== undefined)
    return { seq, seed, seenUs: lookout.seenUs }
  }

  record(recorder: Recorder, seq: number, seed: number): void {
    const { cut } = this.at(seq)
    transcribe(recorder, eventsOf(this.reader, 1, seq), this.header, (us) => this.#time.at(us))
    const simulation = this.#begin(cut, seed, new Recording(recorder, this.protocol, this.config.nodes))
    goOnWith(simulation, this.#deedsAfter(seq), this.#time.at(this.endUs))
    simulation.end()
  }

  /** The run as it was right after event `seq`. Throws a LabError when it does not go there again. */
  at(seq: number, isJudged = false): At {
    if (!isJudged) return { cut: this.#cuts.at(seq).cut, steps: [] }
    const known = this.#cutting
    const cutting = known && known.seq <= seq ? known : this.#cut()
    try {
      for (const event of eventsOf(this.reader, cutting.seq + 1, seq)) cutting.take(event)
    } catch (error) {
      this.#cutting = undefined
      if (!(error instanceof Divergence)) throw error
      throw new LabError('bad-run-file', error.message, 'It was recorded by another version, or is damaged: synod check judges it.')
    }
    return { cut: cutting.cut(), steps: this.#steps }
  }

  #cut(): Cutting {
    this.#steps = []
    this.#cutting = new Cutting({
      ...{ header: this.header, execution: this.#execution, time: this.#time },
      sendOf: (message) => this.reader.sendOf(message),
      keptAfter: (node, seq) => this.#findings.find((one) => one.node === node && one.seq > seq)?.found,
      onStep: (step) => this.#keep(step),
    })
    return this.#cutting
  }

  #keep(step: JudgedStep<unknown, AnyMessage>): void {
    if (this.#steps.length < JUDGED_STEPS_MAX) return void this.#steps.push(step)
    const message = `The run has more than ${JUDGED_STEPS_MAX} steps before that: judging as many for each future would take too long.`
    throw new LabError('bad-request', message, 'Ask for something else that happened: a leader, a note, a failed operation.')
  }

  #begin(cut: Cut, seed: number, sink: Sink): Simulation {
    const { protocol, service, config } = this
    return new Simulation({ protocol, service, config, sink, from: { cut, seed } })
  }

  #deedsAfter(seq: number): Pick<DatedDeed, 'atUs' | 'deed'>[] {
    return this.deeds.filter((one) => one.seq > seq).map(({ atUs, deed }) => ({ atUs: this.#time.at(atUs), deed }))
  }
}
