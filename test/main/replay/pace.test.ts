/** The pass over a recording gives way to whoever asks, and comes to its end however long somebody goes on asking. */
import { expect, test } from 'vitest'
import { PreparingPace } from '../../../main/replay/pace.ts'

/** What the pass does in a second in which somebody asks every so often: how long it worked, and how long the longest question waited for it. */
function second(everyMs: number): { workedMs: number; waitedMs: number } {
  const pace = new PreparingPace()
  let [workedMs, waitedMs, nextMs, nowMs] = [0, 0, 0, 0]
  while (nowMs < 1000) {
    if (nowMs >= nextMs) {
      waitedMs = Math.max(waitedMs, nowMs - nextMs)
      nextMs = nowMs + everyMs
      pace.answered(nowMs)
    }
    const turn = pace.turn(nowMs)
    // A rest ends early when a question comes, for that is answered in between.
    nowMs = 'workMs' in turn ? nowMs + turn.workMs : Math.min(nowMs + turn.restMs, nextMs)
    if ('workMs' in turn) workedMs += turn.workMs
  }
  return { workedMs, waitedMs }
}

test('nobody who asks now and then waits for it', () => {
  for (const everyMs of [70, 100, 140]) expect(second(everyMs).waitedMs, `every ${everyMs} ms`).toBe(0)
})

test('who asks all the time waits for a short slice at most', () => {
  for (const everyMs of [3, 16, 33]) expect(second(everyMs).waitedMs, `every ${everyMs} ms`).toBeLessThan(5)
})

test('it goes on whoever asks, and all the time when nobody does', () => {
  for (const everyMs of [3, 16, 33, 100]) expect(second(everyMs).workedMs, `every ${everyMs} ms`).toBeGreaterThan(250)
  expect(second(100_000).workedMs).toBeGreaterThan(850)
})
