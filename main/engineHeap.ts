/**
 * How much memory the engine's threads take for speed. V8 lets a heap grow to several times what is in use before it looks for
 * garbage, and gives each thread tens of megabytes for young objects. With four threads in one process that was more than
 * half of what the engine weighed, and bought no throughput that could be measured.
 */
import { setFlagsFromString } from 'node:v8'

/** For this thread, and for those that are started later. */
export function keepHeapsSmall(): void {
  setFlagsFromString('--heap-growing-percent=25')
  setFlagsFromString('--max-semi-space-size=2') // megabytes; a thread has up to three of them
}
