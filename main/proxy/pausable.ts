import type { Socket } from 'node:net'

/** Why a connection is not read at the moment: too much waits on its link, or the recorder is behind. */
export type PauseReason = 'backlog' | 'feed'

/** A socket that several parties may want to stand still: it is read only while none does. */
export class PausableSocket {
  readonly socket: Socket
  readonly #reasons = new Set<PauseReason>()

  constructor(socket: Socket) {
    this.socket = socket
  }

  pauseFor(reason: PauseReason): void {
    this.#reasons.add(reason)
    this.socket.pause()
  }

  resumeFrom(reason: PauseReason): void {
    if (this.#reasons.delete(reason) && this.#reasons.size === 0) this.socket.resume()
  }
}
