/** The thread of one export or import: it reads and writes without waiting for anybody, and looks now and then whether it shall go on. */
import { parentPort, workerData } from 'node:worker_threads'
import { LabError } from '../contract/errors.ts'
import type { ExchangeProgress } from '../contract/exchange.ts'
import { exportRun } from './exporting.ts'
import { formats } from './formats/index.ts'
import { importRun } from './importing.ts'
import type { ExchangeWork, FromExchange } from './words.ts'

const TELL_MS = 100

const port = parentPort
if (!port) throw new Error('main/exchange/worker.ts is the entry of a worker thread: see main/exchange/thread.ts')
const tell = (word: FromExchange) => port.postMessage(word)
const work = workerData as ExchangeWork
let toldMs = Number.NEGATIVE_INFINITY

function pulse(progress: ExchangeProgress): void {
  if (Atomics.load(work.stop, 0) !== 0) throw new LabError('stopped', `The ${work.do} was stopped.`, 'Nothing of it was kept.')
  if (performance.now() - toldMs < TELL_MS) return
  toldMs = performance.now()
  tell({ progress })
}

try {
  if (work.do === 'import') importRun({ ...work, pulse })
  else {
    const format = formats.find(({ name }) => name === work.as)
    if (!format)
      throw new LabError('bad-request', `There is no format "${work.as}".`, `Known are ${formats.map(({ name }) => name).join(', ')}.`)
    await exportRun({ ...work, format, pulse: (done, total) => pulse({ doing: 'writing', done, total }) })
  }
  tell({ done: true })
} catch (error) {
  const known = error instanceof LabError ? error : new LabError('internal', `The ${work.do} failed: ${(error as Error).message}`)
  tell({ failure: known.toFailure() })
} finally {
  port.close()
}
