/**
 * One outgoing link: a connection to the port at which its receiver, or the proxy in its place, listens. Frames gathered
 * before it stands wait for it; those under way when it breaks are lost, as messages may be.
 */
import { connect, type Socket } from 'node:net'
import { type Identity, writeHello } from './hello.ts'
import { Outbox } from './outbox.ts'

const RETRY_MS = 20
/** More than this does not wait for a connection that does not stand. */
const WAITING_BYTES_MAX = 4 * 1024 * 1024

export interface OutgoingLinkOptions {
  readonly port: number
  readonly to: number
  readonly identity: Identity
  atUs(): number
  /** For links on which answers come back. */
  onData?(chunk: Uint8Array): void
  /** A new connection begins: what came in pieces over the last one stays in pieces. */
  onOpen?(): void
}

export class OutgoingLink extends Outbox {
  readonly #options: OutgoingLinkOptions
  #socket: Socket | undefined

  constructor(options: OutgoingLinkOptions) {
    super()
    this.#options = options
    this.#dial()
  }

  flush(): void {
    if (this.#socket) this.flushTo(this.#socket)
    else if (this.writer.length > WAITING_BYTES_MAX) this.writer.reset()
  }

  get socket(): Socket | undefined {
    return this.#socket
  }

  #dial(): void {
    const { port, to, identity, atUs, onData, onOpen } = this.#options
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    socket.on('error', () => {}) // 'close' follows
    if (onData) socket.on('data', onData)
    else socket.resume()
    socket.on('connect', () => {
      onOpen?.()
      const hello = new Outbox()
      writeHello(hello.writer, identity, to, 'link', atUs())
      hello.flushTo(socket)
      this.#socket = socket
      this.flush()
    })
    socket.on('close', () => {
      this.#socket = undefined
      setTimeout(() => this.#dial(), RETRY_MS)
    })
  }
}
