/**
 * Steady made-up traffic as the proxy would feed it to the recorder: messages that each start a step at their receiver,
 * which sends the next one. One message is a step, a send and a delivery; many rings of them turn at the same time.
 */
import { randomBytes } from 'node:crypto'
import { messageId } from '../../../protocols/core/ids.ts'
import { ByteWriter } from '../../../protocols/wire/bytes.ts'
import { feedPass, feedTap } from '../../../protocols/wire/feed.ts'
import { writeFrame } from '../../../protocols/wire/frame.ts'
import { StepInputKind, writeStepRecord } from '../../../protocols/wire/tap.ts'

const ROUND = 40

export class Traffic {
  messages = 0
  readonly #nodes: number
  readonly #bodyBytes: number
  readonly #clocks: Uint32Array[]
  readonly #numbers: number[]
  /** For each node the messages that it was handed and has not stepped on. */
  #inbox: number[][]
  #lamport = 0
  #atUs = 0
  readonly #out = new ByteWriter(96 * 1024)
  readonly #records = new ByteWriter(32 * 1024)
  readonly #frames = new ByteWriter(64 * 1024)

  constructor(nodes: number, bodyBytes: number) {
    this.#nodes = nodes
    this.#bodyBytes = bodyBytes
    this.#clocks = Array.from({ length: nodes }, () => new Uint32Array(nodes + 1))
    this.#numbers = new Array<number>(nodes).fill(0)
    this.#inbox = Array.from({ length: nodes }, () => [])
  }

  /** The next batch: each node steps on what it was handed, and hands on as much. */
  batch(): Uint8Array<ArrayBuffer> {
    const next: number[][] = Array.from({ length: this.#nodes }, () => [])
    for (let from = 0; from < this.#nodes; from++) {
      const inbox = this.#inbox[from] as number[]
      const to = (from + 1) % this.#nodes
      const clock = this.#clocks[from] as Uint32Array
      this.#records.reset()
      this.#frames.reset()
      for (let i = 0; i < ROUND; i++) {
        this.#atUs += 3
        const message = inbox[i]
        clock[from] = (clock[from] as number) + 1
        if (message !== undefined) clock[(from + this.#nodes - 1) % this.#nodes] = Math.floor(this.messages / this.#nodes)
        const number = (this.#numbers[from] as number) + 1
        this.#numbers[from] = number
        const stamp = { step: clock[from] as number, lamport: ++this.#lamport, clock }
        writeStepRecord(this.#records, {
          ...stamp,
          atUs: this.#atUs,
          nowMs: this.#atUs / 1000,
          input: message === undefined ? StepInputKind.timer : StepInputKind.message,
          subject: message ?? 0,
          sendFirst: number,
          sendCount: 1,
          persisted: 0,
          timers: [],
          extras: '',
        })
        writeFrame(
          this.#frames,
          { ...stamp, kind: 1, from, to, type: 0, number, sentAtUs: this.#atUs + 2, life: 1 },
          body(number, this.messages, this.#bodyBytes),
        )
        next[to]?.push(messageId(from, 1, number))
        this.messages++
      }
      feedTap(this.#out, from, 1, this.#records.written())
      feedPass(this.#out, this.#atUs + 20, this.#atUs + 25, this.#frames.written())
    }
    this.#inbox = next
    return this.#out.take()
  }
}

/** Six bits of chance a character: what presses the recording finds nothing in values to leave out. */
const noise = randomBytes(768 * 1024).toString('base64')

/** Plausible JSON of exactly so many bytes, no two alike. */
function body(number: number, message: number, bytes: number): string {
  const head = `{"kind":"Ask","number":${number},"value":"`
  const length = bytes - head.length - 2
  const at = (message * length) % (noise.length - length)
  return `${head}${noise.slice(at, at + length)}"}`
}
