/**
 * What the clients' process says to the nodes and to the tap, gathered until the end of the event-loop turn: one write a
 * socket, however many operations began and ended in it. Stamps what is said: an operation's begin and end are the
 * events of this endpoint, a message carries the stamp of the last one.
 */
import { CLIENT_MESSAGE_TYPES, type ClientRequestBody } from '../../protocols/core/event.ts'
import { ByteWriter } from '../../protocols/wire/bytes.ts'
import { type FrameHeader, FrameKind, writeFrame } from '../../protocols/wire/frame.ts'
import { TapKind, writeTextRecord } from '../../protocols/wire/tap.ts'
import type { ClientsSettings } from '../contract/process.ts'

/** The clients' process is started once a run. */
const LIFE = 1

export interface Outlets {
  /** Written before the links. */
  tap(bytes: Uint8Array): void
  /** False when there is no connection to the node: the message is lost. */
  link(node: number, frames: Uint8Array): boolean
}

export class Postbox {
  readonly #settings: ClientsSettings
  readonly #outlets: Outlets
  readonly #atUs: () => number
  readonly #requestType: number
  readonly #vector: Uint32Array
  readonly #tap = new ByteWriter(16_384)
  readonly #links: readonly ByteWriter[]
  #step = 0
  #lamport = 0
  #nextNumber = 1
  #posted = false

  constructor(settings: ClientsSettings, atUs: () => number, outlets: Outlets) {
    this.#settings = settings
    this.#outlets = outlets
    this.#atUs = atUs
    this.#requestType = settings.messageTypes.indexOf(CLIENT_MESSAGE_TYPES[0])
    this.#vector = new Uint32Array(settings.nodes.length + 1)
    this.#links = settings.nodes.map(() => new ByteWriter(4096))
  }

  /** A message came: what its sender knew is known here from now on. */
  hear(header: FrameHeader): void {
    this.#lamport = Math.max(this.#lamport, header.lamport)
    const vector = this.#vector
    for (let i = 0; i < vector.length; i++) vector[i] = Math.max(vector[i] as number, header.clock[i] ?? 0)
  }

  /** An operation begins or ends: `text` is JSON of the event's own fields. Returns its real time in microseconds. */
  record(kind: 'invoke' | 'return', text: string): number {
    this.#step += 1
    this.#lamport += 1
    this.#vector[this.#settings.endpoint] = this.#step
    const atUs = this.#atUs()
    writeTextRecord(this.#tap, { kind: TapKind[kind], step: this.#step, atUs, lamport: this.#lamport, clock: this.#vector, text })
    this.#post()
    return atUs
  }

  /** Something came in that is not what it should be. */
  reject(where: string, why: string): void {
    const text = JSON.stringify({ where, why })
    writeTextRecord(this.#tap, { kind: TapKind.reject, step: this.#step, atUs: this.#atUs(), lamport: 0, clock: [], text })
    this.#post()
  }

  request(node: number, body: ClientRequestBody): void {
    const header: FrameHeader = {
      kind: FrameKind.message,
      from: this.#settings.endpoint,
      to: node,
      type: this.#requestType,
      number: this.#nextNumber++,
      step: this.#step,
      lamport: this.#lamport,
      sentAtUs: this.#atUs(),
      life: LIFE,
      clock: this.#vector,
    }
    writeFrame(this.#links[node] as ByteWriter, header, JSON.stringify(body))
    this.#post()
  }

  #post(): void {
    if (this.#posted) return
    this.#posted = true
    setImmediate(() => {
      this.#posted = false
      if (this.#tap.length > 0) this.#outlets.tap(this.#tap.take())
      for (const [node, link] of this.#links.entries()) if (link.length > 0) this.#outlets.link(node, link.take())
    })
  }
}
