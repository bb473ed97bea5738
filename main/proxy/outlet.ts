/**
 * The receiving end of a link: where frames leave the proxy. What is added during one read goes out in one write. A
 * receiver that does not read (a paused node) is not written to beyond a little: the rest waits here, to be delivered
 * when it reads on or dropped when it dies.
 */
import type { Socket } from 'node:net'
import type { Parcel } from './parcel.ts'

/** Bytes a socket may hold back before we call its receiver slow. What it holds back counts as delivered. */
const SOCKET_BYTES_MAX = 256 * 1024
/** From here on, pieces are written one by one instead of being copied together. */
const COPIED_BYTES_MAX = 256 * 1024

export interface OutletEvents {
  /** Waiting parcels that now go out, in order: record them, then `add` each. */
  onDeliver(parcel: Parcel): void
  /** Waiting parcels that will never go out. */
  onLost(parcel: Parcel): void
  /** Some of what waited is gone. */
  onEased(): void
}

/** `open`: goes out at once. `waiting`: the receiver is slow or about to be reached. `down`: nobody is there. */
export type OutletState = 'open' | 'waiting' | 'down'

export class Outlet {
  readonly #events: OutletEvents
  #socket: Socket | undefined
  #state: OutletState = 'down'
  #waiting: Parcel[] = []
  #waitingBytes = 0
  /** Pieces of this read: buffers, and bounds two by two. Neighbours grow together. */
  #pieces: Uint8Array[] = []
  #bounds: number[] = []
  #bytes = 0

  constructor(events: OutletEvents) {
    this.#events = events
  }

  get state(): OutletState {
    return this.#state
  }

  get waitingBytes(): number {
    return this.#waitingBytes
  }

  /** A receiver is being reached: what comes meanwhile waits for it. */
  expect(): void {
    if (this.#socket === undefined) this.#state = 'waiting'
  }

  /** The receiver is reached. Takes the place of an earlier socket. */
  use(socket: Socket): void {
    this.#socket = socket
    socket.on('drain', () => this.#goOn(socket))
    this.#goOn(socket)
  }

  /** Nobody is there any more (of `socket`, when given and still the one in use): what waits is lost. */
  gone(socket?: Socket): void {
    if (socket !== undefined && socket !== this.#socket) return
    this.#socket = undefined
    this.#state = 'down'
    const lost = this.#waiting
    this.#waiting = []
    this.#waitingBytes = 0
    for (const parcel of lost) this.#events.onLost(parcel)
    this.#events.onEased()
  }

  /** Only while `waiting`. */
  enqueue(parcel: Parcel): void {
    this.#waiting.push(parcel)
    this.#waitingBytes += parcel.bytes.length
  }

  /** Only while `open`: adds bytes to the write that `settle` makes. They are not changed afterwards by anybody. */
  add(bytes: Uint8Array, start: number, end: number): void {
    const last = this.#pieces.length - 1
    this.#bytes += end - start
    if (last >= 0 && this.#pieces[last] === bytes && this.#bounds[2 * last + 1] === start) {
      this.#bounds[2 * last + 1] = end
      return
    }
    this.#pieces.push(bytes)
    this.#bounds.push(start, end)
  }

  /** Writes what was added, in one go. */
  settle(): void {
    const count = this.#pieces.length
    if (count === 0) return
    const socket = this.#socket
    if (socket !== undefined) {
      if (count === 1) socket.write(this.#piece(0))
      else if (this.#bytes <= COPIED_BYTES_MAX) socket.write(this.#joined())
      else {
        socket.cork()
        for (let index = 0; index < count; index++) socket.write(this.#piece(index))
        socket.uncork()
      }
      if (socket.writableLength > SOCKET_BYTES_MAX) this.#state = 'waiting'
    }
    this.#pieces = []
    this.#bounds = []
    this.#bytes = 0
  }

  #piece(index: number): Uint8Array {
    const bytes = this.#pieces[index] as Uint8Array
    const start = this.#bounds[2 * index] as number
    const end = this.#bounds[2 * index + 1] as number
    return start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end)
  }

  #joined(): Uint8Array {
    const whole = Buffer.allocUnsafeSlow(this.#bytes)
    let at = 0
    for (let index = 0; index < this.#pieces.length; index++) {
      const bytes = this.#pieces[index] as Uint8Array
      const start = this.#bounds[2 * index] as number
      const end = this.#bounds[2 * index + 1] as number
      whole.set(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end), at)
      at += end - start
    }
    return whole
  }

  /** Delivers what waits until the receiver is slow again; open when nothing is left. */
  #goOn(socket: Socket): void {
    if (socket !== this.#socket) return
    this.#state = 'open'
    let next = 0
    // `state` is what settle() may have made of it
    while (next < this.#waiting.length && this.state === 'open') {
      let batchBytes = 0
      while (next < this.#waiting.length && batchBytes < COPIED_BYTES_MAX) {
        const parcel = this.#waiting[next++] as Parcel
        batchBytes += parcel.bytes.length
        this.#events.onDeliver(parcel)
      }
      this.#waitingBytes -= batchBytes
      this.settle()
    }
    this.#waiting = next === this.#waiting.length ? [] : this.#waiting.slice(next)
    if (this.#waiting.length > 0) this.#state = 'waiting'
    if (next > 0) this.#events.onEased()
  }
}
