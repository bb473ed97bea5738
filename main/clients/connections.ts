/** The sockets of the clients' process: the tap, and one connection to each node through the proxy, on which answers come back. */
import { connect, type Socket } from 'node:net'
import { ByteWriter } from '../../protocols/wire/bytes.ts'
import {
  bodyStart,
  FrameError,
  type FrameHeader,
  FrameKind,
  FrameSplitter,
  type Hello,
  readHeader,
  writeFrame,
} from '../../protocols/wire/frame.ts'
import type { ClientsSettings } from '../contract/process.ts'

const RECONNECT_MS = 100

export interface ConnectionListeners {
  onFrame(header: FrameHeader, body: Uint8Array): void
  onReject(where: string, why: string): void
  /** The engine is gone. */
  onTapClosed(): void
}

export class Connections {
  readonly #settings: ClientsSettings
  readonly #listeners: ConnectionListeners
  readonly #links: (Socket | undefined)[]
  #tap: Socket | undefined

  constructor(settings: ClientsSettings, listeners: ConnectionListeners) {
    this.#settings = settings
    this.#listeners = listeners
    this.#links = settings.nodes.map(() => undefined)
  }

  /** Connects the tap (unless the run goes unrecorded), then every link; a link that breaks is made again. */
  open(): void {
    const { endpoint, nodes, tapPort } = this.#settings
    if (tapPort !== 0) {
      const tap = this.#dial(tapPort, 'tap', endpoint)
      tap.on('error', () => {})
      tap.on('close', this.#listeners.onTapClosed)
      this.#tap = tap
    }
    for (const index of nodes.keys()) this.#openLink(index)
  }

  tap(bytes: Uint8Array): void {
    this.#tap?.write(bytes)
  }

  link(node: number, frames: Uint8Array): boolean {
    const socket = this.#links[node]
    if (!socket?.writable) return false
    socket.write(frames)
    return true
  }

  /** Resolves when everything written to the tap has left. */
  async close(): Promise<void> {
    const tap = this.#tap
    if (tap) await new Promise<void>((resolve) => tap.write('', () => resolve()))
  }

  #openLink(node: number): void {
    const name = this.#settings.nodes[node] as string
    const socket = this.#dial(this.#settings.linkPorts[name] as number, 'link', node)
    const splitter = new FrameSplitter()
    socket.on('data', (chunk) => {
      try {
        splitter.push(chunk, (bytes, view, start, end) => {
          const header = readHeader(view, start)
          if (header.kind === FrameKind.message) this.#listeners.onFrame(header, bytes.subarray(bodyStart(view, start), end))
        })
      } catch (error) {
        if (!(error instanceof FrameError)) throw error
        this.#listeners.onReject(`${name} -> clients`, error.message)
        socket.destroy()
      }
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#links[node] = undefined
      setTimeout(() => this.#openLink(node), RECONNECT_MS)
    })
    this.#links[node] = socket
  }

  #dial(port: number, as: Hello['as'], to: number): Socket {
    const { endpoint, life, run, secret } = this.#settings
    const socket = connect({ host: '127.0.0.1', port, noDelay: true })
    const hello = new ByteWriter(256)
    const header: FrameHeader = {
      kind: FrameKind.hello,
      from: endpoint,
      to,
      type: 0,
      number: 0,
      step: 0,
      lamport: 0,
      sentAtUs: 0,
      life,
      clock: [],
    }
    writeFrame(hello, header, JSON.stringify({ run, secret, as } satisfies Hello))
    socket.write(hello.take())
    return socket
  }
}
