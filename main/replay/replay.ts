/**
 * One open recording: answers what is asked of it, and judges it, live or afterwards, in slices between the answers.
 * While a run is live the judge takes a small share of the time; what it has not come to yet, its verdict says.
 */
import { getHeapStatistics } from 'node:v8'
import type { NodeId, RunId } from '../../protocols/core/ids.ts'
import type { Json } from '../../protocols/core/json.ts'
import type { findProtocol } from '../../protocols/registry.ts'
import type { Overview, ParsedRequest, Verdict } from '../contract/commands.ts'
import { LabError } from '../contract/errors.ts'
import type { FieldChanges, Lane, NodeStates, StateDiff } from '../contract/state.ts'
import { Changes } from './changes.ts'
import { Execution } from './execution.ts'
import { Judge } from './judge.ts'
import { Lanes } from './lanes.ts'
import { PreparingPace } from './pace.ts'
import { Panels } from './panels.ts'
import type { Snapshots } from './snapshots.ts'
import type { Recording } from './source.ts'
import { States } from './states.ts'

/** Following: at most so much of every interval. */
const FOLLOW_SLICE_MS = 10
const FOLLOW_EVERY_MS = 90
/** Checking: as fast as it goes, with room between the slices for whatever else is asked. */
const CHECK_SLICE_MS = 15
const VERDICT_EVERY_MS = 250
/** Preparing states: a long pause where the recording still grows. */
const PREPARE_LIVE_EVERY_MS = 100
/** States grow with the run, for some protocols without end; beyond this the judge stops and says so. */
const HEAP_BYTES_MAX = 1.5 * 1024 ** 3

export interface ReplayOptions {
  onVerdict(run: RunId, verdict: Verdict): void
  /** The file turned out to be damaged while nobody waited for an answer. */
  onTrouble?(run: RunId, error: LabError): void
  /** Where protocols are found; tests bring their own. */
  readonly protocols?: typeof findProtocol
}

export class Replay {
  readonly recording: Recording
  readonly panels: Panels
  readonly #run: RunId
  readonly #options: ReplayOptions
  readonly #states: States
  readonly #judge: Judge
  readonly #changes: Changes | string
  readonly #lanes: Lanes
  #mode: 'idle' | 'follow' | 'finish' = 'idle'
  #timer: NodeJS.Timeout | undefined
  #preparing: NodeJS.Timeout | undefined
  /** While it keeps still for somebody who asks: it goes on. */
  #resting: (() => void) | undefined
  readonly #pace = new PreparingPace()
  #closed = false
  #toldMs = Number.NEGATIVE_INFINITY
  #toldViolations = 0
  #toldSeq = -1

  constructor(run: RunId, recording: Recording, options: ReplayOptions) {
    this.#run = run
    this.recording = recording
    this.#options = options
    const execution = Execution.of(recording.header, options.protocols)
    this.#states = new States(recording, execution)
    this.#judge = new Judge(recording, execution)
    this.panels = new Panels(recording, execution, this.#states)
    const { snapshots } = this.#states
    this.#changes = typeof execution === 'string' || !snapshots ? String(execution) : new Changes(recording, execution, snapshots)
    this.#lanes = new Lanes(recording, execution)
  }

  /** Somebody was answered, and may ask again soon. */
  answered(): void {
    this.#pace.answered(performance.now())
    this.#resting?.()
  }

  overview(live: boolean): Overview {
    return this.recording.overview(this.#run, live)
  }

  /** The first question about states begins the pass that makes all others quick. */
  states(seq: number, whole = true): NodeStates {
    this.#prepare()
    return this.#states.at(seq, whole)
  }

  /** To the end of what is recorded now, in slices between the answers. */
  prepare(): void {
    this.#prepare()
  }

  statePart({ seq, node, path, from, to }: Omit<ParsedRequest<'run.state.part'>, 'run'>): { items: Json } {
    return this.#states.part(seq, this.#known(node), path, from, to)
  }

  diff({ a, b }: Omit<ParsedRequest<'run.diff'>, 'run'>): StateDiff {
    for (const { node } of [a, b]) this.#known(node)
    return this.#states.diff(a, b)
  }

  changes(request: Omit<ParsedRequest<'run.changes'>, 'run'>): FieldChanges {
    this.#known(request.node)
    if (typeof this.#changes === 'string') throw new LabError('bad-request', this.#changes, 'Its events can be read all the same.')
    this.#prepare()
    return this.#changes.find(request)
  }

  lane(request: Omit<ParsedRequest<'run.lane'>, 'run'>): Lane {
    for (const node of request.nodes) this.#known(node)
    return this.#lanes.lane(request)
  }

  /** Judges to the end of what is recorded now. */
  async check(): Promise<Verdict> {
    const end = this.recording.refresh()
    while (this.#judge.canJudge && this.#judge.judgedSeq < end && this.#hasRoom()) {
      const before = this.#judge.judgedSeq
      this.#judge.advance(end, performance.now() + CHECK_SLICE_MS)
      if (this.#judge.judgedSeq === before) break
      this.#tell()
      await new Promise<void>((resume) => setImmediate(resume))
      if (this.#closed) throw new LabError('not-found', 'The run was closed while it was being judged.')
    }
    const verdict = this.#judge.verdict()
    this.#told()
    this.#options.onVerdict(this.#run, verdict)
    return verdict
  }

  /** On: judges as the recording grows. Off: the recording has ended; judges what is left of it. */
  follow(on: boolean): void {
    if (this.#closed || !this.#judge.canJudge || (!on && this.#mode !== 'follow')) return
    this.#mode = on ? 'follow' : 'finish'
    this.#next(0)
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    clearTimeout(this.#preparing)
    this.recording.close()
  }

  #known(node: NodeId): NodeId {
    const { nodes } = this.recording.header
    if (!nodes.includes(node))
      throw new LabError('bad-request', `There is no node ${node} in this run.`, `Its nodes are ${nodes.join(', ')}.`)
    return node
  }

  #prepare(): void {
    const { snapshots } = this.#states
    if (!snapshots || this.#preparing || this.#closed) return
    const end = this.recording.lastSeq
    if (snapshots.reached >= end || snapshots.isFull) return
    this.#prepareIn(1, snapshots, end)
  }

  #prepareIn(ms: number, snapshots: Snapshots, end: number): void {
    clearTimeout(this.#preparing)
    this.#preparing = setTimeout(() => this.#prepareSlice(snapshots, end), ms)
  }

  #prepareSlice(snapshots: Snapshots, end: number): void {
    if (this.#closed) return
    const nowMs = performance.now()
    const turn = this.#pace.turn(nowMs)
    this.#resting = undefined
    if ('restMs' in turn) {
      this.#resting = () => this.#prepareIn(1, snapshots, end)
      return this.#prepareIn(turn.restMs, snapshots, end)
    }
    this.#preparing = undefined
    try {
      snapshots.advance(end, nowMs + turn.workMs)
    } catch {
      return // the file is damaged there: whoever asks for that place hears it
    }
    if (snapshots.reached >= end || snapshots.isFull) return
    const grows = this.recording.refresh() > end
    this.#prepareIn(grows ? PREPARE_LIVE_EVERY_MS : 1, snapshots, end)
  }

  #next(afterMs: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#slice(), afterMs)
  }

  #slice(): void {
    if (this.#closed) return
    try {
      const end = this.recording.refresh()
      this.#judge.advance(end, performance.now() + (this.#mode === 'follow' ? FOLLOW_SLICE_MS : CHECK_SLICE_MS))
      const isDone = this.#judge.judgedSeq >= end || !this.#hasRoom()
      if (this.#mode === 'finish' && isDone) {
        this.#mode = 'idle'
        this.#told()
        return this.#options.onVerdict(this.#run, this.#judge.verdict())
      }
      this.#tell()
      this.#next(this.#mode === 'follow' ? FOLLOW_EVERY_MS : 1)
    } catch (error) {
      this.#mode = 'idle'
      this.#options.onTrouble?.(
        this.#run,
        error instanceof LabError ? error : new LabError('internal', `Judging the run failed: ${(error as Error).message}`),
      )
    }
  }

  /** At once when something was found, otherwise now and then. */
  #tell(): void {
    const found = this.#judge.violationCount > this.#toldViolations
    if (!found && (performance.now() - this.#toldMs < VERDICT_EVERY_MS || this.#judge.judgedSeq === this.#toldSeq)) return
    this.#told()
    this.#options.onVerdict(this.#run, this.#judge.verdict())
  }

  #told(): void {
    this.#toldMs = performance.now()
    this.#toldViolations = this.#judge.violationCount
    this.#toldSeq = this.#judge.judgedSeq
  }

  #hasRoom(): boolean {
    if (getHeapStatistics().used_heap_size < HEAP_BYTES_MAX) return true
    this.#judge.stopHere(`The states of the run no longer fit into memory after event ${this.#judge.judgedSeq}.`)
    return false
  }
}
