/**
 * Work in the midst of which a thread may not be ended. Node's zstd is such: a thread terminated between the making of a
 * (de)compressor and its first use aborts the whole process ("close before init"). So a thread says that it is at such work, and
 * whoever ends it waits for that: see thread.ts.
 */
import { getEnvironmentData, isMainThread } from 'node:worker_threads'

/** The environment datum of a thread that holds its gate: an `Int32Array` of the following two bits, shared with whoever started it. */
export const GATE = 'synod.gate'

/** The thread is at work that must not be broken off. */
export const AT_WORK = 1
/** The thread is being ended: it begins no such work any more. */
export const ENDING = 2

const gate = isMainThread ? undefined : (getEnvironmentData(GATE) as Int32Array | undefined)

/** Of milliseconds, and without such work in it. */
export function unbroken<T>(work: () => T): T {
  if (!gate) return work()
  while (Atomics.compareExchange(gate, 0, 0, AT_WORK) === ENDING) Atomics.wait(gate, 0, ENDING)
  try {
    return work()
  } finally {
    Atomics.and(gate, 0, ~AT_WORK)
    Atomics.notify(gate, 0)
  }
}
