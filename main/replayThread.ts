/** The replay thread: brings the reader of run files and the replay together, which know nothing of each other. */
import './signing/lookingOn.ts'
import { parentPort } from 'node:worker_threads'
import { RunReader } from './recorder/reader.ts'
import { serveReplay } from './replay/serve.ts'

if (!parentPort) throw new Error('replayThread.ts is the entry of a worker thread: see main/replay/thread.ts')
serveReplay(parentPort as unknown as Parameters<typeof serveReplay>[0], (file) => new RunReader(file))
