/** The connection on which a process reports its steps. The process lives no longer than it does. */
import { connect, type Socket } from 'node:net'
import { ByteWriter } from '../../protocols/wire/bytes.ts'
import { TapKind, writeTextRecord } from '../../protocols/wire/tap.ts'
import { ExitCode, FatalError } from './fatal.ts'
import { type Identity, writeHello } from './hello.ts'
import { Outbox } from './outbox.ts'

export interface Tap {
  /** Where records are gathered until `flush`. */
  readonly writer: ByteWriter
  /** Writes them at once. False when the system has not taken all yet: `onTaken` is called when it has. */
  flush(): boolean
  onTaken: () => void
  /** Sends the rest and closes in good order. */
  end(): Promise<void>
}

const noClock: readonly number[] = []

/** Gathers the record of something that is not what it should be. */
export function writeReject(out: ByteWriter, atUs: number, where: string, why: string): void {
  writeTextRecord(out, { kind: TapKind.reject, step: 0, atUs, lamport: 0, clock: noClock, text: JSON.stringify({ where, why }) })
}

export class TapConnection implements Tap {
  onTaken: () => void = () => {}
  readonly #socket: Socket
  readonly #outbox: Outbox
  readonly #taken = () => {
    if (this.#socket.writableLength === 0) this.onTaken()
  }

  private constructor(socket: Socket, outbox: Outbox) {
    this.#socket = socket
    this.#outbox = outbox
  }

  /** Resolves when the connection stands. `onClosed`: the engine is gone. */
  static open(port: number, identity: Identity, atUs: number, onClosed: () => void): Promise<TapConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true })
      const outbox = new Outbox()
      writeHello(outbox.writer, identity, 0, 'tap', atUs)
      socket.once('error', (error) => {
        const hint = 'Start it from the lab: a node does not run by itself.'
        reject(new FatalError(ExitCode.settings, `No engine answers at the tap port ${port}: ${error.message}.`, hint))
      })
      socket.once('connect', () => {
        outbox.flush(socket)
        resolve(new TapConnection(socket, outbox))
        socket.on('close', onClosed)
      })
      socket.on('error', () => {}) // 'close' follows
      socket.resume() // nothing is ever said on it, but its end must be heard
    })
  }

  get writer(): ByteWriter {
    return this.#outbox.writer
  }

  flush(): boolean {
    return this.#outbox.flush(this.#socket, this.#taken)
  }

  end(): Promise<void> {
    this.flush()
    return new Promise((resolve) => this.#socket.end(() => resolve()))
  }
}

/** For a node that nobody records. */
function unrecorded(): Tap {
  const writer = new ByteWriter()
  return {
    writer,
    flush() {
      writer.reset()
      return true
    },
    onTaken() {},
    end: async () => {},
  }
}

/** The tap that the settings name, or none in a run that nobody records (tap port 0). `onClosed`: the engine is gone. */
export async function openTap(tapPort: number, identity: Identity, atUs: number, onClosed: () => void): Promise<Tap> {
  return tapPort === 0 ? unrecorded() : TapConnection.open(tapPort, identity, atUs, onClosed)
}
