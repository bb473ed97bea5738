/** Takes batches of the feed apart, one flat entry per message or event: the plain reading of the format, for tests. */
import type { MessageId } from '../../../protocols/core/ids.ts'
import { readText } from '../../../protocols/wire/bytes.ts'
import { FeedKind } from '../../../protocols/wire/feed.ts'
import { bodyStart, frameMessageId } from '../../../protocols/wire/frame.ts'

export type LogEntry =
  | { kind: 'send'; message: MessageId; body: unknown; atUs: number }
  | { kind: 'deliver'; message: MessageId; copy: number; atUs: number }
  | { kind: 'drop'; message: MessageId; copy: number; why: unknown; atUs: number }
  | { kind: 'hold'; message: MessageId; fault: string; atUs: number }
  | { kind: 'event'; event: { kind: string; [key: string]: unknown } }
  | { kind: 'tap'; endpoint: number; life: number; records: Uint8Array }
  | { kind: 'closed'; endpoint: number; life: number }

export function readFeed(batch: Uint8Array): LogEntry[] {
  const log: LogEntry[] = []
  const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength)
  let at = 0
  /** The place of the next `count` bytes, which are read by that. */
  const next = (count: number) => {
    at += count
    return at - count
  }
  const u8 = () => view.getUint8(next(1))
  const u16 = () => view.getUint16(next(2), true)
  const u32 = () => view.getUint32(next(4), true)
  const f64 = () => view.getFloat64(next(8), true)
  const raw = (count: number) => batch.subarray(next(count), at)
  while (at < batch.length) {
    const kind = u8()
    switch (kind) {
      case FeedKind.tap:
        log.push({ kind: 'tap', endpoint: u8(), life: u16(), records: raw(u32()) })
        break
      case FeedKind.pass: {
        const [readUs, handedUs] = [f64(), f64()]
        for (const { message, body } of frames(raw(u32()))) {
          log.push({ kind: 'send', message, body, atUs: readUs })
          log.push({ kind: 'deliver', message, copy: 0, atUs: handedUs })
        }
        break
      }
      case FeedKind.send: {
        const readUs = f64()
        for (const { message, body } of frames(raw(u32()))) log.push({ kind: 'send', message, body, atUs: readUs })
        break
      }
      case FeedKind.deliver:
        log.push({ kind: 'deliver', atUs: f64(), message: f64() as MessageId, copy: u8() })
        break
      case FeedKind.drop:
        log.push({ kind: 'drop', atUs: f64(), message: f64() as MessageId, copy: u8(), why: JSON.parse(readText(raw(u16()))) })
        break
      case FeedKind.hold:
        log.push({ kind: 'hold', atUs: f64(), message: f64() as MessageId, fault: readText(raw(u16())) })
        break
      case FeedKind.event:
        log.push({ kind: 'event', event: JSON.parse(readText(raw(u32()))) })
        break
      case FeedKind.closed:
        log.push({ kind: 'closed', endpoint: u8(), life: u16() })
        break
      default:
        throw new Error(`feed entry of kind ${kind} at byte ${at - 1}`)
    }
  }
  return log
}

function* frames(bytes: Uint8Array): Generator<{ message: MessageId; body: unknown }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + view.getUint32(at, true)
    yield { message: frameMessageId(view, at), body: JSON.parse(readText(bytes.subarray(bodyStart(view, at), end))) }
    at = end
  }
}
