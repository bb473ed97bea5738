/** Bytes gathered for one socket and written at once: never a write per message. What was gathered can be sealed: it waits for its release while more is gathered behind it. */
import type { Socket } from 'node:net'
import { ByteWriter } from '../../protocols/wire/bytes.ts'

const FIRST_BYTES = 16 * 1024
/** A buffer that one great batch has stretched is not kept. */
const KEPT_BYTES_MAX = 1024 * 1024

export class Outbox {
  writer = new ByteWriter(FIRST_BYTES)
  #sealed = new ByteWriter(FIRST_BYTES)

  /** Sets apart what was gathered so far. Not while something is sealed. */
  seal(): void {
    const spare = this.#sealed
    this.#sealed = this.writer
    this.writer = spare
  }

  /** Writes what was sealed. */
  release(socket: Socket): void {
    this.#sealed = written(this.#sealed, socket)
  }

  /** Writes what was gathered. True when the system has taken all that was ever written to the socket. */
  flush(socket: Socket, onTaken?: () => void): boolean {
    this.writer = written(this.writer, socket, onTaken)
    return socket.writableLength === 0
  }

  /** Throws away what was sealed or gathered, or keeps it for a connection that does not stand yet. */
  drop(what: 'sealed' | 'gathered', into?: ByteWriter): void {
    const writer = what === 'sealed' ? this.#sealed : this.writer
    into?.raw(writer.written())
    writer.reset()
  }
}

/** Returns where to gather from now on: what the system has not taken, the socket still reads from the given buffer. */
function written(writer: ByteWriter, socket: Socket, onTaken?: () => void): ByteWriter {
  if (writer.length === 0) return writer
  socket.write(writer.written(), onTaken)
  if (socket.writableLength > 0 || writer.bytes.length > KEPT_BYTES_MAX) return new ByteWriter(FIRST_BYTES)
  writer.reset()
  return writer
}
