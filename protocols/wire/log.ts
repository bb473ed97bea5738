/**
 * A log that takes events as bytes, in causal order: what the recorder's sequencer makes of the feed, and what a simulation,
 * which has only one order, says at once. Byte ranges are valid during the call only.
 */
export interface Log {
  /** A record of a tap (layout: tap.ts) whose length field is at `at`. */
  tap(endpoint: number, life: number, bytes: Uint8Array, view: DataView, at: number, end: number): void
  /** A frame (layout: frame.ts). `handedUs` is NaN when it was sent and not delivered at once. */
  frame(bytes: Uint8Array, view: DataView, at: number, end: number, readUs: number, handedUs: number): void
  deliver(atUs: number, message: number, copy: number): void
  /** `why`: JSON of `DropEvent.why`. */
  drop(atUs: number, message: number, copy: number, why: Uint8Array): void
  /** `fault`: its id, not JSON. */
  hold(atUs: number, message: number, fault: Uint8Array): void
  /** JSON of an event without its seq. */
  event(json: Uint8Array): void
  /** Something had to be put into the log before what it follows from. */
  outOfOrder(count: number, why: string): void
}
