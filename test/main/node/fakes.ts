/** A disk, a tap and links that remember what was done in which order, and that are as slow as a test wants. */
import type { RunClock } from '../../../main/node/clock.ts'
import type { Links } from '../../../main/node/departures.ts'
import type { Disk } from '../../../main/node/disk.ts'
import { Driver, type DriverOptions } from '../../../main/node/driver.ts'
import type { Tap } from '../../../main/node/tap.ts'
import { CLIENT_MESSAGE_TYPES } from '../../../protocols/core/event.ts'
import { nodeIds } from '../../../protocols/core/ids.ts'
import { Stamps } from '../../../protocols/host/stamps.ts'
import { kv } from '../../../protocols/services/kv.ts'
import { ByteWriter, readText } from '../../../protocols/wire/bytes.ts'
import { bodyStart, type FrameHeader, FrameKind, FrameSplitter, readHeader, writeFrame } from '../../../protocols/wire/frame.ts'
import { readStepRecord, readTextRecord, type StepRecord, TapKind, type TextRecord } from '../../../protocols/wire/tap.ts'
import { chatter } from './chatter.ts'

export const nodes = nodeIds(3)
export const messageTypes = ['Chat', ...CLIENT_MESSAGE_TYPES]

export interface LeftFrame extends FrameHeader {
  readonly body: { readonly [key: string]: unknown }
}

/** Run time and real time are one, and go on only when told. */
export class FakeClock {
  us = 1_000_000
  scale = 1
  atUs(): number {
    return this.us
  }
  nowMs(atUs: number): number {
    return atUs / 1e3
  }
  setScale(): void {}
}

export class FakeDisk implements Disk {
  /** Steps whose records are written, and durable; a record that replaces all stands for all before it. */
  written: number[] = []
  durable = new Set<number>()
  readonly waiting: (() => void)[] = []

  append(texts: readonly string[]): void {
    for (const text of texts) {
      const { step, all } = JSON.parse(text) as { step: number; all?: true }
      if (all) for (let covered = 1; covered < step; covered++) this.written.push(covered)
      this.written.push(step)
    }
  }

  replace(texts: readonly string[]): void {
    this.append(texts)
    this.sync()
  }

  sync(): void {
    this.durable = new Set(this.written)
  }

  syncLater(done: () => void): void {
    const written = [...this.written]
    this.waiting.push(() => {
      for (const step of written) this.durable.add(step)
      done()
    })
  }
}

export class FakeTap implements Tap {
  writer = new ByteWriter()
  onTaken: () => void = () => {}
  /** The system takes nothing for now. */
  isSlow = false
  /** What the system has taken. */
  readonly steps: StepRecord[] = []
  readonly others: TextRecord[] = []
  #waiting: Uint8Array[] = []

  flush(): boolean {
    if (this.writer.length > 0) this.#waiting.push(this.writer.take())
    if (this.isSlow) return false
    this.#take()
    return true
  }

  /** The system takes what waits, and says so. */
  taken(): void {
    this.isSlow = false
    this.#take()
    this.onTaken()
  }

  async end(): Promise<void> {}

  #take(): void {
    for (const bytes of this.#waiting) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      for (let at = 0; at < bytes.length; ) {
        const end = at + 4 + view.getUint32(at, true)
        if (bytes[at + 4] === TapKind.step) this.steps.push(readStepRecord(bytes, view, at, end, readText))
        else this.others.push(readTextRecord(bytes, view, at, end, readText))
        at = end
      }
    }
    this.#waiting = []
  }
}

export class FakeLinks implements Links {
  readonly left: LeftFrame[] = []
  isPaused = false
  onLeave: (frame: LeftFrame) => void = () => {}
  #writers = new Map<number, ByteWriter>()
  #sealed: Map<number, ByteWriter> | undefined

  writer(to: number): ByteWriter {
    const writer = this.#writers.get(to) ?? new ByteWriter()
    this.#writers.set(to, writer)
    return writer
  }

  flush(): void {
    this.#leave(this.#writers)
    this.#writers = new Map()
  }

  flushTo(to: number): void {
    const writer = this.#writers.get(to)
    if (!writer) return
    this.#leave(new Map([[to, writer]]))
    this.#writers.delete(to)
  }

  seal(): void {
    if (this.#sealed) throw new Error('sealed twice')
    this.#sealed = this.#writers
    this.#writers = new Map()
  }

  release(): void {
    if (!this.#sealed) throw new Error('nothing is sealed')
    this.#leave(this.#sealed)
    this.#sealed = undefined
  }

  setPaused(isPaused: boolean): void {
    this.isPaused = isPaused
  }

  #leave(writers: Map<number, ByteWriter>): void {
    for (const writer of writers.values()) {
      new FrameSplitter().push(writer.written(), (bytes, view, start, end) => {
        const frame = { ...readHeader(view, start), body: JSON.parse(readText(bytes.slice(bodyStart(view, start), end))) }
        this.left.push(frame)
        this.onLeave(frame)
      })
    }
  }
}

export interface Bench {
  readonly driver: Driver
  readonly clock: FakeClock
  readonly disk: FakeDisk
  readonly tap: FakeTap
  readonly links: FakeLinks
  readonly stamps: Stamps
  /** What waits for the turn's end. */
  endTurn(): void
  isTurnOpen(): boolean
}

export function bench(options: Partial<DriverOptions> = {}): Bench {
  const clock = new FakeClock()
  const disk = new FakeDisk()
  const tap = new FakeTap()
  const links = new FakeLinks()
  const stamps = new Stamps(nodes.length + 1, 0)
  let turn: (() => void) | undefined
  const driver = new Driver({
    ...{
      definition: chatter,
      service: kv,
      id: nodes[0]!,
      nodes,
      members: nodes,
      endpoint: 0,
      life: 2,
      seed: 7,
      messageTypes,
      options: {},
      sync: 'batch',
    },
    ...{ clock: clock as unknown as RunClock, stamps, disk, tap, links },
    atTurnsEnd: (work) => {
      if (turn) throw new Error('the turn was opened twice')
      turn = work
    },
    ...options,
  })
  const endTurn = () => {
    const work = turn
    turn = undefined
    work?.()
  }
  return { driver, clock, disk, tap, links, stamps, endTurn, isTurnOpen: () => turn !== undefined }
}

export interface Sent {
  readonly from: number
  readonly type: number
  readonly body: unknown
  readonly number?: number
  readonly lamport?: number
  readonly clock?: readonly number[]
  readonly text?: string
}

/** Gives a driver a frame. */
export function hand(driver: Driver, { from, type, body, number = 1, lamport = 0, clock = [0, 0, 0, 0], text }: Sent): void {
  const out = new ByteWriter()
  const header = { kind: FrameKind.message, from, to: 0, type, number, step: 1, lamport, sentAtUs: 0, life: 1, clock }
  writeFrame(out, header, text ?? JSON.stringify(body))
  driver.onFrame(from, out.bytes, out.view, 0, out.length)
}
