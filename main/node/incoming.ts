/** A node's own server: one connection per incoming link, each of which must begin with a hello of this run. */
import { createServer, type Server, type Socket } from 'node:net'
import { FrameError, FrameKind, FrameSplitter } from '../../protocols/wire/frame.ts'
import { ExitCode, FatalError } from './fatal.ts'
import { checkLinkHello, type Identity } from './hello.ts'

const HELLO_WAIT_MS = 5000
const HELLO_BYTES_MAX = 4096
/** Connections that have not said hello yet. */
const STRANGERS_MAX = 32

export interface IncomingOptions {
  readonly identity: Identity
  /** The run's endpoints, `clients` included. */
  readonly endpoints: number
  readonly messageTypes: number
  /** A link's first frame was good. */
  onLink(from: number, socket: Socket): void
  /** A whole frame of a known link to this endpoint, with a body not yet looked at. Valid during the call only. */
  onFrame(from: number, bytes: Uint8Array, view: DataView, start: number, end: number): void
  onReject(where: string, why: string): void
}

export class Incoming {
  readonly #options: IncomingOptions
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #strangers = 0
  #isPaused = false
  #isHeld = false

  constructor(options: IncomingOptions) {
    this.#options = options
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket))
  }

  /** Opens `port`, or any free one; resolves to it. */
  listen(port: number | undefined): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', (error) => {
        const hint = 'End the program that uses the port, or let the lab choose another.'
        reject(new FatalError(ExitCode.settings, `Cannot listen on 127.0.0.1:${port ?? 0}: ${error.message}.`, hint))
      })
      this.#server.listen({ port: port ?? 0, host: '127.0.0.1' }, () => {
        const address = this.#server.address()
        if (address === null || typeof address === 'string') return reject(new FatalError(ExitCode.settings, 'No port was opened.'))
        resolve(address.port)
      })
    })
  }

  /** Stops or goes on reading while the tap is behind; senders wait meanwhile. */
  setPaused(isPaused: boolean): void {
    if (this.#isPaused === isPaused) return
    this.#isPaused = isPaused
    this.#apply()
  }

  /** The same for a person who asked for a pause. */
  setHeld(isHeld: boolean): void {
    this.#isHeld = isHeld
    this.#apply()
  }

  #apply(): void {
    for (const socket of this.#sockets) {
      if (this.#isPaused || this.#isHeld) socket.pause()
      else socket.resume()
    }
  }

  #accept(socket: Socket): void {
    socket.on('error', () => {}) // 'close' follows
    if (this.#strangers >= STRANGERS_MAX) {
      this.#options.onReject('own port', `more than ${STRANGERS_MAX} connections that have not said hello; one more was closed`)
      socket.destroy()
      return
    }
    this.#sockets.add(socket)
    this.#strangers += 1
    let from: number | undefined
    const timer = setTimeout(() => this.#refuse(socket, from, `no hello within ${HELLO_WAIT_MS / 1000} s`), HELLO_WAIT_MS)
    const known = () => {
      if (from === undefined) this.#strangers -= 1
      clearTimeout(timer)
    }
    socket.on('close', () => {
      known()
      this.#sockets.delete(socket)
    })
    const splitter = new FrameSplitter()
    const onFrame = (bytes: Uint8Array, view: DataView, start: number, end: number) => {
      if (from !== undefined) {
        this.#checkMessage(from, view, start)
        return this.#options.onFrame(from, bytes, view, start, end)
      }
      const sender = this.#checkHello(bytes, view, start, end)
      known()
      from = sender
      this.#options.onLink(sender, socket)
    }
    socket.on('data', (chunk: Buffer) => {
      if (socket.destroyed) return
      try {
        splitter.push(chunk, onFrame)
        if (from === undefined && splitter.pendingBytes > HELLO_BYTES_MAX) throw new FrameError('the hello is too long')
      } catch (error) {
        if (!(error instanceof FrameError)) throw error
        this.#refuse(socket, from, error.message)
      }
    })
    if (this.#isPaused || this.#isHeld) socket.pause()
  }

  #checkHello(bytes: Uint8Array, view: DataView, start: number, end: number): number {
    const { identity, endpoints } = this.#options
    checkLinkHello(identity, bytes, view, start, end)
    const from = view.getUint8(start + 8)
    const to = view.getUint8(start + 9)
    if (from >= endpoints || from === identity.endpoint)
      throw new FrameError(`the hello is from endpoint ${from}, which has no link to this node`)
    if (to !== identity.endpoint) throw new FrameError(`the hello is for endpoint ${to}, and this is ${identity.endpoint}`)
    return from
  }

  #checkMessage(from: number, view: DataView, start: number): void {
    const { identity, endpoints, messageTypes } = this.#options
    if (view.getUint8(start + 7) !== FrameKind.message) throw new FrameError('a hello in the middle of a link')
    if (view.getUint8(start + 8) !== from)
      throw new FrameError(`a frame from endpoint ${view.getUint8(start + 8)} on the link from ${from}`)
    if (view.getUint8(start + 9) !== identity.endpoint)
      throw new FrameError(`a frame for endpoint ${view.getUint8(start + 9)}, and this is ${identity.endpoint}`)
    if (view.getUint8(start + 10) >= messageTypes)
      throw new FrameError(`a frame of message type ${view.getUint8(start + 10)}, which the run does not have`)
    if (view.getUint8(start + 11) !== endpoints)
      throw new FrameError(`a frame whose vector clock has ${view.getUint8(start + 11)} entries instead of ${endpoints}`)
  }

  /** Closes a connection whose bytes cannot be trusted, and says why. */
  #refuse(socket: Socket, from: number | undefined, why: string): void {
    if (socket.destroyed) return
    this.#options.onReject(from === undefined ? 'own port' : `own port, link from endpoint ${from}`, `${why}; the connection was closed`)
    socket.destroy()
  }
}
