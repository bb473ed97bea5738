/**
 * The chunk: some hundred events of a run, packed. A run file is a list of chunks; this file says how their bytes are
 * laid out, chunkWriter.ts makes them and chunkReader.ts takes them apart. Little-endian; `varint` is a non-negative
 * integer in 7-bit groups, lowest first; `zigzag` folds a signed one into it; `text` is a varint of bytes, then UTF-8.
 *
 *     header   u8 version, u8 endpoints, u16 0, u32 events, f64 seq of the first, f64 µs to which the first time is relative
 *     records  u8 kind | flags << 4, then by kind (µs: zigzag from the record before)
 *       step       u8 endpoint | input << 6, µs, stamp, now, subject, [sends], [timers, persisted], [text extras]
 *       late       a step with one of the later inputs, laid out alike, counted from `durable`; with `control`, version 3
 *       send       varint link, u8 type, µs, [number], stamp or ring place, text body
 *       pass       a send and, right behind it, its delivery: as send with zigzag µs from send to delivery after µs
 *       deliver    µs, message, [varint copy]          drop   the same, text JSON of why
 *       hold       µs, message, text fault             node, action, reject, output   µs, text JSON of the rest
 *       checkpoint u8 endpoint, µs, varint life, varint step, text JSON {hash, state}
 *       invoke, return   u8 endpoint, µs, stamp, text JSON of the rest
 *       local      u8 endpoint, µs, stamp, text JSON {text, after, data}; a chunk with any has version 2 at least
 *
 * Numbers are written as differences from what `ChunkState` predicts; it starts empty with every chunk, so that each
 * can be read alone. The stamp of a send is nearly always that of a recent step of its sender: then its place among the
 * last 32 of them stands for it.
 */
/** The newest that is read. A chunk says the lowest under which it can be read. */
export const CHUNK_VERSION = 3
export const CHUNK_HEADER_BYTES = 24
export const ENDPOINTS_MAX = 64

export const ChunkKind = {
  step: 1,
  send: 2,
  pass: 3,
  deliver: 4,
  drop: 5,
  hold: 6,
  checkpoint: 7,
  invoke: 8,
  return: 9,
  node: 10,
  action: 11,
  reject: 12,
  output: 13,
  late: 14,
  local: 15,
} as const

export const StepFlag = { nowDouble: 1, effects: 2, extras: 4, sends: 8 } as const
export const SendFlag = { ring: 1, nextNumber: 2 } as const
export const CopyFlag = 1
/** Of a stamp's first byte: what differs from the prediction. */
export const StampFlag = { life: 1, step: 2, lamport: 4, size: 8 } as const

/** Names by the indexes that stand in chunks. */
export interface ChunkTables {
  /** Nodes, then `clients`. */
  readonly endpoints: readonly string[]
  readonly messageTypes: readonly string[]
  readonly timers: readonly string[]
}

/** Bytes that are not a chunk, or one of a later version. */
export class ChunkError extends Error {
  override readonly name = 'ChunkError'
  readonly newer: boolean

  constructor(message: string, newer = false) {
    super(message)
    this.newer = newer
  }
}

const RING = 32
export const RING_MASK = RING - 1

/** What has been seen of each endpoint in this chunk: the same on the writing and on the reading side after each record. */
export class ChunkState {
  readonly endpoints: number
  readonly life: Uint32Array
  readonly step: Uint32Array
  readonly lamport: Uint32Array
  /** Last clock of each endpoint, `endpoints` entries each. */
  readonly clock: Uint32Array
  /** Node's clock in thousandths of a run millisecond. */
  readonly now: Float64Array
  /** Last message number seen of each sender, and the life it was of. */
  readonly number: Uint32Array
  readonly numberLife: Uint32Array
  /** The number that a step's first send should have. */
  readonly nextSend: Uint32Array
  /** Place in the ring of the next step, and the ring itself: stamps of each endpoint's last steps. */
  readonly ringNext: Uint8Array
  readonly ringLife: Uint32Array
  readonly ringStep: Uint32Array
  readonly ringLamport: Uint32Array
  readonly ringClock: Uint32Array
  atUs = 0

  constructor(endpoints: number) {
    this.endpoints = endpoints
    // One piece of memory for all of them: every chunk that is opened makes a state.
    const n = endpoints
    const ring = n * RING
    const words = 8 * n + n * n + 3 * ring + ring * n
    const memory = new ArrayBuffer(8 * n + 4 * words)
    let at = 8 * n
    const take = (count: number) => {
      const part = new Uint32Array(memory, at, count)
      at += 4 * count
      return part
    }
    this.now = new Float64Array(memory, 0, n)
    this.life = take(n)
    this.step = take(n)
    this.lamport = take(n)
    this.number = take(n)
    this.numberLife = take(n)
    this.nextSend = take(n)
    this.clock = take(n * n)
    this.ringLife = take(ring)
    this.ringStep = take(ring)
    this.ringLamport = take(ring)
    this.ringClock = take(ring * n)
    this.ringNext = new Uint8Array(memory, at, n)
  }

  reset(atUs: number): void {
    this.life.fill(0)
    this.step.fill(0)
    this.lamport.fill(0)
    this.clock.fill(0)
    this.now.fill(0)
    this.number.fill(0)
    this.numberLife.fill(0)
    this.nextSend.fill(0)
    this.ringNext.fill(0)
    this.ringLife.fill(0)
    this.ringStep.fill(0)
    this.atUs = atUs
  }

  /** A step was written or read: the next of this endpoint is predicted from it. `clock` has `endpoints` entries. */
  stepped(endpoint: number, life: number, step: number, lamport: number, clock: Uint32Array): void {
    const n = this.endpoints
    this.life[endpoint] = life
    this.step[endpoint] = step
    this.lamport[endpoint] = lamport
    const place = endpoint * RING + (this.ringNext[endpoint] as number)
    this.ringNext[endpoint] = ((this.ringNext[endpoint] as number) + 1) & RING_MASK
    this.ringLife[place] = life
    this.ringStep[place] = step
    this.ringLamport[place] = lamport
    for (let i = 0, own = endpoint * n, ring = place * n; i < n; i++, own++, ring++) {
      const entry = clock[i] as number
      this.clock[own] = entry
      this.ringClock[ring] = entry
    }
  }

  /** Where in the ring the stamp of one of the last steps is, or -1. `clock` has `endpoints` entries. */
  ringPlace(endpoint: number, life: number, step: number, lamport: number, clock: Uint32Array): number {
    const n = this.endpoints
    // Steps of one life are consecutive, so the place follows from the distance to the last.
    const back = (this.step[endpoint] as number) - step
    if (back < 0 || back >= RING) return -1
    const place = ((this.ringNext[endpoint] as number) - 1 - back) & RING_MASK
    const at = endpoint * RING + place
    if (this.ringStep[at] !== step || this.ringLife[at] !== life || this.ringLamport[at] !== lamport) return -1
    for (let i = 0, ring = at * n; i < n; i++, ring++) if (this.ringClock[ring] !== clock[i]) return -1
    return place
  }
}

export const ringIndex = (endpoint: number, place: number): number => endpoint * RING + place
