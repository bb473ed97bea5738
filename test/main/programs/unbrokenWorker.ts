/** Is at work that must not be broken off for a while, again and again, and counts how often it began and ended it. */
import { parentPort, workerData } from 'node:worker_threads'
import { unbroken } from '../../../main/programs/unbroken.ts'

const { counts, forMs } = workerData as { counts: Int32Array; forMs: number }
for (;;) {
  unbroken(() => {
    Atomics.add(counts, 0, 1)
    if (counts[0] === 1) parentPort?.postMessage('at work')
    const untilMs = performance.now() + forMs
    while (performance.now() < untilMs) Math.random()
    Atomics.add(counts, 1, 1)
  })
}
