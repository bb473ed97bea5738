/** A proxy on a test stand: real sockets, endpoints that send and keep what they receive, and the feed read back. */
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { FrameProxy, type ProxyOptions } from '../../../main/proxy/proxy.ts'
import type { ProxyPorts } from '../../../main/proxy/settings.ts'
import { CLIENTS, type MessageId, messageId, nodeIds } from '../../../protocols/core/ids.ts'
import { ByteWriter, readText } from '../../../protocols/wire/bytes.ts'
import { bodyStart, FrameKind, FrameSplitter, readHeader, writeFrame } from '../../../protocols/wire/frame.ts'
import { type LogEntry, readFeed } from './feedLog.ts'

export const TYPES = ['AppendEntries', 'RequestVote', 'ClientRequest', 'ClientReply']
export const RUN = 'test-run'
export const SECRET = 'a secret of the test'

export interface Received {
  readonly from: number
  readonly message: MessageId
  readonly body: { readonly [key: string]: unknown }
}

export class Stand {
  readonly proxy: FrameProxy
  readonly log: LogEntry[] = []
  readonly tapsClosed: string[] = []
  readonly troubles: string[] = []
  ports: ProxyPorts = { tapPort: 0, linkPorts: {} }
  /** When false, batches are kept un-acknowledged. */
  isAcking = true
  #unacked = 0
  #batches: Uint8Array[] = []
  readonly #waiters = new Set<() => void>()
  readonly #closers: (() => void)[] = []
  readonly nodes = nodeIds(3)

  private constructor(options: Partial<ProxyOptions>) {
    const [seconds, nanoseconds] = process.hrtime()
    this.proxy = new FrameProxy({
      run: RUN,
      secret: SECRET,
      epochUs: Math.floor(seconds * 1e6 + nanoseconds / 1e3),
      seed: 1,
      nodes: this.nodes,
      messageTypes: TYPES,
      timeScale: 1,
      network: { delayMs: 0, jitterMs: 0 },
      feed: (batch) => {
        this.#batches.push(batch.slice())
        this.#unacked += batch.length
        if (this.isAcking) setImmediate(() => this.ackAll())
        this.happened()
      },
      onTapClosed: (endpoint, life) => {
        this.tapsClosed.push(`${endpoint}/${life}`)
        this.happened()
      },
      onTrouble: (text) => {
        this.troubles.push(text)
        this.happened()
      },
      ...options,
    })
  }

  static async open(options: Partial<ProxyOptions> = {}): Promise<Stand> {
    const stand = new Stand(options)
    stand.ports = await stand.proxy.listen()
    return stand
  }

  ackAll(): void {
    const bytes = this.#unacked
    this.#unacked = 0
    if (bytes > 0) this.proxy.acked({ ackedBytes: bytes })
  }

  /** Everything in the feed so far. */
  entries(): LogEntry[] {
    for (const batch of this.#batches.splice(0)) this.log.push(...readFeed(batch))
    return this.log
  }

  of<K extends LogEntry['kind']>(kind: K): Extract<LogEntry, { kind: K }>[] {
    return this.entries().filter((entry): entry is Extract<LogEntry, { kind: K }> => entry.kind === kind)
  }

  events(kind: string): { kind: string; [key: string]: unknown }[] {
    return this.of('event')
      .map(({ event }) => event)
      .filter((event) => event.kind === kind)
  }

  happened(): void {
    for (const waiter of [...this.#waiters]) waiter()
  }

  /** Waits for what is happening on the stand, never for time; a test that waits in vain is ended by its own limit. */
  until(isSo: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!isSo()) return
        this.#waiters.delete(look)
        resolve()
      }
      this.#waiters.add(look)
      look()
    })
  }

  /** Lets the proxy do so many other things first: what it would do wrongly meanwhile, it has then done. */
  async turns(count: number): Promise<void> {
    for (let turn = 0; turn < count; turn++) {
      const socket = await this.raw(this.port('n3', 'n1'))
      const closed = once(socket, 'close')
      socket.write('no hello at all')
      await closed
    }
  }

  port(from: string, to: string): number {
    const port = this.ports.linkPorts[from]?.[to]
    if (port === undefined) throw new Error(`no port for ${from} -> ${to}`)
    return port
  }

  /** A node that listens, is the proxy's target, and keeps what it receives. */
  async receiver(index: number, life = 1): Promise<Receiver> {
    const receiver = new Receiver(this)
    const port = await receiver.listen()
    this.proxy.setTarget(this.nodes[index]!, port, life)
    this.#closers.push(() => receiver.close())
    return receiver
  }

  /** A connection on which endpoint `from` speaks to endpoint `to`. */
  async sender(from: number, to: number, life = 1): Promise<Sender> {
    const name = (index: number) => this.nodes[index] ?? CLIENTS
    const socket = await this.raw(this.port(name(from), name(to)))
    const sender = new Sender(this, socket, from, to, life)
    sender.hello()
    return sender
  }

  async raw(port: number): Promise<Socket> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    socket.on('error', () => {})
    socket.on('close', () => this.happened())
    this.#closers.push(() => socket.destroy())
    await once(socket, 'connect')
    return socket
  }

  async close(): Promise<void> {
    this.isAcking = true
    await this.proxy.close()
    for (const close of this.#closers) close()
  }
}

export class Sender {
  readonly socket: Socket
  readonly #from: number
  readonly #to: number
  readonly life: number
  number = 0
  readonly replies: Received[] = []

  constructor(stand: Stand, socket: Socket, from: number, to: number, life: number) {
    this.socket = socket
    this.#from = from
    this.#to = to
    this.life = life
    const splitter = new FrameSplitter()
    socket.on('data', (chunk) => {
      splitter.push(chunk, (bytes, view, start, end) => this.replies.push(received(bytes, view, start, end)))
      stand.happened()
    })
  }

  hello(over: { secret?: string; run?: string; from?: number; to?: number; life?: number; as?: string } = {}): void {
    const out = new ByteWriter()
    const { from = this.#from, to = this.#to, life = this.life } = over
    const header = { kind: FrameKind.hello, from, to, type: 0, number: 0, step: 0, lamport: 0, sentAtUs: 0, life, clock: [] }
    writeFrame(out, header, JSON.stringify({ run: over.run ?? RUN, secret: over.secret ?? SECRET, as: over.as ?? 'link' }))
    this.socket.write(out.take())
  }

  /** One write with a frame for each body; returns their ids. */
  send(...bodies: { kind: string; [key: string]: unknown }[]): MessageId[] {
    const { bytes, ids } = this.encode(...bodies)
    this.socket.write(bytes)
    return ids
  }

  encode(...bodies: { kind: string; [key: string]: unknown }[]): { bytes: Uint8Array; ids: MessageId[] } {
    const out = new ByteWriter()
    const ids = bodies.map((body) => {
      this.number += 1
      const { life, number } = this
      const clock = [1, 2, 3, 4]
      writeFrame(
        out,
        {
          kind: FrameKind.message,
          from: this.#from,
          to: this.#to,
          type: TYPES.indexOf(body.kind),
          number,
          step: number,
          lamport: number,
          sentAtUs: 0,
          life,
          clock,
        },
        JSON.stringify(body),
      )
      return messageId(this.#from, life, number)
    })
    return { bytes: out.take(), ids }
  }
}

export class Receiver {
  readonly received: Received[] = []
  readonly hellos: { from: number; to: number; body: unknown }[] = []
  /** By the endpoint whose messages they bring. */
  readonly sockets = new Map<number, Socket>()
  readonly #all = new Set<Socket>()
  readonly #server: Server
  #isPaused = false

  constructor(stand: Stand) {
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.#all.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => this.#all.delete(socket))
      const splitter = new FrameSplitter()
      socket.on('data', (chunk) => {
        splitter.push(chunk, (bytes, view, start, end) => {
          const header = readHeader(view, start)
          if (header.kind === FrameKind.hello) {
            this.hellos.push({ from: header.from, to: header.to, body: JSON.parse(readText(bytes.subarray(bodyStart(view, start), end))) })
            this.sockets.set(header.from, socket)
          } else this.received.push(received(bytes, view, start, end))
        })
        stand.happened()
      })
      if (this.#isPaused) socket.pause()
    })
  }

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return (this.#server.address() as { port: number }).port
  }

  /** As a process that is stopped: connections stand, nothing is read. */
  pause(): void {
    this.#isPaused = true
    for (const socket of this.#all) socket.pause()
  }

  resume(): void {
    this.#isPaused = false
    for (const socket of this.#all) socket.resume()
  }

  close(): void {
    this.#server.close()
    for (const socket of this.#all) socket.destroy()
  }
}

function received(bytes: Uint8Array, view: DataView, start: number, end: number): Received {
  const header = readHeader(view, start)
  return {
    from: header.from,
    message: messageId(header.from, header.life, header.number),
    body: JSON.parse(readText(bytes.subarray(bodyStart(view, start), end))),
  }
}
