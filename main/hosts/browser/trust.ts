/**
 * Who may speak to the lab: it starts processes and writes files, so any page in any browser on this machine must not.
 * A request has to name a loopback host (DNS rebinding), come from our own page (Origin), and know the token that was
 * printed where the lab was started. The token comes once in the address and is a cookie from then on.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

export const newToken = (): string => randomBytes(24).toString('base64url')
/** Offered as a WebSocket subprotocol by programs that keep no cookies: `synod`, `synod.token.<token>`. */
export const SOCKET_PROTOCOL = 'synod'
const TOKEN_PROTOCOL = 'synod.token.'

export class Trust {
  readonly token: string
  readonly #hosts: readonly string[]
  readonly #cookie: string

  constructor(token: string, port: number) {
    this.token = token
    this.#hosts = [`127.0.0.1:${port}`, `localhost:${port}`, ...(port === 80 ? ['127.0.0.1', 'localhost'] : [])]
    // cookies do not know ports: two labs on one machine must not overwrite each other's
    this.#cookie = `synod_${port}`
  }

  /** The header that keeps the token in the browser, out of reach of scripts and other sites. */
  cookie(): string {
    return `${this.#cookie}=${this.token}; Path=/; HttpOnly; SameSite=Strict`
  }

  hostIsOurs(request: IncomingMessage): boolean {
    return this.#hosts.includes((request.headers.host ?? '').toLowerCase())
  }

  /** Browsers always say where a page comes from when it opens a socket; programs that are no browser say nothing. */
  originIsOurs(request: IncomingMessage): boolean {
    const { origin } = request.headers
    return origin === undefined || this.#hosts.some((host) => origin.toLowerCase() === `http://${host}`)
  }

  tokenFits(candidate: string | null | undefined): boolean {
    if (typeof candidate !== 'string') return false
    const [given, wanted] = [Buffer.from(candidate), Buffer.from(this.token)]
    return given.length === wanted.length && timingSafeEqual(given, wanted)
  }

  knowsToken(request: IncomingMessage): boolean {
    for (const part of (request.headers.cookie ?? '').split(';')) {
      const [name, value] = part.trim().split('=')
      if (name === this.#cookie && this.tokenFits(value)) return true
    }
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim())
    return offered.some((protocol) => protocol.startsWith(TOKEN_PROTOCOL) && this.tokenFits(protocol.slice(TOKEN_PROTOCOL.length)))
  }
}
