/**
 * One outgoing link: a connection to the port at which its receiver, or the proxy in its place, listens. Frames gathered
 * before it stands wait for it; those under way when it breaks are lost, as messages may be.
 */
import { connect, type Socket } from 'node:net'
import { ByteWriter } from '../../protocols/wire/bytes.ts'
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

export class OutgoingLink {
  readonly #options: OutgoingLinkOptions
  readonly #outbox = new Outbox()
  /** What may leave and waits for a connection. */
  readonly #waiting = new ByteWriter()
  #socket: Socket | undefined

  constructor(options: OutgoingLinkOptions) {
    this.#options = options
    this.#dial()
  }

  get socket(): Socket | undefined {
    return this.#socket
  }

  /** Where frames are gathered. */
  get writer(): ByteWriter {
    return this.#outbox.writer
  }

  flush(): void {
    if (this.#socket) this.#outbox.flush(this.#socket)
    else this.#wait('gathered')
  }

  seal(): void {
    this.#outbox.seal()
  }

  release(): void {
    if (this.#socket) this.#outbox.release(this.#socket)
    else this.#wait('sealed')
  }

  #wait(what: 'sealed' | 'gathered'): void {
    this.#outbox.drop(what, this.#waiting.length < WAITING_BYTES_MAX ? this.#waiting : undefined)
  }

  #dial(): void {
    const { port, to, identity, atUs, onData, onOpen } = this.#options
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    socket.on('error', () => {}) // 'close' follows
    if (onData) socket.on('data', onData)
    else socket.resume()
    socket.on('connect', () => {
      onOpen?.()
      const first = new ByteWriter(256 + this.#waiting.length)
      writeHello(first, identity, to, 'link', atUs())
      first.raw(this.#waiting.written())
      this.#waiting.reset()
      socket.write(first.written())
      this.#socket = socket
    })
    socket.on('close', () => {
      this.#socket = undefined
      setTimeout(() => this.#dial(), RETRY_MS)
    })
  }
}
