/** Keeps one link connected to its receiver's server, for as long as the receiver is said to be up. */
import { connect, type Socket } from 'node:net'
import { type Credentials, helloFrame } from './greeting.ts'
import type { Link } from './link.ts'

const RETRY_MS_MIN = 20
const RETRY_MS_MAX = 1000
/** So many failures in a row are worth telling a person. */
const TROUBLE_AFTER = 5

export interface DialerOptions {
  readonly link: Link
  readonly credentials: Credentials
  nowUs(): number
  /** The connection stands and the hello is written. `life` is the receiver's. */
  onOpen(socket: Socket, life: number): void
  onTrouble(text: string): void
}

export class Dialer {
  readonly #options: DialerOptions
  #aim: { readonly port: number; readonly life: number } | undefined
  #socket: Socket | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #failures = 0

  constructor(options: DialerOptions) {
    this.#options = options
  }

  /** Connects to `port`, or to nobody. What waited for an earlier receiver is lost with it. */
  aim(port: number | undefined, life: number): void {
    clearTimeout(this.#timer)
    const { outlet } = this.#options.link
    const before = this.#socket
    this.#socket = undefined
    this.#failures = 0
    outlet.gone()
    before?.destroy()
    this.#aim = port === undefined ? undefined : { port, life }
    if (this.#aim) {
      outlet.expect()
      this.#dial()
    }
  }

  #dial(): void {
    const aim = this.#aim
    if (!aim) return
    const { link, credentials, nowUs, onOpen } = this.#options
    const socket = connect({ port: aim.port, host: '127.0.0.1', noDelay: true })
    this.#socket = socket
    socket.on('error', () => {}) // 'close' follows
    socket.on('connect', () => {
      if (this.#socket !== socket) return
      this.#failures = 0
      socket.write(helloFrame(link.from, link.to, credentials, nowUs()))
      link.outlet.use(socket)
      onOpen(socket, aim.life)
    })
    socket.on('close', () => {
      if (this.#socket !== socket) return
      this.#socket = undefined
      link.outlet.gone()
      this.#retry(aim.port)
    })
  }

  #retry(port: number): void {
    this.#failures += 1
    if (this.#failures === TROUBLE_AFTER)
      this.#options.onTrouble(
        `link ${this.#options.link.name}: nobody can be reached at 127.0.0.1:${port}; messages are dropped, and it is tried again`,
      )
    this.#timer = setTimeout(() => this.#dial(), Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** (this.#failures - 1)))
  }
}
