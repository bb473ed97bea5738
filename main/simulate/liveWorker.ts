/**
 * The thread of a live simulation: simulates at the pace of the person who watches, records into the run file, does what it
 * is told in between. It computes in slices, so that a word is heard soon however busy the cluster is.
 */
import '../signing/lookingOn.ts'
import { parentPort } from 'node:worker_threads'
import type { Json } from '../../protocols/core/json.ts'
import { Recording } from '../../protocols/sim/recording.ts'
import { Simulation, SimulationError } from '../../protocols/sim/simulation.ts'
import { StandstillError } from '../../protocols/sim/standstill.ts'
import { readText } from '../../protocols/wire/bytes.ts'
import { thaw } from '../branch/words.ts'
import { LabError, type LabFailure, REFUSED } from '../contract/errors.ts'
import { choose } from '../labChoice.ts'
import type { OperationAnswer } from '../liveRun.ts'
import { continueFile } from '../recorder/pastCopy.ts'
import { Recorder } from '../recorder/recorder.ts'
import { diskError, RunStore } from '../recorder/store.ts'
import type { Deed, FromSimulator, LiveSimulation, ToSimulator } from './liveWords.ts'
import { Pace } from './pace.ts'

const COMMIT_EVERY_MS = 33
const SLICE_MS = 8
const REST_MS = 5
/** Happenings between two looks at the clock. */
const LOOK_EVERY = 32

const port = parentPort
if (!port) throw new Error('main/simulate/liveWorker.ts is the entry of a worker thread: see main/simulate/run.ts')
const tell = (word: FromSimulator) => port.postMessage(word)

class LiveSimulator {
  readonly #store: RunStore
  readonly #recorder: Recorder
  readonly #simulation: Simulation
  readonly #pace: Pace
  #committedMs = 0
  #failure: LabFailure | undefined
  #isEnded = false

  constructor({ file, header, beginning }: LiveSimulation) {
    const { protocol, service, config } = choose(header.config)
    this.#store = beginning ? continueFile(file, header) : new RunStore(file, header)
    this.#recorder = new Recorder(this.#store, header, beginning && JSON.parse(readText(beginning.moment)))
    const sink = new Recording(this.#recorder, protocol, config.nodes)
    const from = beginning && { cut: thaw(beginning.cut, protocol), seed: beginning.seed }
    this.#simulation = new Simulation({ protocol, service, config, sink, ...(from ? { from } : {}) })
    if (!beginning) this.#boot()
    else if (beginning.heal) this.#simulation.heal()
    this.#pace = new Pace(config.timeScale, performance.now(), this.#simulation.nowUs)
  }

  begin(): void {
    this.#commit()
    this.#go()
  }

  /** What a deed comes to; what comes of it later is given to `later`. */
  do(deed: Deed, later: (value: unknown) => void): unknown {
    if (deed.do === 'end') return this.#end()
    if (this.#failure) throw new LabError(this.#failure.code, this.#failure.message, this.#failure.hint)
    try {
      return this.#carryOut(deed, later)
    } catch (error) {
      if (!(error instanceof SimulationError)) this.#fail(error)
      throw error
    }
  }

  #carryOut(deed: Exclude<Deed, { do: 'end' }>, later: (value: unknown) => void): unknown {
    const run = this.#simulation
    switch (deed.do) {
      case 'operate':
        return run.operate(
          deed.op,
          ({ operation, outcome, latencyMs }) => {
            const said: { result?: Json; why?: string } = outcome.is === 'ok' ? { result: outcome.result } : { why: outcome.why }
            later({ operation, is: outcome.is, latencyMs, ...said } satisfies OperationAnswer)
          },
          deed.asking,
        )
      case 'load':
        return run.setLoad(deed.load)
      case 'node':
        if (deed.action === 'restart' && run.node(deed.node).status !== 'down') run.act(deed.node, 'crash')
        return run.act(deed.node, deed.action)
      case 'clock':
        return run.setClock(deed.node, deed.setting)
      case 'control':
        return run.tell(deed.node, deed.control)
      case 'disk':
        return run.setSync(deed.node, deed.syncMs)
      case 'arm':
        return run.arm(deed.fault)
      case 'lift':
        return run.lift(deed.fault)
      case 'release': {
        const count = run.release(deed.fault, deed.message)
        if (deed.message === undefined || count > 0) return count
        throw new SimulationError(`Message ${deed.message} does not wait at ${deed.fault}.`, 'absent')
      }
      case 'heal':
        return run.heal()
      case 'timeScale':
        this.#pace.setScale(deed.scale, performance.now(), run.nowUs)
        return run.setTimeScale(deed.scale)
      case 'findings':
        return this.#store.findings(deed.violations)
      case 'verdict':
        return this.#store.set('verdict', deed.is)
      case 'rename':
        return this.#store.set('name', deed.name)
      case 'bookmarks':
        return this.#store.set('bookmarks', deed.bookmarks)
      case 'flush':
        return this.#commit()
      default:
        return deed satisfies never
    }
  }

  /** As a live run is begun: it is there when every process is up. That is waited for by computing alone. */
  #boot(): void {
    this.#simulation.run(60_000_000, () => this.#simulation.isBegun)
  }

  #go(): void {
    if (this.#isEnded || this.#failure) return
    const beganMs = performance.now()
    let left = LOOK_EVERY
    const isLate = () => {
      if (--left > 0) return false
      left = LOOK_EVERY
      return performance.now() - beganMs >= SLICE_MS
    }
    let isBehind = false
    this.#recording(() => {
      isBehind = this.#simulation.run(this.#pace.dueUs(beganMs), isLate)
    })
    const nowMs = performance.now()
    this.#pace.reached(nowMs, this.#simulation.nowUs)
    if (nowMs - this.#committedMs >= COMMIT_EVERY_MS) this.#commit()
    if (isBehind) setImmediate(() => this.#go())
    else setTimeout(() => this.#go(), REST_MS)
  }

  #commit(): void {
    this.#committedMs = performance.now()
    this.#recording(() => {
      this.#recorder.commit()
      this.#report()
    })
  }

  #report(): void {
    const report = this.#recorder.report(this.#committedMs)
    if (report) tell({ kind: 'report', report })
  }

  #end(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    if (this.#failure) return this.#store.abandon()
    this.#recording(() => {
      this.#simulation.end()
      this.#recorder.finish()
      this.#committedMs = performance.now()
      this.#report()
      this.#store.close('ended')
    })
  }

  /** The first failure ends the run: what was committed stays. */
  #recording(work: () => void): void {
    if (this.#failure) return
    try {
      work()
    } catch (error) {
      this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    this.#store.rollback()
    this.#failure = failureOf(error, this.#store.file)
    tell({ kind: 'failed', failure: this.#failure })
  }
}

function failureOf(error: unknown, file: string): LabFailure {
  if (error instanceof LabError) return error.toFailure()
  if (error instanceof StandstillError) return new LabError('run-ended', `The simulation was ended: ${error.message}`).toFailure()
  if (error instanceof SimulationError) return new LabError(REFUSED[error.why], error.message).toFailure()
  const { code, message } = error as NodeJS.ErrnoException
  if (code !== undefined) return diskError(error, file, 'The run can no longer be recorded').toFailure()
  return new LabError('internal', `The simulation failed: ${message}`).toFailure()
}

/** The first word says what is simulated; it may be long in coming. */
port.once('message', (simulation: LiveSimulation) => {
  const { file } = simulation
  try {
    const simulator = new LiveSimulator(simulation)
    port.on('message', ({ call, deed }: ToSimulator) => {
      try {
        const value = simulator.do(deed, (later) => tell({ kind: 'answer', call, value: later }))
        if (deed.do !== 'operate') tell({ kind: 'answer', call, value })
      } catch (error) {
        tell({ kind: 'answer', call, failure: failureOf(error, file) })
      }
      if (deed.do === 'end') port.close()
    })
    tell({ kind: 'ready' })
    simulator.begin()
  } catch (error) {
    tell({ kind: 'refused', failure: failureOf(error, file) })
  }
})
