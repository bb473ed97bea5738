/**
 * Where all logical clients of a run send their requests from and hear the answers: one process, one endpoint, stamped
 * like a node. Its recorded steps are the beginnings and ends of operations; whatever else happens (an answer that leads
 * on, a repeated request) is an event of its own in the clock, and is sent in the name of the last recorded step. What arrives
 * together is handled together: at the end of the event loop's turn, or when many are gathered, the records of operations leave on
 * the tap in one write, then the requests, one write per node.
 */

import { type Asker, type Desk, requestText, type Said, saidRecord } from '../../protocols/clients/desk.ts'
import { CLIENT_MESSAGE_TYPES } from '../../protocols/core/event.ts'
import type { ClientOutcome, ClientRequest } from '../../protocols/core/input.ts'
import { Stamps } from '../../protocols/host/stamps.ts'
import { readText } from '../../protocols/wire/bytes.ts'
import { bodyStart, FrameError, FrameKind, FrameSplitter, type Hello, writeFrame } from '../../protocols/wire/frame.ts'
import { writeTextRecord } from '../../protocols/wire/tap.ts'
import type { ClientsSettings, ContinuedClients } from '../contract/process.ts'
import type { RunClock } from '../node/clock.ts'
import { OutgoingLink } from '../node/outgoingLink.ts'
import { type Tap, writeReject } from '../node/tap.ts'

/** So many requests do not wait for the rest of a turn: the nodes are at work on them meanwhile. */
const TOGETHER_MAX = 64

export class SocketDesk implements Desk {
  readonly clock: RunClock
  readonly nodes: number
  readonly #settings: ClientsSettings
  readonly #tap: Tap
  readonly #links: OutgoingLink[] = []
  readonly #stamps: Stamps
  readonly #askers = new Map<number, Asker>()
  readonly #requestType: number
  readonly #replyType: number
  readonly #turnsEnd = () => {
    this.#isTurnOpen = false
    this.flush()
  }
  #asks = 0
  #messages = 0
  #step = 0
  #atUs = 0
  #isTurnOpen = false
  /** Requests since the last flush. */
  #gathered = 0
  #isTapBehind = false

  constructor(settings: ClientsSettings, clock: RunClock, tap: Tap) {
    this.clock = clock
    this.nodes = settings.nodes.length
    this.#settings = settings
    this.#tap = tap
    this.#stamps = new Stamps(settings.nodes.length + 1, settings.endpoint)
    const [request, reply] = CLIENT_MESSAGE_TYPES
    this.#requestType = settings.messageTypes.indexOf(request)
    this.#replyType = settings.messageTypes.indexOf(reply)
    tap.onTaken = () => {
      if (this.#isTapBehind) this.flush()
    }
    for (const [node, id] of settings.nodes.entries()) this.#links.push(this.#connect(node, settings.linkPorts[id] as number))
  }

  /** Goes on where others were. What becomes of their operations stays unknown: answers to them find nobody here. */
  continue({ asks, messages, step, lamport, clock, open }: ContinuedClients): void {
    this.#asks = asks
    this.#messages = messages
    this.#step = step
    this.#stamps.continue(lamport, clock)
    for (const { operation, client } of open) {
      this.beginEvent()
      this.record({ is: 'return', operation, client, outcome: { is: 'unknown', why: 'its client went no further' } })
    }
  }

  beginEvent(): number {
    this.#stamps.local()
    this.#atUs = this.clock.atUs()
    return this.#atUs
  }

  get atUs(): number {
    return this.#atUs
  }

  nowMs(atUs = this.clock.atUs()): number {
    return this.clock.nowMs(atUs)
  }

  open(asker: Asker): number {
    const id = ++this.#asks
    this.#askers.set(id, asker)
    return id
  }

  ask(asker: Asker, node: number, request: ClientRequest, opText: string, as?: number): number {
    const { endpoint, life } = this.#settings
    const id = as ?? this.open(asker)
    const stamp = { step: this.#step, lamport: this.#stamps.lamport, clock: this.#stamps.clock, sentAtUs: this.#atUs }
    const header = { kind: FrameKind.message, from: endpoint, to: node, type: this.#requestType, number: ++this.#messages, life, ...stamp }
    writeFrame(
      (this.#links[node] as OutgoingLink).writer,
      header,
      `{"kind":"ClientRequest","id":${id},"request":${requestText(request, opText)}}`,
    )
    this.#gathered += 1
    if (this.#gathered === TOGETHER_MAX) this.flush()
    else this.#openTurn()
    return id
  }

  forget(ask: number): void {
    this.#askers.delete(ask)
  }

  record(said: Said): void {
    this.#step += 1
    const { lamport, clock } = this.#stamps
    writeTextRecord(this.#tap.writer, { ...saidRecord(said), step: this.#step, atUs: this.#atUs, lamport, clock })
    this.#openTurn()
  }

  flush(): void {
    this.#gathered = 0
    const isTaken = this.#tap.flush()
    if (isTaken === this.#isTapBehind) {
      this.#isTapBehind = !isTaken
      for (const { socket } of this.#links) {
        if (isTaken) socket?.resume()
        else socket?.pause()
      }
    }
    if (!isTaken) return // called again when the tap has caught up
    for (const link of this.#links) link.flush()
  }

  #openTurn(): void {
    if (this.#isTurnOpen) return
    this.#isTurnOpen = true
    setImmediate(this.#turnsEnd)
  }

  #connect(node: number, port: number): OutgoingLink {
    let splitter = new FrameSplitter()
    const where = `clients, link from ${this.#settings.nodes[node]}`
    const onFrame = (bytes: Uint8Array, view: DataView, start: number, end: number) => this.#onFrame(node, where, bytes, view, start, end)
    const link: OutgoingLink = new OutgoingLink({
      ...{ port, to: node, identity: this.#settings, atUs: () => this.clock.atUs() },
      onOpen: () => {
        splitter = new FrameSplitter()
      },
      onData: (chunk) => {
        try {
          splitter.push(chunk, onFrame)
        } catch (error) {
          if (!(error instanceof FrameError)) throw error
          this.#reject(where, `${error.message}; the connection was closed`)
          link.socket?.destroy()
        }
      },
    })
    return link
  }

  #onFrame(node: number, where: string, bytes: Uint8Array, view: DataView, start: number, end: number): void {
    const kind = view.getUint8(start + 7)
    const text = readText(bytes.subarray(bodyStart(view, start), end))
    if (kind === FrameKind.hello) return this.#checkHello(text)
    if (
      view.getUint8(start + 8) !== node ||
      view.getUint8(start + 9) !== this.#settings.endpoint ||
      view.getUint8(start + 11) !== this.nodes + 1
    )
      throw new FrameError('a frame of another link')
    const answer = view.getUint8(start + 10) === this.#replyType ? readAnswer(text) : undefined
    if (!answer) return this.#reject(where, 'the message is not a ClientReply; it was dropped')
    this.#stamps.receive(view, start)
    this.#atUs = this.clock.atUs()
    const asker = this.#askers.get(answer.id)
    if (!asker) return // answered already, by another copy or another node
    if (!asker.hearsAll) this.#askers.delete(answer.id)
    asker.onAnswer(answer.id, node, answer.outcome)
  }

  /** Answers come on a connection that this process opened; whoever greets on it must know the secret all the same. */
  #checkHello(text: string): void {
    const { run, secret } = JSON.parse(text) as Hello
    if (run !== this.#settings.run || secret !== this.#settings.secret) throw new FrameError('a hello of another run')
  }

  #reject(where: string, why: string): void {
    writeReject(this.#tap.writer, this.clock.atUs(), where, why)
    this.#openTurn()
  }
}

const OUTCOMES = new Set<unknown>(['registered', 'ok', 'redirect', 'unknown', 'refused'] satisfies ClientOutcome['kind'][])

function readAnswer(text: string): { readonly id: number; readonly outcome: ClientOutcome } | undefined {
  try {
    const body = JSON.parse(text) as { readonly kind?: unknown; readonly id?: unknown; readonly outcome?: { readonly kind?: unknown } }
    if (body.kind !== 'ClientReply' || typeof body.id !== 'number' || !OUTCOMES.has(body.outcome?.kind)) return undefined
    return { id: body.id, outcome: body.outcome as ClientOutcome }
  } catch {
    return undefined
  }
}
