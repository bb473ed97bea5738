/** A process that ends while its thread is at work that must not be broken off: what it counts then, it says. */
import { once } from 'node:events'
import fs from 'node:fs'
import { Thread } from '../../../main/programs/thread.ts'

const counts = new Int32Array(new SharedArrayBuffer(8))
const thread = new Thread(new URL('./unbrokenWorker.ts', import.meta.url), { workerData: { counts, forMs: 100 } })
await once(thread, 'message')
process.on('exit', () => fs.writeSync(1, counts.join(' ')))
process.exit(0)
