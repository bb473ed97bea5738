/**
 * The feed: what the proxy hands to the recorder, in binary batches that change hands without being copied. The proxy
 * only appends raw bytes here; taking them apart, putting them into causal order and numbering them is the recorder's
 * work. Entries of a batch, one after another, each beginning with its u8 kind:
 *
 *     tap     u8 endpoint, u16 life, u32 bytes, whole tap records as they came
 *     pass    f64 readUs, f64 handedUs, u32 bytes, whole frames of one link, each sent and delivered
 *     send    f64 readUs, u32 bytes, whole frames of one link, each sent; what became of them follows
 *     deliver f64 atUs, f64 message, u8 copy
 *     drop    f64 atUs, f64 message, u8 copy, u16 bytes, JSON of the reason (`DropEvent.why`)
 *     hold    f64 atUs, f64 message, u16 bytes, the fault's id
 *     event   u32 bytes, JSON of an event without its seq (node, action, reject, output)
 *     closed  u8 endpoint, u16 life: the tap of that life has ended, nothing more will come from it
 *
 * Within the feed, an endpoint's tap records stand in their order, and so do a link's messages; but a frame may stand
 * before the tap record of the step that sent it, because they came over two sockets. It never stands before it in the
 * recorded log: the recorder waits for the step, unless that tap is closed.
 */
import type { ByteWriter } from './bytes.ts'

/**
 * Batches handed over and not yet acknowledged, at most; beyond it the proxy stops reading its sockets. Enough for a few
 * commits of a recorder at full speed: more would be memory that buys nothing, and more that a killed engine loses.
 */
export const FEED_UNACKED_BYTES_MAX = 16 * 1024 * 1024

/** From proxy to recorder: one batch, whole entries. Its buffer changes hands. */
export interface FeedBatch {
  readonly feed: Uint8Array<ArrayBuffer>
}

/** From recorder to proxy: so many more bytes of batches are dealt with (stored, or at least no longer in memory). */
export interface FeedAck {
  readonly ackedBytes: number
  /** Buffers of batches that had room to spare, for further ones. They change hands again. */
  readonly spent?: readonly ArrayBuffer[]
}

export const FeedKind = { tap: 1, pass: 2, send: 3, deliver: 4, drop: 5, hold: 6, event: 7, closed: 8 } as const

export function feedTap(out: ByteWriter, endpoint: number, life: number, records: Uint8Array): void {
  out.u8(FeedKind.tap)
  out.u8(endpoint)
  out.u16(life)
  out.u32(records.length)
  out.raw(records)
}

export function feedPass(out: ByteWriter, readUs: number, handedUs: number, frames: Uint8Array): void {
  out.u8(FeedKind.pass)
  out.f64(readUs)
  out.f64(handedUs)
  out.u32(frames.length)
  out.raw(frames)
}

export function feedSend(out: ByteWriter, readUs: number, frames: Uint8Array): void {
  out.u8(FeedKind.send)
  out.f64(readUs)
  out.u32(frames.length)
  out.raw(frames)
}

export function feedDeliver(out: ByteWriter, atUs: number, message: number, copy: number): void {
  out.u8(FeedKind.deliver)
  out.f64(atUs)
  out.f64(message)
  out.u8(copy)
}

export function feedDrop(out: ByteWriter, atUs: number, message: number, copy: number, whyJson: string): void {
  out.u8(FeedKind.drop)
  out.f64(atUs)
  out.f64(message)
  out.u8(copy)
  sized16(out, whyJson)
}

export function feedHold(out: ByteWriter, atUs: number, message: number, fault: string): void {
  out.u8(FeedKind.hold)
  out.f64(atUs)
  out.f64(message)
  sized16(out, fault)
}

export function feedEvent(out: ByteWriter, eventJson: string): void {
  out.u8(FeedKind.event)
  const at = out.length
  out.u32(0)
  out.patchU32(at, out.text(eventJson))
}

export function feedClosed(out: ByteWriter, endpoint: number, life: number): void {
  out.u8(FeedKind.closed)
  out.u8(endpoint)
  out.u16(life)
}

function sized16(out: ByteWriter, text: string): void {
  const at = out.length
  out.u16(0)
  const bytes = out.text(text) // may grow the buffer, so the view is asked for afterwards
  out.view.setUint16(at, bytes, true)
}
