/** Frames of one link that wait together, for a time, for a receiver, or for a person. */
import type { MessageId } from '../../protocols/core/ids.ts'
import { frameMessageId } from '../../protocols/wire/frame.ts'

export interface Parcel {
  /** Whole frames. */
  readonly bytes: Uint8Array
  /** When they arrive, on the run's clock. */
  readonly dueMs: number
  /** Copies that follow. More than 0 only for a single frame. */
  readonly copies: number
}

/**
 * Bytes that may rest for long. A piece of a larger read is copied when it would keep much more memory alive than it
 * needs itself.
 */
export function kept(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return 2 * (end - start) >= bytes.buffer.byteLength ? bytes.subarray(start, end) : Uint8Array.prototype.slice.call(bytes, start, end)
}

/** Calls `visit` for each of the frames in `bytes`. */
export function eachMessage(bytes: Uint8Array, visit: (message: MessageId, start: number, end: number) => void): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + view.getUint32(at, true)
    visit(frameMessageId(view, at), at, end)
    at = end
  }
}
