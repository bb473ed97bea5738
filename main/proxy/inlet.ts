/** The sending end of a link: one connection that proved itself, from which whole reads are taken. */
import type { Socket } from 'node:net'
import { FrameError, FrameSplitter } from '../../protocols/wire/frame.ts'
import type { Link } from './link.ts'
import { PausableSocket } from './pausable.ts'

export interface InletOptions {
  readonly socket: Socket
  readonly link: Link
  /** The sender's life; every frame must be of it. */
  readonly life: number
  onReject(where: string, why: string): void
  onClosed?(inlet: Inlet): void
}

export class Inlet extends PausableSocket {
  readonly #options: InletOptions
  readonly #splitter = new FrameSplitter()

  constructor(options: InletOptions) {
    super(options.socket)
    this.#options = options
    options.link.addInlet(this)
    options.socket.on('data', (chunk: Uint8Array) => this.read(chunk))
    options.socket.on('close', () => {
      options.link.removeInlet(this)
      options.onClosed?.(this)
    })
  }

  read(chunk: Uint8Array): void {
    const { link, life, socket, onReject } = this.#options
    if (socket.destroyed) return // closed for a bad frame: nothing after it can be trusted
    try {
      link.enter(this.#splitter, life, chunk)
    } catch (error) {
      if (!(error instanceof FrameError)) throw error
      onReject(`link ${link.name}`, `${error.message}; the connection was closed`)
      socket.destroy()
    }
  }
}
