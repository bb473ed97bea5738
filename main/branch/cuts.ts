/**
 * Cuts of one recorded run at any event. The run is followed once, in slices between the questions, and copies of how it
 * stood are kept all along: a cut begins at the nearest one and costs the few thousand events from there. A recording whose
 * end moves is followed further.
 */
import type { RunEvent } from '../../protocols/core/event.ts'
import type { NodeId } from '../../protocols/core/ids.ts'
import type { Cut } from '../../protocols/sim/cut.ts'
import { ChunkKind } from '../../protocols/wire/chunk.ts'
import { readEvent } from '../../protocols/wire/chunkEvents.ts'
import { LabError } from '../contract/errors.ts'
import { RunTime } from '../futures/runTime.ts'
import { ownConfig, type RunHeader } from '../recorder/header.ts'
import type { RunReader } from '../recorder/reader.ts'
import { Divergence, type Execution } from '../replay/execution.ts'
import type { SentMessage } from './sentMessage.ts'
import { type Dating, Trace } from './trace.ts'

export interface CutAt {
  readonly cut: Cut
  /** Of the recording: its time, and how many real milliseconds were one of run time. */
  readonly atUs: number
  readonly timeScale: number
  /** The seed of what was drawn there. */
  readonly seed: number
}

/** Simulations are dated in run time. */
const STEADY: Dating = { take: () => {}, at: (us) => us }
export function datingOf(header: RunHeader): Dating {
  const { branch } = header
  const config = ownConfig(header)
  return config.mode === 'simulation' ? STEADY : new RunTime(config, branch?.simulated ? branch.at : 0)
}

const EVERY = 1024
const KEPT_MAX = 4096

export class Cuts {
  readonly #reader: RunReader
  readonly #time: Dating
  readonly #trace: Trace
  #every = EVERY
  /** Where the last cut was made: the next is often the same, or soon behind it. */
  #last: Trace | undefined
  /** In order; the first is the beginning. */
  #kept: Trace[]

  constructor(reader: RunReader, execution: Execution) {
    const { header } = reader
    this.#reader = reader
    this.#time = datingOf(header)
    this.#trace = new Trace({ header, execution, time: this.#time, lookUp: (message) => lookUp(reader, message) })
    this.#kept = [this.#trace.copy()]
  }

  /** How far it has been followed. */
  get reached(): number {
    return this.#trace.seq
  }

  /** Follows on to event `seq`, or until `isEnough`, asked now and then. Throws a LabError when the run does not go there again. */
  follow(seq: number, isEnough: () => boolean = () => false): void {
    while (this.#trace.seq < seq && !isEnough()) {
      this.#advance(this.#trace, Math.min(seq, this.#reader.pieceEnd(this.#trace.seq + 1)), (event) => this.#time.take(event))
      if (this.#trace.seq >= (this.#kept.at(-1) as Trace).seq + this.#every) this.#keep()
    }
  }

  /** The run as it was right after event `seq`. Throws a LabError when it does not go there again. */
  at(seq: number): CutAt {
    this.follow(seq)
    const trace = this.#standingAt(seq)
    const { atUs, timeScale, seed } = trace
    return { cut: trace.cut((endpoint, life) => this.#foundAfter(endpoint, life, seq)), atUs, timeScale, seed }
  }

  #standingAt(seq: number): Trace {
    if (this.#trace.seq === seq) return this.#trace
    if (this.#last?.seq === seq) return this.#last
    const kept = this.#kept.findLast((one) => one.seq <= seq) as Trace
    const trace = (this.#last && this.#last.seq <= seq && this.#last.seq > kept.seq ? this.#last : kept).copy()
    this.#advance(trace, seq)
    this.#last = trace
    return trace
  }

  #advance(trace: Trace, seq: number, onAction?: (event: RunEvent) => void): void {
    if (trace.seq >= seq) return
    try {
      this.#reader.scan(trace.seq + 1, seq, (at) => {
        if (onAction && at.kind === ChunkKind.action) onAction(readEvent(at))
        trace.take(at)
      })
    } catch (error) {
      if (!(error instanceof Divergence)) throw error
      throw new LabError('bad-run-file', error.message, 'It was recorded by another version, or is damaged: synod check judges it.')
    }
  }

  /** How many records the next life of a node that is down found on its disk, unless it was wiped before. */
  #foundAfter(endpoint: number, life: number, seq: number): number | undefined {
    const node = this.#reader.header.nodes[endpoint]
    for (const start of this.#reader.steps(endpoint, life + 1, 1, 1, Number.MAX_SAFE_INTEGER)) {
      const isWiped = this.#reader
        .marks()
        .some((mark) => mark.kind === 'wipe' && mark.node === node && mark.seq > seq && mark.seq < start.seq)
      return start.input.kind === 'start' && !isWiped ? start.input.recovered : undefined
    }
    return undefined
  }

  #keep(): void {
    this.#kept.push(this.#trace.copy())
    if (this.#kept.length <= KEPT_MAX) return
    this.#every *= 2
    this.#kept = this.#kept.filter((_, index) => index % 2 === 0)
  }
}

function lookUp(reader: RunReader, message: number): SentMessage | undefined {
  const send = reader.sendOf(message as never)
  if (!send) return undefined
  const { header } = reader
  const index = (end: string) => (end === 'clients' ? header.nodes.length : header.nodes.indexOf(end as NodeId))
  return { ...send, fromIndex: index(send.from), toIndex: index(send.to), typeIndex: header.messageTypes.indexOf(send.type) }
}
