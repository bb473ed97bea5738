/** Bytes gathered for one socket and written at once: never a write per message. */
import type { Socket } from 'node:net'
import { ByteWriter } from '../../protocols/wire/bytes.ts'

const FIRST_BYTES = 16 * 1024
/** A buffer that one great batch has stretched is not kept. */
const KEPT_BYTES_MAX = 1024 * 1024

export class Outbox {
  writer = new ByteWriter(FIRST_BYTES)

  /** Writes what was gathered. True when the system has taken all that was ever written to the socket. */
  flushTo(socket: Socket, onTaken?: () => void): boolean {
    if (this.writer.length === 0) return socket.writableLength === 0
    socket.write(this.writer.written(), onTaken)
    const isTaken = socket.writableLength === 0
    // What the system has not taken, the socket still reads from this very buffer.
    if (isTaken && this.writer.bytes.length <= KEPT_BYTES_MAX) this.writer.reset()
    else this.writer = new ByteWriter(FIRST_BYTES)
    return isTaken
  }
}
