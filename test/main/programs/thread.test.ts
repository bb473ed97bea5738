/** Threads are ended between two pieces of work that must not be broken off, whoever ends them. */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { setEnvironmentData, Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { Thread } from '../../../main/programs/thread.ts'
import { ENDING, GATE } from '../../../main/programs/unbroken.ts'
import { pressed } from '../../../main/recorder/pressing.ts'

test('a thread that is ended ends what it is at, and begins nothing more', async () => {
  const counts = new Int32Array(new SharedArrayBuffer(8))
  const thread = new Thread(new URL('./unbrokenWorker.ts', import.meta.url), { workerData: { counts, forMs: 30 } })
  await once(thread, 'message')
  await Promise.all([thread.terminate(), thread.terminate()])
  const [begun, ended] = counts
  expect(begun).toBeGreaterThan(0)
  expect(ended).toBe(begun)
})

test('so does one whose process ends', () => {
  const program = path.join(import.meta.dirname, 'endsInTheMidst.ts')
  const said = execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', program], { encoding: 'utf8' })
  expect(said).toMatch(/^(\d+) \1$/)
})

test('a thread that has ended by itself can be ended', async () => {
  const thread = new Thread(new URL('data:text/javascript,process.exit(3)'), {})
  await once(thread, 'exit')
  await thread.terminate()
})

test('pressing and unpressing a chunk is such work: Node would abort the process', async () => {
  const gate = new Int32Array(new SharedArrayBuffer(4))
  setEnvironmentData(GATE, gate as never)
  const worker = new Worker(new URL('./pressingWorker.ts', import.meta.url))
  const words: string[] = []
  worker.on('message', (word: string) => words.push(word))
  try {
    for (const [word, before, after] of [
      [pressed(Buffer.alloc(1000, 'chunk')), 'unpressing', 'unpressed'],
      ['now', 'pressing', 'pressed'],
    ]) {
      Atomics.store(gate, 0, ENDING)
      worker.postMessage(word)
      await expect.poll(() => words.at(-1)).toBe(before)
      await sleep(50)
      expect(words.at(-1)).toBe(before)
      Atomics.store(gate, 0, 0)
      Atomics.notify(gate, 0)
      await expect.poll(() => words.at(-1)).toBe(after)
    }
  } finally {
    await worker.terminate()
  }
})
