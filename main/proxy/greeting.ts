/** The first frame of every connection: a hello that proves that its sender belongs to this run. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { ByteWriter, readText } from '../../protocols/wire/bytes.ts'
import {
  bodyStart,
  FrameError,
  type FrameHeader,
  FrameKind,
  FrameSplitter,
  type Hello,
  readHeader,
  writeFrame,
} from '../../protocols/wire/frame.ts'

const HELLO_BYTES_MAX = 4096

/** Whom a connection must belong to. */
export interface Credentials {
  readonly run: string
  readonly secret: string
}

export interface Greeted {
  readonly header: FrameHeader
  /** What came after the hello, in the same read. */
  readonly rest: Uint8Array
}

/** Waits for one connection's hello. Nothing that comes before it is believed, and little of it is kept. */
export class Greeting {
  readonly #as: Hello['as']
  readonly #credentials: Credentials
  #bytes: Uint8Array = new Uint8Array(0)

  constructor(as: Hello['as'], credentials: Credentials) {
    this.#as = as
    this.#credentials = credentials
  }

  /** The hello, or undefined while it is not whole. Throws FrameError with the reason when it is not the one expected. */
  take(chunk: Uint8Array): Greeted | undefined {
    const bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk])
    this.#bytes = bytes
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const end = bytes.length < 4 ? undefined : 4 + view.getUint32(0, true)
    if (end !== undefined && end > HELLO_BYTES_MAX) throw new FrameError(`a hello cannot be ${end - 4} bytes long`)
    let header: FrameHeader | undefined
    new FrameSplitter().push(bytes.subarray(0, end), () => {
      header = readHeader(view, 0)
      this.#check(header, bytes.subarray(bodyStart(view, 0), end))
    })
    return header && { header, rest: bytes.subarray(end) }
  }

  #check(header: FrameHeader, body: Uint8Array): void {
    if (header.kind !== FrameKind.hello) throw new FrameError('the first frame is not a hello')
    const hello = parse(body)
    if (hello.as !== this.#as) throw new FrameError(`a hello for a ${String(hello.as)}, where a ${this.#as} is expected`)
    if (hello.run !== this.#credentials.run) throw new FrameError('a hello for another run')
    if (typeof hello.secret !== 'string' || !isSame(hello.secret, this.#credentials.secret))
      throw new FrameError('a hello without the secret of this run')
  }
}

/** A hello frame that opens a link from the proxy to a receiver. */
export function helloFrame(from: number, to: number, credentials: Credentials, atUs: number): Uint8Array {
  const out = new ByteWriter(256)
  const body: Hello = { run: credentials.run, secret: credentials.secret, as: 'link' }
  const header = { kind: FrameKind.hello, from, to, type: 0, number: 0, step: 0, lamport: 0, sentAtUs: atUs, life: 0, clock: [] }
  writeFrame(out, header, JSON.stringify(body))
  return out.take()
}

function parse(body: Uint8Array): { readonly [key in keyof Hello]?: unknown } {
  try {
    const hello: unknown = JSON.parse(readText(body))
    if (typeof hello === 'object' && hello !== null) return hello
  } catch {
    // what is wrong with it does not matter
  }
  throw new FrameError('the body of a hello is not what it should be')
}

/** Takes the same time wherever the two differ, and however long they are. */
const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b))
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
