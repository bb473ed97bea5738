/** The replay thread: brings the reader of run files and the replay together, which know nothing of each other. */
import './signing/lookingOn.ts'
import { parentPort, workerData } from 'node:worker_threads'
import { giveWay } from './giveWay.ts'
import { RunReader } from './recorder/reader.ts'
import { serveReplay } from './replay/serve.ts'
import type { ReplayWorkerData } from './replay/thread.ts'

if (!parentPort) throw new Error('replayThread.ts is the entry of a worker thread: see main/replay/thread.ts')
if ((workerData as ReplayWorkerData).givesWay) giveWay()
serveReplay(parentPort as unknown as Parameters<typeof serveReplay>[0], (file) => new RunReader(file))
