/**
 * Letters as they lie on a wire: frame after frame in one buffer. So tens of thousands of them cross between threads, or
 * into a proxy, as one thing that nobody takes apart; what a letter says is read when somebody looks.
 */
import type { MessageId } from '../core/ids.ts'
import type { AnyMessage } from '../core/machine.ts'
import { ByteWriter, readText } from '../wire/bytes.ts'
import { bodyStart, type FrameHeader, FrameKind, frameMessageId, readHeader, writeFrame } from '../wire/frame.ts'
import type { FlightCut } from './cut.ts'
import type { Letter } from './sink.ts'

/** Whole frames of messages, in a buffer of their own, which can change hands. */
export type Frames = Uint8Array<ArrayBuffer>

/** Messages on their way: their frames, and of each, in the same order, when it is due, its copies, and its place in `gates`, counted from 1, or 0. */
export interface FramedFlights {
  readonly frames: Frames
  readonly fates: Float64Array<ArrayBuffer>
  /** The faults at whose gates some of them wait. */
  readonly gates: readonly NonNullable<FlightCut['held']>[]
}

const FATE = 3

/** Throws FrameError when one is larger than a frame may be. */
export function framesOf(letters: Iterable<Letter>): Frames {
  const out = new ByteWriter()
  for (const letter of letters) writeFrame(out, { kind: FrameKind.message, ...stampsOf(letter) }, JSON.stringify(letter.body))
  return out.take()
}

export function lettersIn(frames: Frames): Letter[] {
  const view = viewOf(frames)
  const letters: Letter[] = []
  for (let at = 0; at < frames.length; at += 4 + view.getUint32(at, true)) letters.push(new FramedLetter(frames, view, at))
  return letters
}

export function framedFlights(flights: readonly FlightCut[]): FramedFlights {
  const gates = [...new Set(flights.flatMap(({ held }) => (held === undefined ? [] : [held])))]
  const fates = new Float64Array(FATE * flights.length)
  for (const [i, { dueUs, copies, held }] of flights.entries())
    fates.set([dueUs, copies, held === undefined ? 0 : gates.indexOf(held) + 1], FATE * i)
  return { frames: framesOf(flights.map(({ letter }) => letter)), fates, gates }
}

export const flightsIn = (flights: FramedFlights): FlightCut[] =>
  lettersIn(flights.frames).map((letter, i) => ({ letter, ...fateOf(flights, i) }))

/** In the order in which they were sent, each as one frame: a part of the buffer in which all lie. */
export function eachFlight(
  flights: FramedFlights,
  visit: (frame: Uint8Array, flight: Omit<FlightCut, 'letter'> & { readonly from: number; readonly to: number }) => void,
): void {
  const { frames } = flights
  const view = viewOf(frames)
  for (let at = 0, i = 0; at < frames.length; i++) {
    const end = at + 4 + view.getUint32(at, true)
    visit(frames.subarray(at, end), { from: view.getUint8(at + 8), to: view.getUint8(at + 9), ...fateOf(flights, i) })
    at = end
  }
}

function fateOf({ fates, gates }: FramedFlights, i: number): Omit<FlightCut, 'letter'> {
  const [dueUs, copies, gate] = [fates[FATE * i], fates[FATE * i + 1], fates[FATE * i + 2]] as [number, number, number]
  return { dueUs, copies, held: gates[gate - 1] }
}

const viewOf = (bytes: Frames): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

function stampsOf({ from, to, type, number, life, step, lamport, clock, sentAtUs }: Letter) {
  return { from, to, type, number, life, step, lamport, clock, sentAtUs }
}

/** A letter whose frame is read when somebody looks. */
class FramedLetter implements Letter {
  readonly message: MessageId
  readonly #frames: Frames
  readonly #view: DataView
  readonly #at: number
  #stamps: FrameHeader | undefined
  #clock: Uint32Array | undefined
  #body: AnyMessage | undefined

  constructor(frames: Frames, view: DataView, at: number) {
    this.message = frameMessageId(view, at)
    this.#frames = frames
    this.#view = view
    this.#at = at
  }

  get from(): number {
    return this.#header.from
  }

  get to(): number {
    return this.#header.to
  }

  get type(): number {
    return this.#header.type
  }

  get number(): number {
    return this.#header.number
  }

  get life(): number {
    return this.#header.life
  }

  get step(): number {
    return this.#header.step
  }

  get lamport(): number {
    return this.#header.lamport
  }

  get sentAtUs(): number {
    return this.#header.sentAtUs
  }

  get clock(): Uint32Array {
    this.#clock ??= Uint32Array.from(this.#header.clock)
    return this.#clock
  }

  get body(): AnyMessage {
    const end = this.#at + 4 + this.#view.getUint32(this.#at, true)
    this.#body ??= JSON.parse(readText(this.#frames.subarray(bodyStart(this.#view, this.#at), end))) as AnyMessage
    return this.#body
  }

  get #header(): FrameHeader {
    this.#stamps ??= readHeader(this.#view, this.#at)
    return this.#stamps
  }
}
