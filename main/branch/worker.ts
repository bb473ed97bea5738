/** The thread that follows one run so that branches of it begin at once, and makes them. */
import '../signing/lookingOn.ts'
import { parentPort, workerData } from 'node:worker_threads'
import { LabError } from '../contract/errors.ts'
import { removeRunFile } from '../recorder/library.ts'
import { RunReader } from '../recorder/reader.ts'
import { Execution } from '../replay/execution.ts'
import { Cuts } from './cuts.ts'
import { type Foretold, foretell, makeBranch } from './make.ts'
import { type BranchingSettings, buffersOf, type FromBranching, type Likely, type ToBranching } from './words.ts'

/** In the background it works so long and then rests as long, for others work too. */
const SLICE_MS = 25
const TELL_EVERY_MS = 200
/** What was made beforehand and nobody wants for so long goes. */
const KEPT_MS = 120_000

const port = parentPort
if (!port) throw new Error('main/branch/worker.ts is the entry of a worker thread: see main/branch/thread.ts')
const tell = (word: FromBranching) => port.postMessage(word)

class Branching {
  readonly #reader: RunReader
  readonly #execution: Execution | LabError
  readonly #cuts: Cuts | undefined
  #toldMs = 0
  #next: NodeJS.Timeout | undefined
  #likely: Likely | undefined
  #foretold: Foretold | undefined
  #forgetting: NodeJS.Timeout | undefined

  constructor(file: string) {
    this.#reader = new RunReader(file)
    const execution = Execution.of(this.#reader.header)
    const hint = 'Branches can be made of runs that this Synod can run again.'
    this.#execution = typeof execution === 'string' ? new LabError('bad-request', execution, hint) : execution
    this.#cuts = typeof execution === 'string' ? undefined : new Cuts(this.#reader, execution)
  }

  prepare(likely: Likely | undefined): void {
    if (!this.#cuts) return
    if (likely && likely.seq !== this.#foretold?.seq) this.#likely = likely
    clearTimeout(this.#next)
    this.#goOn(this.#cuts)
  }

  make(wanted: Extract<ToBranching, { do: 'make' }>['wanted']) {
    if (this.#execution instanceof LabError) throw this.#execution
    const cuts = this.#cuts as Cuts
    this.#reader.refresh()
    cuts.follow(Math.min(wanted.seq, this.#reader.lastSeq), () => {
      this.#say(cuts, wanted.seq)
      return false
    })
    this.#likely = undefined
    try {
      return makeBranch(this.#reader, cuts, this.#execution.protocol, wanted, this.#foretold)
    } finally {
      this.#forget()
    }
  }

  #goOn(cuts: Cuts): void {
    const untilMs = performance.now() + SLICE_MS
    try {
      this.#reader.refresh()
      const goal = Math.max(cuts.reached, Math.min(this.#likely?.seq ?? Number.POSITIVE_INFINITY, this.#reader.lastSeq))
      cuts.follow(goal, () => performance.now() >= untilMs)
      if (this.#likely && this.#likely.seq <= cuts.reached) this.#foretell(cuts, this.#likely)
    } catch {
      return // whoever asks for a branch is told
    }
    this.#say(cuts, this.#reader.lastSeq)
    const isThere = cuts.reached >= this.#reader.lastSeq
    this.#next = setTimeout(() => this.#goOn(cuts), isThere ? 10 * SLICE_MS : SLICE_MS)
  }

  #foretell(cuts: Cuts, { seq, part }: Likely): void {
    this.#likely = undefined
    this.#forget()
    const { protocol } = this.#execution as Execution
    try {
      this.#foretold = foretell(this.#reader, cuts, protocol, seq, part)
    } catch {
      removeRunFile(part) // whoever asks for a branch is told
    }
    this.#forgetting = setTimeout(() => this.#forget(), KEPT_MS)
  }

  /** Used up, or for another event, or nobody came. */
  #forget(): void {
    clearTimeout(this.#forgetting)
    if (this.#foretold) removeRunFile(this.#foretold.part)
    this.#foretold = undefined
  }

  #say(cuts: Cuts, of: number): void {
    const nowMs = performance.now()
    if (nowMs - this.#toldMs < TELL_EVERY_MS) return
    this.#toldMs = nowMs
    tell({ kind: 'progress', progress: { reached: Math.min(cuts.reached, of), of } })
  }
}

let branching: Branching | undefined
port.on('message', (word: ToBranching) => {
  try {
    branching ??= new Branching((workerData as BranchingSettings).file)
    if (word.do === 'prepare') return branching.prepare(word.likely)
    const made = branching.make(word.wanted)
    port.postMessage({ kind: 'made', call: word.call, made } satisfies FromBranching, buffersOf(made.beginning))
  } catch (error) {
    if (word.do === 'prepare') return // whoever asks for a branch is told
    const known = error instanceof LabError ? error : new LabError('internal', `The branch could not be made: ${(error as Error).message}`)
    tell({ kind: 'failed', call: word.call, failure: known.toFailure() })
  }
})
