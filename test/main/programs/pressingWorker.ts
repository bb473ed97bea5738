/** Presses a chunk and unpresses it, and says between which words it was at it. */
import { parentPort } from 'node:worker_threads'
import { pressed, unpressed } from '../../../main/recorder/pressing.ts'

const chunk = Buffer.alloc(1000, 'chunk')
parentPort?.once('message', (pressedBefore: Uint8Array) => {
  parentPort?.postMessage('unpressing')
  unpressed(Buffer.from(pressedBefore))
  parentPort?.postMessage('unpressed')
  parentPort?.once('message', () => {
    parentPort?.postMessage('pressing')
    pressed(chunk)
    parentPort?.postMessage('pressed')
  })
})
