/** Threads that wait to be told what to do. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { SpareThread } from '../../main/spareThread.ts'

/** Answers its first word with it. */
const start = (): Worker =>
  new Worker("const { parentPort } = require('node:worker_threads'); parentPort.once('message', (word) => parentPort.postMessage(word))", {
    eval: true,
  })

test('the one that waits is taken once, and hears its first word; then a new one is', async () => {
  let started = 0
  const spare = new SpareThread(() => {
    started++
    return start()
  })
  spare.prepare()
  spare.prepare()
  expect(started).toBe(1)
  const [first, second] = [spare.take(), spare.take()]
  expect(started).toBe(2)
  for (const [word, worker] of [first, second].entries()) {
    // Both are listened for beforehand: a thread that ends at once says its last word and its end in one breath.
    const heard = Promise.all([once(worker, 'message'), once(worker, 'exit')])
    worker.postMessage(word)
    expect(await heard).toEqual([[word], [0]])
  }
})

test('one that ended while it waited is not taken', async () => {
  let started = 0
  const spare = new SpareThread(() => (++started === 1 ? new Worker('', { eval: true }) : start()))
  spare.prepare()
  await expect
    .poll(() => {
      spare.prepare()
      return started
    })
    .toBe(2)
  spare.close()
})
