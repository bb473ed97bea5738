/** One listening port on loopback. Whoever connects has a moment to say the right hello; nobody else gets further. */
import { createServer, type Server, type Socket } from 'node:net'
import { FrameError, type FrameHeader, type Hello } from '../../protocols/wire/frame.ts'
import { type Credentials, Greeting } from './greeting.ts'

const HELLO_WAIT_MS = 5000
/** Connections at one port that have not said hello yet. */
const STRANGERS_MAX = 32

export interface DoorOptions {
  /** For people: `link n1→n2`, `tap`. */
  readonly where: string
  readonly as: Hello['as']
  readonly credentials: Credentials
  /** Why this hello does not belong at this port, or undefined. */
  check(header: FrameHeader): string | undefined
  /** The connection is trusted from here on. `rest` came in the same read as the hello. */
  onOpen(socket: Socket, header: FrameHeader, rest: Uint8Array): void
  onReject(where: string, why: string): void
}

export class Door {
  readonly #options: DoorOptions
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #strangers = 0

  constructor(options: DoorOptions) {
    this.#options = options
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket))
  }

  /** Opens any free port; resolves to it. */
  listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      let isListening = false
      this.#server.on('error', (error) => {
        if (isListening) this.#options.onReject(this.#options.where, `a connection could not be taken: ${error.message}`)
        else reject(error)
      })
      this.#server.listen({ port: 0, host: '127.0.0.1' }, () => {
        isListening = true
        const address = this.#server.address()
        if (address === null || typeof address === 'string') return reject(new Error(`${this.#options.where}: no port was opened`))
        resolve(address.port)
      })
    })
  }

  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    return new Promise((done) => {
      if (this.#server.listening) this.#server.close(() => done())
      else done()
    })
  }

  #accept(socket: Socket): void {
    const { as, credentials, where, check, onOpen, onReject } = this.#options
    socket.on('error', () => {}) // 'close' follows, and says all that matters
    if (this.#strangers >= STRANGERS_MAX) {
      onReject(where, `more than ${STRANGERS_MAX} connections that have not said hello; one more was closed`)
      socket.destroy()
      return
    }
    this.#sockets.add(socket)
    this.#strangers += 1
    let isStranger = true
    const known = () => {
      if (isStranger) this.#strangers -= 1
      isStranger = false
      clearTimeout(timer)
    }
    const refuse = (why: string) => {
      onReject(where, `${why}; the connection was closed`)
      socket.destroy()
    }
    const timer = setTimeout(() => refuse(`no hello within ${HELLO_WAIT_MS / 1000} s`), HELLO_WAIT_MS)
    socket.on('close', () => {
      known()
      this.#sockets.delete(socket)
    })

    const greeting = new Greeting(as, credentials)
    const onData = (chunk: Uint8Array) => {
      try {
        const greeted = greeting.take(chunk)
        if (!greeted) return
        const why = check(greeted.header)
        if (why !== undefined) return refuse(why)
        known()
        socket.off('data', onData)
        onOpen(socket, greeted.header, greeted.rest)
      } catch (error) {
        if (!(error instanceof FrameError)) throw error
        refuse(error.message)
      }
    }
    socket.on('data', onData)
  }
}
