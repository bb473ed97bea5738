/**
 * Fills the feed and hands it to the recorder in batches. A batch goes when it is large enough, or a moment after its
 * first entry: handing one over wakes another thread, so a quiet run must not pay for it with every message. When too
 * much was handed over and not acknowledged, whoever reads sockets is told to wait: nothing is ever left out.
 */
import type { Unnumbered } from '../../protocols/core/event.ts'
import { ByteWriter } from '../../protocols/wire/bytes.ts'
import {
  FEED_UNACKED_BYTES_MAX,
  type FeedAck,
  feedClosed,
  feedDeliver,
  feedDrop,
  feedEvent,
  feedHold,
  feedPass,
  feedSend,
  feedTap,
} from '../../protocols/wire/feed.ts'

const BATCH_BYTES = 256 * 1024
/** Room for the entries that make a batch reach its size: one read of a socket is at most 64 KiB. */
const BATCH_ROOM_BYTES = BATCH_BYTES + 80 * 1024
/**
 * A smaller batch is copied to a buffer of its size, a larger one changes hands in the buffer it was written to. Collectors count
 * buffers by their size: with a hundred full-sized ones a second, a few kilobytes in each, the recorder's did little else.
 */
const BATCH_COPIED_BYTES_MAX = 128 * 1024
/** Short against the recorder's commits and the eye; long enough that few messages meet a batch that leaves. */
const BATCH_WAIT_MS = 10
/** As many as are on their way there and back at full speed. */
const SPARE_MAX = 4

export interface FeederOptions {
  /** Takes a batch away; its buffer changes hands. */
  post(batch: Uint8Array<ArrayBuffer>): void
  /** True: stop reading sockets. False: go on. */
  onPressure(isHigh: boolean): void
  readonly unackedBytesMax?: number
}

export class Feeder {
  readonly #options: FeederOptions
  readonly #unackedBytesMax: number
  #out = new ByteWriter(BATCH_ROOM_BYTES)
  /** Buffers that have been there and back. */
  readonly #spare: ArrayBuffer[] = []
  #timer: ReturnType<typeof setTimeout> | undefined
  #postedBytes = 0
  #ackedBytes = 0
  #isHigh = false
  #flushes: { readonly bytes: number; readonly done: () => void }[] = []

  constructor(options: FeederOptions) {
    this.#options = options
    this.#unackedBytesMax = options.unackedBytesMax ?? FEED_UNACKED_BYTES_MAX
  }

  /** Handed over and not acknowledged. */
  get unackedBytes(): number {
    return this.#postedBytes - this.#ackedBytes
  }

  get isHigh(): boolean {
    return this.#isHigh
  }

  tap(endpoint: number, life: number, records: Uint8Array): void {
    feedTap(this.#out, endpoint, life, records)
    this.#grew()
  }

  pass(readUs: number, handedUs: number, frames: Uint8Array): void {
    feedPass(this.#out, readUs, handedUs, frames)
    this.#grew()
  }

  send(readUs: number, frames: Uint8Array): void {
    feedSend(this.#out, readUs, frames)
    this.#grew()
  }

  deliver(atUs: number, message: number, copy: number): void {
    feedDeliver(this.#out, atUs, message, copy)
    this.#grew()
  }

  drop(atUs: number, message: number, copy: number, whyJson: string): void {
    feedDrop(this.#out, atUs, message, copy, whyJson)
    this.#grew()
  }

  hold(atUs: number, message: number, fault: string): void {
    feedHold(this.#out, atUs, message, fault)
    this.#grew()
  }

  event(event: Unnumbered): void {
    feedEvent(this.#out, JSON.stringify(event))
    this.#grew()
  }

  closed(endpoint: number, life: number): void {
    feedClosed(this.#out, endpoint, life)
    this.#grew()
  }

  /** The recorder has dealt with so many more bytes, and has no use for some buffers. */
  acked({ ackedBytes, spent = [] }: FeedAck): void {
    this.#ackedBytes += ackedBytes
    this.#spare.push(...spent.slice(0, SPARE_MAX - this.#spare.length))
    while (this.#flushes[0] && this.#flushes[0].bytes <= this.#ackedBytes) this.#flushes.shift()?.done()
    // Some way below the limit, so that the sockets are not stopped and started for every batch.
    if (this.#isHigh && this.unackedBytes <= this.#unackedBytesMax * 0.75) this.#press(false)
  }

  /** Hands over what there is. Resolves when all that was handed over is acknowledged. */
  flush(): Promise<void> {
    this.#hand()
    if (this.unackedBytes === 0) return Promise.resolve()
    return new Promise((done) => this.#flushes.push({ bytes: this.#postedBytes, done }))
  }

  close(): void {
    this.#hand()
    for (const { done } of this.#flushes.splice(0)) done()
  }

  #grew(): void {
    if (this.#out.length >= BATCH_BYTES) this.#hand()
    else this.#timer ??= setTimeout(() => this.#hand(), BATCH_WAIT_MS)
  }

  #hand(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const { length } = this.#out
    if (length === 0) return
    this.#postedBytes += length
    if (length <= BATCH_COPIED_BYTES_MAX) {
      this.#options.post(this.#out.take())
    } else {
      const batch = this.#out.written()
      const spare = this.#spare.pop()
      this.#out = new ByteWriter(spare ? new Uint8Array(spare) : BATCH_ROOM_BYTES)
      this.#options.post(batch)
    }
    if (!this.#isHigh && this.unackedBytes > this.#unackedBytesMax) this.#press(true)
  }

  #press(isHigh: boolean): void {
    this.#isHigh = isHigh
    this.#options.onPressure(isHigh)
  }
}
