/** The first frame of every connection: it proves that its opener belongs to this run. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { ByteWriter } from '../../protocols/wire/bytes.ts'
import { readText } from '../../protocols/wire/bytes.ts'
import { bodyStart, FrameError, FrameKind, type Hello, writeFrame } from '../../protocols/wire/frame.ts'

/** What an endpoint's process must know to prove itself and to recognise others. */
export interface Identity {
  readonly run: string
  readonly secret: string
  /** Its own endpoint index. */
  readonly endpoint: number
  readonly life: number
}

export function writeHello(out: ByteWriter, identity: Identity, to: number, as: Hello['as'], sentAtUs: number): void {
  const { run, secret, endpoint, life } = identity
  const body: Hello = { run, secret, as }
  const stamps = { number: 0, step: 0, lamport: 0, clock: [] }
  writeFrame(out, { kind: FrameKind.hello, from: endpoint, to, type: 0, sentAtUs, life, ...stamps }, JSON.stringify(body))
}

/** Throws a FrameError that says why the frame at `start` is not the hello of a link of this run. */
export function checkLinkHello(
  identity: Pick<Identity, 'run' | 'secret'>,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): void {
  if (view.getUint8(start + 7) !== FrameKind.hello) throw new FrameError('the first frame is not a hello')
  let hello: { readonly [key in keyof Hello]?: unknown }
  try {
    hello = JSON.parse(readText(bytes.subarray(bodyStart(view, start), end))) ?? {}
  } catch {
    throw new FrameError('the body of the hello is not JSON')
  }
  if (hello.as !== 'link') throw new FrameError('the hello is not that of a link')
  if (hello.run !== identity.run) throw new FrameError('the hello is for another run')
  if (typeof hello.secret !== 'string' || !isSame(hello.secret, identity.secret))
    throw new FrameError('the hello has not the secret of this run')
}

/** Takes the same time wherever the two differ, and however long they are. */
const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b))
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
