/** One endpoint's tap: whole records go to the feed as they are; nothing is ever sent back on it, so that not even a killed endpoint's last words are lost to a reset. */
import type { Socket } from 'node:net'
import { TapError, TapSplitter } from '../../protocols/wire/tap.ts'
import { PausableSocket } from './pausable.ts'

export interface TapOptions {
  readonly socket: Socket
  onRecords(records: Uint8Array): void
  onReject(why: string): void
  onClosed(): void
}

export class TapConnection extends PausableSocket {
  readonly #options: TapOptions
  readonly #splitter = new TapSplitter()

  constructor(options: TapOptions) {
    super(options.socket)
    this.#options = options
    options.socket.on('data', (chunk: Uint8Array) => this.read(chunk))
    options.socket.on('close', () => options.onClosed())
  }

  read(chunk: Uint8Array): void {
    const { socket, onRecords, onReject } = this.#options
    if (socket.destroyed) return
    try {
      this.#splitter.push(chunk, onRecords)
    } catch (error) {
      if (!(error instanceof TapError)) throw error
      onReject(`${error.message}; the tap was closed`)
      socket.destroy()
    }
  }
}
