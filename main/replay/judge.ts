/**
 * Judges a protocol's invariants over a recording: runs every step again in the order of the log, compares what it does
 * with what was recorded, and gives it to each invariant's judge. Goes on from where it stopped, so the same judge follows a live run and finishes it afterwards. What
 * it cannot know it says: unknown is a verdict.
 */
import type { CheckpointEvent, RunEvent, SendEvent, StepEvent } from '../../protocols/core/event.ts'
import type { MessageId, NodeId } from '../../protocols/core/ids.ts'
import type { Json } from '../../protocols/core/json.ts'
import { Bench } from '../../protocols/host/bench.ts'
import { ChunkKind } from '../../protocols/wire/chunk.ts'
import { readEvent } from '../../protocols/wire/chunkEvents.ts'
import type { Verdict, Violation } from '../contract/commands.ts'
import { Comparison } from './comparison.ts'
import { DiskTrace } from './diskTrace.ts'
import { Divergence, type Executed, type Execution } from './execution.ts'
import type { Cursor, EventSource } from './source.ts'

/** What is known of a node. `state` is undefined while it is not known. */
interface Known {
  life: number
  step: number
  state: unknown
  /** What it should hold. */
  readonly disk: DiskTrace
}

/** Violations of one invariant that are kept; all are counted. */
const KEPT_VIOLATIONS = 50
/** Messages whose delivery is awaited and kept at hand; those beyond are looked up when they are needed. */
const KEPT_SENDS = 20_000
const LOOK_EVERY = 16
/** What happens to a message on its way, and what clients see, follows from these. */
const JUDGED: ReadonlySet<number> = new Set([ChunkKind.send, ChunkKind.drop, ChunkKind.step, ChunkKind.checkpoint, ChunkKind.node])

export class Judge {
  readonly #source: EventSource
  readonly #cursor: Cursor
  readonly #execution: Execution | string
  readonly #bench: Bench
  readonly #comparison: Comparison | undefined
  readonly #known = new Map<NodeId, Known>()
  readonly #sends = new Map<MessageId, SendEvent>()
  readonly #violations: Violation[] = []
  #divergence: string | undefined
  /** Why the judgement is incomplete though nothing diverged. */
  #gap: string | undefined

  constructor(source: EventSource, execution: Execution | string) {
    this.#source = source
    this.#cursor = source.cursor(0)
    this.#execution = execution
    this.#bench = new Bench(typeof execution === 'string' ? [] : execution.invariants)
    this.#comparison = typeof execution === 'string' ? undefined : new Comparison(execution, source.header)
  }

  get judgedSeq(): number {
    return this.#cursor.seq
  }

  get violationCount(): number {
    return this.#violations.length
  }

  get canJudge(): boolean {
    return typeof this.#execution !== 'string'
  }

  /** What each node's disk should hold by now. */
  get disks(): ReadonlyMap<NodeId, readonly Json[]> {
    return new Map([...this.#known].map(([node, { disk }]) => [node, disk.records]))
  }

  /** Goes on until event `seq` is judged or `untilMs` (of performance.now) has come. */
  advance(seq: number, untilMs: number): void {
    if (!this.canJudge) return
    for (let reader = this.#cursor.next(seq); reader; reader = this.#cursor.next(seq)) {
      if (JUDGED.has(reader.kind)) this.#take(readEvent(reader))
      this.#cursor.pass()
      if (reader.seq % LOOK_EVERY === 0 && performance.now() >= untilMs) return
    }
  }

  /** It must go no further, though there is more: `why`. */
  stopHere(why: string): void {
    this.#gap ??= why
  }

  verdict(): Verdict {
    const lastSeq = this.#source.lastSeq
    const why = this.#why()
    return {
      is: this.#violations.length > 0 ? 'fail' : why === undefined ? 'pass' : 'unknown',
      ...(why === undefined ? {} : { why }),
      judgedSeq: this.judgedSeq,
      lastSeq,
      invariants: this.#bench.seats.map(({ name, statement, source, violations }) => ({ name, statement, source, violations })),
      violations: [...this.#violations],
      ...(this.#divergence === undefined ? {} : { divergence: this.#divergence }),
      ...(this.#comparison === undefined ? {} : { compared: this.#comparison.compared }),
    }
  }

  #why(): string | undefined {
    if (typeof this.#execution === 'string') return this.#execution
    if (this.#bench.seats.length === 0) return `${this.#execution.protocol.title} states no invariants.`
    if (this.#divergence !== undefined) return `The replay did not follow the recording. ${this.#divergence}`
    const broken = this.#bench.seats.find((seat) => seat.broken)
    return broken ? `The judge of ${broken.name} failed.` : this.#gap
  }

  #take(event: RunEvent): void {
    switch (event.kind) {
      case 'send':
        this.#compareSend(event)
        return this.#remember(event)
      case 'drop':
        if (event.copy === 0) this.#sends.delete(event.message)
        return
      case 'step':
        return this.#takeStep(event)
      case 'checkpoint':
        return this.#takeCheckpoint(event)
      case 'node':
        if (event.change.is === 'wiped') this.#of(event.node).disk.wipe()
        return
      default:
        return
    }
  }

  #takeStep(event: StepEvent): void {
    const known = this.#of(event.node)
    this.#follow(event, known)
    if (known.state === undefined) this.#bench.forget(event.node) // the next checkpoint says where it is
  }

  #follow(event: StepEvent, known: Known): void {
    const execution = this.#execution as Execution
    const isStart = event.input.kind === 'start'
    const follows = isStart || (known.life === event.life && known.step === event.step - 1)
    const before = follows && !isStart ? known.state : undefined
    known.life = event.life
    known.step = event.step
    known.state = undefined
    if (!isStart && before === undefined) {
      if (!follows) this.#gap ??= `Steps of ${event.node} before event ${event.seq} are not in the recording.`
      return
    }
    try {
      const send = isStart ? undefined : this.#sendFor(event)
      const executed = isStart ? this.#start(event, known) : execution.step(event, before, send)
      if (!executed) return
      known.state = executed.state
      known.disk.write(executed.effects)
      this.#judge(event, before, executed)
      this.#comparison?.stepped(event, executed, send)
    } catch (error) {
      this.#diverged(error)
    }
  }

  #compareSend(event: SendEvent): void {
    try {
      this.#comparison?.sent(event)
    } catch (error) {
      this.#diverged(error)
    }
  }

  /** Undefined when what the node found on its disk is not known. */
  #start(event: StepEvent, known: Known): Executed | undefined {
    const recovered = event.input.kind === 'start' ? event.input.recovered : 0
    const found = known.disk.find(recovered)
    if (found) return (this.#execution as Execution).start(event, found)
    this.#gap ??= `What ${event.node} found on its disk at event ${event.seq} is not in the recording.`
    known.disk.wipe()
    return undefined
  }

  #judge({ node, life, seq }: StepEvent, before: unknown, { input, state: after, effects }: Executed): void {
    this.#bench.judge({ node, life, input, before, after, effects }, ({ name, source, violations }, text) => {
      if (violations <= KEPT_VIOLATIONS) this.#violations.push({ invariant: name, seq, node, text, source })
    })
  }

  /** Proof that the replay followed; or, when it did not, where it goes on from. */
  #takeCheckpoint(event: CheckpointEvent): void {
    const execution = this.#execution as Execution
    const known = this.#of(event.node)
    if (known.life !== event.life || known.step !== event.step) return
    try {
      if (known.state === undefined) known.state = execution.restore(event)
      else {
        execution.compare(event, known.state)
        this.#comparison?.checked()
      }
    } catch (error) {
      this.#diverged(error)
      try {
        known.state = execution.restore(event)
      } catch {
        known.state = undefined
      }
    }
    if (known.state === undefined) this.#bench.forget(event.node)
    else this.#bench.know(event.node, known.state)
  }

  #diverged(error: unknown): void {
    if (!(error instanceof Divergence)) throw error
    this.#divergence ??= error.message
  }

  #remember(event: SendEvent): void {
    this.#sends.set(event.message, event)
    if (this.#sends.size > KEPT_SENDS) this.#sends.delete(this.#sends.keys().next().value as MessageId)
  }

  #sendFor({ input }: StepEvent): SendEvent | undefined {
    if (input.kind !== 'message' && input.kind !== 'request') return undefined
    const send = this.#sends.get(input.message) ?? this.#source.sendOf(input.message)
    this.#sends.delete(input.message) // a duplicate may come, but hardly ever does
    return send
  }

  #of(node: NodeId): Known {
    const known = this.#known.get(node) ?? { life: 0, step: 0, state: undefined, disk: new DiskTrace() }
    this.#known.set(node, known)
    return known
  }
}
