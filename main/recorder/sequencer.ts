/**
 * Puts the feed into causal order. Over many sockets, what follows can be read before what it follows from; in the log
 * it never stands before it:
 *
 * - a send waits for the step that made it, unless the tap on which that step would come is closed;
 * - a step with a message waits for a delivery of that message;
 * - what stands behind something that waits (the later records of its endpoint, the fate of its message) waits with it.
 *
 * What clients send carries the step of their last operation that began or ended, so it waits for that one's record.
 * When nothing waits, which is the rule, entries go straight through and nothing is copied.
 */

import { messageId } from '../../protocols/core/ids.ts'
import { invariant } from '../../protocols/core/invariant.ts'
import { FeedKind } from '../../protocols/wire/feed.ts'
import type { Log } from '../../protocols/wire/log.ts'
import { StepInputKind, TapKind } from '../../protocols/wire/tap.ts'
import { DeliveredMessages } from './delivered.ts'

interface Fate {
  readonly kind: number
  readonly atUs: number
  readonly copy: number
  readonly text: Uint8Array | undefined
}

interface WaitingFrame {
  readonly order: number
  readonly bytes: Uint8Array
  readonly readUs: number
  readonly handedUs: number
  readonly message: number
  readonly fates: Fate[]
}

interface WaitingRecord {
  readonly order: number
  readonly bytes: Uint8Array
}

/** One life of an endpoint. */
interface Life {
  readonly endpoint: number
  readonly life: number
  /** Its last step that is in the log. */
  step: number
  closed: boolean
  readonly delivered: DeliveredMessages
  /** Records of its tap that wait. */
  records: WaitingRecord[]
  /** Its frames that wait, by the step that sent them. */
  readonly frames: Map<number, WaitingFrame[]>
}

export interface SequencerOptions {
  readonly waitingBytesMax?: number
}

/** What stands in the log already, of a run that goes on where another was. */
export interface SequencedPast {
  /** The last step of each endpoint's life that goes on. */
  readonly steps: readonly { readonly endpoint: number; readonly life: number; readonly step: number }[]
  /** Messages that were delivered and that no step has taken in yet. */
  readonly delivered: readonly number[]
}

const none = new Uint8Array(0)

export class Sequencer {
  readonly #log: Log
  readonly #waitingBytesMax: number
  readonly #lives: Life[][] = []
  /** Frames that wait, by message, for what becomes of them; and taps that wait, by the message that they await. */
  readonly #pending = new Map<number, WaitingFrame>()
  readonly #awaited = new Map<number, Life[]>()
  readonly #awake: Life[] = []
  #order = 0
  #waitingBytes = 0

  constructor(log: Log, options: SequencerOptions = {}) {
    this.#log = log
    this.#waitingBytesMax = options.waitingBytesMax ?? 32 * 1024 * 1024
  }

  /** Bytes that wait for something. */
  get waitingBytes(): number {
    return this.#waitingBytes
  }

  continue({ steps, delivered }: SequencedPast): void {
    for (const { endpoint, life, step } of steps) this.#life(endpoint, life).step = step
    for (const message of delivered) {
      const high = Math.floor(message / 2 ** 32)
      const sender = Math.floor(high / 8192)
      this.#life(sender, high - sender * 8192).delivered.add(message - high * 2 ** 32)
    }
  }

  /** Takes one batch of whole entries in. */
  take(feed: Uint8Array): void {
    const view = new DataView(feed.buffer, feed.byteOffset, feed.byteLength)
    let at = 0
    while (at < feed.length) at = this.#entry(feed, view, at)
    invariant(at === feed.length, 'a batch of the feed holds whole entries')
    if (this.#waitingBytes > this.#waitingBytesMax) this.#forceAll('more was waiting than memory allows')
  }

  /** The feed has ended: whatever still waits goes into the log as it came. */
  finish(): void {
    this.#forceAll('what they follow from never came')
  }

  #entry(feed: Uint8Array, view: DataView, start: number): number {
    switch (feed[start]) {
      case FeedKind.tap: {
        const life = this.#life(view.getUint8(start + 1), view.getUint16(start + 2, true))
        const end = start + 8 + view.getUint32(start + 4, true)
        for (let at = start + 8; at < end; ) {
          const next = at + 4 + view.getUint32(at, true)
          this.#tap(life, feed, view, at, next)
          at = next
        }
        return end
      }
      case FeedKind.pass:
        return this.#frames(feed, view, start + 17, view.getFloat64(start + 1, true), view.getFloat64(start + 9, true))
      case FeedKind.send:
        return this.#frames(feed, view, start + 9, view.getFloat64(start + 1, true), Number.NaN)
      case FeedKind.deliver: {
        this.#fate(FeedKind.deliver, view.getFloat64(start + 1, true), view.getFloat64(start + 9, true), view.getUint8(start + 17), none)
        return start + 18
      }
      case FeedKind.drop: {
        const end = start + 20 + view.getUint16(start + 18, true)
        const text = feed.subarray(start + 20, end)
        this.#fate(FeedKind.drop, view.getFloat64(start + 1, true), view.getFloat64(start + 9, true), view.getUint8(start + 17), text)
        return end
      }
      case FeedKind.hold: {
        const end = start + 19 + view.getUint16(start + 17, true)
        this.#fate(FeedKind.hold, view.getFloat64(start + 1, true), view.getFloat64(start + 9, true), 0, feed.subarray(start + 19, end))
        return end
      }
      case FeedKind.event: {
        const end = start + 5 + view.getUint32(start + 1, true)
        this.#log.event(feed.subarray(start + 5, end))
        return end
      }
      case FeedKind.closed: {
        const life = this.#life(view.getUint8(start + 1), view.getUint16(start + 2, true))
        life.closed = true
        this.#letGo(life)
        this.#drain()
        return start + 4
      }
      default:
        invariant(false, `feed entries of kind ${feed[start]} exist`)
    }
  }

  #tap(life: Life, bytes: Uint8Array, view: DataView, at: number, end: number): void {
    if (life.records.length === 0 && !this.#isBehind(life)) {
      const awaited = this.#awaits(view, at)
      if (awaited === 0) {
        this.#logTap(life, bytes, view, at, end)
        this.#drain()
        return
      }
      this.#await(life, awaited)
    }
    life.records.push({ order: this.#order++, bytes: bytes.slice(at, end) })
    this.#waitingBytes += end - at
  }

  /** The message whose delivery the record must follow and does not yet, or 0. */
  #awaits(view: DataView, at: number): number {
    if (view.getUint8(at + 4) !== TapKind.step) return 0
    const input = view.getUint8(at + 5)
    if (input !== StepInputKind.message && input !== StepInputKind.request) return 0
    const message = view.getFloat64(at + 32, true)
    const high = Math.floor(message / 2 ** 32)
    const sender = Math.floor(high / 8192)
    return this.#life(sender, high - sender * 8192).delivered.has(message - high * 2 ** 32) ? 0 : message
  }

  /** An earlier life of its endpoint has not said everything yet. */
  #isBehind(life: Life): boolean {
    const lives = this.#lives[life.endpoint] as Life[]
    if (lives.length === 1) return false
    return lives.some((other) => other.life < life.life && (other.records.length > 0 || (other.closed && other.frames.size > 0)))
  }

  #await(life: Life, message: number): void {
    const waiting = this.#awaited.get(message)
    if (waiting) waiting.push(life)
    else this.#awaited.set(message, [life])
  }

  #logTap(life: Life, bytes: Uint8Array, view: DataView, at: number, end: number): void {
    this.#log.tap(life.endpoint, life.life, bytes, view, at, end)
    const step = view.getUint32(at + 8, true)
    if (step <= life.step) return
    const before = life.step
    life.step = step
    if (life.frames.size === 0) return
    if (step === before + 1) return this.#logFramesOf(life, step)
    for (const sent of [...life.frames.keys()].sort((a, b) => a - b)) if (sent <= step) this.#logFramesOf(life, sent)
  }

  #frames(feed: Uint8Array, view: DataView, sizeAt: number, readUs: number, handedUs: number): number {
    const end = sizeAt + 4 + view.getUint32(sizeAt, true)
    for (let at = sizeAt + 4; at < end; ) {
      const next = at + 4 + view.getUint32(at, true)
      const life = this.#life(view.getUint8(at + 8), view.getUint16(at + 32, true))
      const step = view.getUint32(at + 16, true)
      if (step <= life.step || (life.closed && life.records.length === 0 && !this.#isBehind(life))) {
        this.#logFrame(life, view.getUint32(at + 12, true), feed, view, at, next, readUs, handedUs)
        this.#drain()
      } else this.#holdFrame(life, step, view.getUint32(at + 12, true), feed.slice(at, next), readUs, handedUs)
      at = next
    }
    return end
  }

  #holdFrame(life: Life, step: number, number: number, bytes: Uint8Array, readUs: number, handedUs: number): void {
    const message = messageId(life.endpoint, life.life, number)
    const frame: WaitingFrame = { order: this.#order++, bytes, readUs, handedUs, message, fates: [] }
    const same = life.frames.get(step)
    if (same) same.push(frame)
    else life.frames.set(step, [frame])
    this.#pending.set(message, frame)
    this.#waitingBytes += bytes.length
  }

  #logFrame(
    life: Life,
    number: number,
    bytes: Uint8Array,
    view: DataView,
    at: number,
    end: number,
    readUs: number,
    handedUs: number,
  ): void {
    this.#log.frame(bytes, view, at, end, readUs, handedUs)
    if (!Number.isNaN(handedUs)) this.#delivered(life, number)
  }

  #delivered(life: Life, number: number): void {
    life.delivered.add(number)
    if (this.#awaited.size === 0) return
    const message = messageId(life.endpoint, life.life, number)
    const waiting = this.#awaited.get(message)
    if (!waiting) return
    this.#awaited.delete(message)
    this.#awake.push(...waiting)
  }

  #fate(kind: number, atUs: number, message: number, copy: number, text: Uint8Array): void {
    const frame = this.#pending.size > 0 ? this.#pending.get(message) : undefined
    if (frame) {
      frame.fates.push({ kind, atUs, copy, text: text.slice() })
      this.#waitingBytes += text.length
      return
    }
    this.#logFate(kind, atUs, message, copy, text)
    this.#drain()
  }

  #logFate(kind: number, atUs: number, message: number, copy: number, text: Uint8Array): void {
    if (kind === FeedKind.drop) return this.#log.drop(atUs, message, copy, text)
    if (kind === FeedKind.hold) return this.#log.hold(atUs, message, text)
    this.#log.deliver(atUs, message, copy)
    const high = Math.floor(message / 2 ** 32)
    const sender = Math.floor(high / 8192)
    this.#delivered(this.#life(sender, high - sender * 8192), message - high * 2 ** 32)
  }

  /** What was woken goes into the log, and what that wakes in turn. A list, not recursion: chains can be long. */
  #drain(): void {
    for (let life = this.#awake.pop(); life; life = this.#awake.pop()) this.#drainRecords(life)
  }

  #drainRecords(life: Life): void {
    if (this.#isBehind(life)) return
    const { records } = life
    let logged = 0
    for (; logged < records.length; logged++) {
      const { bytes } = records[logged] as WaitingRecord
      const view = viewOf(bytes)
      const awaited = this.#awaits(view, 0)
      if (awaited !== 0) {
        this.#await(life, awaited)
        break
      }
      this.#waitingBytes -= bytes.length
      this.#logTap(life, bytes, view, 0, bytes.length)
    }
    life.records = records.slice(logged)
    if (life.records.length > 0) return
    if (life.closed) this.#letGo(life)
    const next = this.#after(life)
    if (next) this.#awake.push(next)
  }

  /** The life that follows this one. It wakes its own follower in turn: to wake all of them here would double the work with each life. */
  #after(life: Life): Life | undefined {
    let next: Life | undefined
    for (const other of this.#lives[life.endpoint] ?? [])
      if (other.life > life.life && (next === undefined || other.life < next.life)) next = other
    return next
  }

  /** The tap of this life has said its last: what it did not say will not come. */
  #letGo(life: Life): void {
    if (life.records.length > 0 || life.frames.size === 0 || this.#isBehind(life)) return
    const frames = [...life.frames.values()].flat().sort((a, b) => a.order - b.order)
    life.frames.clear()
    for (const frame of frames) this.#logWaiting(life, frame)
  }

  #logFramesOf(life: Life, step: number): void {
    const frames = life.frames.get(step)
    if (!frames) return
    life.frames.delete(step)
    for (const frame of frames) this.#logWaiting(life, frame)
  }

  #logWaiting(life: Life, frame: WaitingFrame): void {
    const { bytes, message } = frame
    this.#pending.delete(message)
    this.#waitingBytes -= bytes.length
    const view = viewOf(bytes)
    this.#logFrame(life, view.getUint32(12, true), bytes, view, 0, bytes.length, frame.readUs, frame.handedUs)
    for (const { kind, atUs, copy, text } of frame.fates) {
      this.#waitingBytes -= text?.length ?? 0
      this.#logFate(kind, atUs, message, copy, text ?? none)
    }
  }

  /** Everything that waits goes into the log in the order in which it came. */
  #forceAll(why: string): void {
    const waiting: { readonly order: number; log(): void }[] = []
    for (const life of this.#lives.flat()) {
      for (const { order, bytes } of life.records) {
        waiting.push({ order, log: () => this.#logTap(life, bytes, viewOf(bytes), 0, bytes.length) })
        this.#waitingBytes -= bytes.length
      }
      for (const frame of [...life.frames.values()].flat()) waiting.push({ order: frame.order, log: () => this.#logWaiting(life, frame) })
      life.records = []
      life.frames.clear()
    }
    this.#awaited.clear()
    waiting.sort((a, b) => a.order - b.order)
    for (const { log } of waiting) log()
    this.#awake.length = 0
    if (waiting.length > 0) this.#log.outOfOrder(waiting.length, why)
  }

  #life(endpoint: number, life: number): Life {
    let lives = this.#lives[endpoint]
    if (lives) {
      // The newest life stands last and is nearly always the one.
      for (let i = lives.length - 1; i >= 0; i--) if (lives[i]?.life === life) return lives[i] as Life
    } else {
      lives = []
      this.#lives[endpoint] = lives
    }
    const created: Life = {
      ...{ endpoint, life, step: 0, closed: false, delivered: new DeliveredMessages() },
      ...{ records: [], frames: new Map() },
    }
    lives.push(created)
    return created
  }
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
