/**
 * One directed link of the run. Frames come in from its sender, are judged, recorded, and leave through its outlet.
 * Frames that share a fate and lie side by side in one read are handled as one run of bytes: recorded in one entry and
 * written in one write. A clear link does not even judge: its frames are only looked at to see that they belong here.
 */
import type { FaultId, MessageId } from '../../protocols/core/ids.ts'
import type { Json } from '../../protocols/core/json.ts'
import type { LinkFate, Verdict } from '../../protocols/net/link.ts'
import type { Passenger } from '../../protocols/net/rule.ts'
import { readText } from '../../protocols/wire/bytes.ts'
import { bodyStart, FRAME_HEADER_BYTES, FrameError, FrameKind, type FrameSplitter } from '../../protocols/wire/frame.ts'
import type { Clock } from './clock.ts'
import type { Feeder } from './feeder.ts'
import { Outlet } from './outlet.ts'
import { eachMessage, kept, type Parcel } from './parcel.ts'
import type { PausableSocket } from './pausable.ts'
import type { Receiver, Schedule } from './schedule.ts'
import type { Vigil } from './vigil.ts'

/** Bytes that may wait on a link for time or for their receiver; beyond it the sender is not read. A paused node of a cluster of fifteen has fourteen such links. */
export const WAITING_BYTES_MAX = 8 * 1024 * 1024
/** Bytes that may wait at a link's gates; what comes on top is dropped as overflow, for a gate may stay shut for ever. */
export const HELD_BYTES_MAX = 8 * 1024 * 1024

const PASS: Verdict = { kind: 'pass' }
const RECEIVER_DOWN = JSON.stringify('receiver-down')
const OVERFLOW = JSON.stringify('overflow')

/** What the links of a run share. */
export interface LinkContext {
  readonly clock: Clock
  readonly feeder: Feeder
  readonly schedule: Schedule
  readonly vigil: Vigil
  readonly endpointCount: number
  readonly messageTypes: readonly string[]
}

export interface LinkOptions extends LinkContext {
  readonly from: number
  readonly to: number
  /** `n1→n2`. */
  readonly name: string
  readonly fate: LinkFate
  readonly waitingBytesMax?: number
}

interface Held {
  readonly message: MessageId
  readonly bytes: Uint8Array
}

export class Link implements Receiver {
  readonly name: string
  readonly from: number
  readonly to: number
  readonly fate: LinkFate
  readonly outlet: Outlet
  readonly #context: LinkContext
  readonly #waitingBytesMax: number
  readonly #inlets = new Set<PausableSocket>()
  readonly #held = new Map<FaultId, Map<MessageId, Held>>()
  #heldBytes = 0
  #scheduledBytes = 0
  #isBackedUp = false

  /** This read: when, from which life, and the run of frames that is growing. */
  #readUs = 0
  #nowMs = 0
  #life = 0
  #isClear = false
  #clearCount = 0
  #run: Uint8Array | undefined
  #runStart = 0
  #runEnd = 0
  #runVerdict: Verdict = PASS
  readonly #passenger: FramePassenger
  readonly #onFrame = (bytes: Uint8Array, view: DataView, start: number, end: number) => this.#frame(bytes, view, start, end)

  constructor(options: LinkOptions) {
    this.name = options.name
    this.from = options.from
    this.to = options.to
    this.fate = options.fate
    this.#context = options
    this.#waitingBytesMax = options.waitingBytesMax ?? WAITING_BYTES_MAX
    this.#passenger = new FramePassenger(options.messageTypes)
    this.outlet = new Outlet({
      onDeliver: (parcel) => this.#hand(parcel, this.#context.clock.nowUs()),
      onLost: (parcel) => this.#lose(parcel, this.#context.clock.nowUs()),
      onEased: () => this.#balance(),
    })
  }

  addInlet(inlet: PausableSocket): void {
    this.#inlets.add(inlet)
    if (this.#isBackedUp) inlet.pauseFor('backlog')
  }

  removeInlet(inlet: PausableSocket): void {
    this.#inlets.delete(inlet)
  }

  /** Takes one read of a sender's connection. Throws FrameError, after everything before the bad frame went its way. */
  enter(splitter: FrameSplitter, life: number, chunk: Uint8Array): void {
    const { clock, schedule, vigil } = this.#context
    this.#readUs = clock.nowUs()
    vigil.read(chunk.length)
    if (schedule.size > 0) schedule.run(this.#readUs)
    this.#nowMs = clock.runMs(this.#readUs)
    this.#life = life
    this.#isClear = this.fate.isClear(this.#nowMs)
    this.#clearCount = 0
    try {
      splitter.push(chunk, this.#onFrame)
    } finally {
      if (this.#clearCount > 0) this.fate.passed(this.#clearCount)
      this.#endRun()
      this.outlet.settle()
      this.#balance()
    }
  }

  /** A message that was on its way, or waits at a gate, in a run that goes on here: one frame, beside many others in memory. It was judged and recorded there. */
  put(bytes: Uint8Array, { dueMs, copies, held }: { dueMs: number; copies: number; held: FaultId | undefined }): void {
    if (held === undefined) {
      this.#scheduledBytes += bytes.length
      return this.#context.schedule.add({ bytes, dueMs, copies }, this)
    }
    const gate = this.#held.get(held) ?? new Map<MessageId, Held>()
    this.#held.set(held, gate)
    eachMessage(bytes, (message) => gate.set(message, { message, bytes: kept(bytes, 0, bytes.length) }))
    this.#heldBytes += bytes.length
  }

  /** Lets go what a hold keeps, in order: one message, or all. Returns those that were let go. */
  release(fault: FaultId, message: MessageId | undefined, onRelease: (message: MessageId) => void): number {
    const gate = this.#held.get(fault)
    if (!gate) return 0
    const atUs = this.#context.clock.nowUs()
    let count = 0
    for (const held of message === undefined ? [...gate.values()] : [gate.get(message)]) {
      if (!held) continue
      gate.delete(held.message)
      this.#heldBytes -= held.bytes.length
      onRelease(held.message)
      this.#deliver({ bytes: held.bytes, dueMs: 0, copies: 0 }, atUs)
      count += 1
    }
    if (gate.size === 0) this.#held.delete(fault)
    this.settle()
    return count
  }

  arrive(parcel: Parcel, atUs: number): void {
    this.#scheduledBytes -= parcel.bytes.length
    this.#deliver(parcel, atUs)
  }

  settle(): void {
    this.outlet.settle()
    this.#balance()
  }

  #frame(bytes: Uint8Array, view: DataView, start: number, end: number): void {
    this.#check(view, start)
    if (this.#isClear) {
      this.#clearCount += 1
      if (this.#run === bytes && this.#runEnd === start) {
        this.#runEnd = end
        return
      }
      this.#beginRun(bytes, start, end, PASS)
      return
    }
    const passenger = this.#passenger
    passenger.see(bytes, view, start, end)
    const verdict = this.fate.judge(this.#nowMs, passenger)
    if (this.#run === bytes && this.#runEnd === start && isShared(verdict, this.#runVerdict)) this.#runEnd = end
    else this.#beginRun(bytes, start, end, verdict)
  }

  /** A frame belongs here when it says so itself: this link's ends, the life that said hello, a type and a clock of this run. */
  #check(view: DataView, at: number): void {
    const { endpointCount, messageTypes } = this.#context
    if (view.getUint8(at + 7) !== FrameKind.message) throw new FrameError('a second hello on one connection')
    if (view.getUint8(at + 8) !== this.from || view.getUint8(at + 9) !== this.to)
      throw new FrameError(
        `a frame from endpoint ${view.getUint8(at + 8)} to endpoint ${view.getUint8(at + 9)} does not belong on this link`,
      )
    if (view.getUint8(at + 10) >= messageTypes.length) throw new FrameError(`message type ${view.getUint8(at + 10)} is not one of this run`)
    if (view.getUint8(at + 11) !== endpointCount)
      throw new FrameError(`a vector clock of ${view.getUint8(at + 11)} entries, where the run has ${endpointCount} endpoints`)
    if (view.getUint16(at + 32, true) !== this.#life)
      throw new FrameError(`a frame of life ${view.getUint16(at + 32, true)} on a connection of life ${this.#life}`)
  }

  #beginRun(bytes: Uint8Array, start: number, end: number, verdict: Verdict): void {
    this.#endRun()
    this.#run = bytes
    this.#runStart = start
    this.#runEnd = end
    this.#runVerdict = verdict
  }

  #endRun(): void {
    const bytes = this.#run
    if (bytes === undefined) return
    this.#run = undefined
    const { feeder } = this.#context
    const verdict = this.#runVerdict
    const frames = this.#runStart === 0 && this.#runEnd === bytes.length ? bytes : bytes.subarray(this.#runStart, this.#runEnd)
    if (verdict.kind === 'pass' && this.outlet.state === 'open') {
      feeder.pass(this.#readUs, this.#readUs, frames)
      this.outlet.add(bytes, this.#runStart, this.#runEnd)
      return
    }
    feeder.send(this.#readUs, frames)
    switch (verdict.kind) {
      case 'pass':
        return this.#deliver({ bytes: kept(bytes, this.#runStart, this.#runEnd), dueMs: 0, copies: 0 }, this.#readUs)
      case 'drop': {
        const why = JSON.stringify({ fault: verdict.fault })
        return eachMessage(frames, (message) => feeder.drop(this.#readUs, message, 0, why))
      }
      case 'hold':
        return this.#holdAll(frames, verdict.fault)
      case 'deliver': {
        if (verdict.dueMs <= this.#nowMs && this.outlet.state === 'open')
          return this.#handOn(bytes, this.#runStart, this.#runEnd, { copies: verdict.copies, atUs: this.#readUs })
        const parcel = { bytes: kept(bytes, this.#runStart, this.#runEnd), dueMs: verdict.dueMs, copies: verdict.copies }
        if (verdict.dueMs <= this.#nowMs) return this.#deliver(parcel, this.#readUs)
        this.#scheduledBytes += parcel.bytes.length
        return this.#context.schedule.add(parcel, this)
      }
      default:
        return verdict satisfies never
    }
  }

  #holdAll(frames: Uint8Array, fault: FaultId): void {
    const { feeder } = this.#context
    const gate = this.#held.get(fault) ?? new Map<MessageId, Held>()
    this.#held.set(fault, gate)
    eachMessage(frames, (message, start, end) => {
      if (this.#heldBytes > 0 && this.#heldBytes + end - start > HELD_BYTES_MAX) return feeder.drop(this.#readUs, message, 0, OVERFLOW)
      gate.set(message, { message, bytes: kept(frames, start, end) })
      this.#heldBytes += end - start
      feeder.hold(this.#readUs, message, fault)
    })
  }

  /** Hands a recorded parcel to whoever is at the other end. `settle` must follow. */
  #deliver(parcel: Parcel, atUs: number): void {
    switch (this.outlet.state) {
      case 'open':
        return this.#hand(parcel, atUs)
      case 'waiting':
        return this.outlet.enqueue(parcel)
      case 'down':
        return this.#lose(parcel, atUs)
      default:
        return this.outlet.state satisfies never
    }
  }

  #hand({ bytes, copies }: Parcel, atUs: number): void {
    this.#handOn(bytes, 0, bytes.length, { copies, atUs })
  }

  /** The frames of `bytes` from `start` to `end`; neighbours in one read leave as one piece. */
  #handOn(bytes: Uint8Array, start: number, end: number, { copies, atUs }: { copies: number; atUs: number }): void {
    const { feeder } = this.#context
    const frames = bytes.subarray(start, end)
    for (let copy = 0; copy <= copies; copy++) {
      eachMessage(frames, (message) => feeder.deliver(atUs, message, copy))
      this.outlet.add(bytes, start, end)
    }
  }

  #lose(parcel: Parcel, atUs: number): void {
    for (let copy = 0; copy <= parcel.copies; copy++)
      eachMessage(parcel.bytes, (message) => this.#context.feeder.drop(atUs, message, copy, RECEIVER_DOWN))
  }

  /** Stops reading the senders when too much waits, and goes on when half of it is gone. */
  #balance(): void {
    const waitingBytes = this.#scheduledBytes + this.outlet.waitingBytes
    if (!this.#isBackedUp && waitingBytes > this.#waitingBytesMax) {
      this.#isBackedUp = true
      for (const inlet of this.#inlets) inlet.pauseFor('backlog')
    } else if (this.#isBackedUp && waitingBytes <= this.#waitingBytesMax / 2) {
      this.#isBackedUp = false
      for (const inlet of this.#inlets) inlet.resumeFrom('backlog')
    }
  }
}

/** Frames side by side with such verdicts are handled as one run: the same fault's, or the same time without copies. */
function isShared(a: Verdict, b: Verdict): boolean {
  return a === b || (a.kind === 'deliver' && b.kind === 'deliver' && a.dueMs === b.dueMs && a.copies === 0 && b.copies === 0)
}

/** The frame under judgement, as rules see it. One object for all; the body is parsed when a rule asks, and once. */
class FramePassenger implements Passenger {
  type = ''
  readonly #messageTypes: readonly string[]
  #bytes: Uint8Array = new Uint8Array(FRAME_HEADER_BYTES)
  #bodyStart = 0
  #end = 0
  #isParsed = false
  #body: Json | undefined

  constructor(messageTypes: readonly string[]) {
    this.#messageTypes = messageTypes
  }

  see(bytes: Uint8Array, view: DataView, start: number, end: number): void {
    this.type = this.#messageTypes[view.getUint8(start + 10)] as string
    this.#bytes = bytes
    this.#bodyStart = bodyStart(view, start)
    this.#end = end
    this.#isParsed = false
  }

  body(): Json | undefined {
    if (this.#isParsed) return this.#body
    this.#isParsed = true
    try {
      this.#body = JSON.parse(readText(this.#bytes.subarray(this.#bodyStart, this.#end)))
    } catch {
      this.#body = undefined
    }
    return this.#body
  }
}
