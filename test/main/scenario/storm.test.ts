/** A storm on a machine that cannot keep up: it ends when its time is over, and says what it left out. */
import { expect, test } from 'vitest'
import type { Stage } from '../../../main/scenario/stage.ts'
import { weather } from '../../../main/scenario/storm.ts'
import { faultId, nodeIds } from '../../../protocols/core/ids.ts'
import { firstMoment } from '../../../protocols/core/moment.ts'

/** Each deed takes so long. */
async function storm(deedMs: number): Promise<{ said: string; tookMs: number }> {
  let nowMs = 0
  const pass = async (ms: number): Promise<void> => {
    nowMs += ms
  }
  const deed = () => pass(deedMs)
  const stage = {
    ...{ seed: 4, moment: firstMoment(nodeIds(5), 1), nowMs: () => nowMs },
    ...{ node: deed, lift: deed, arm: async () => deed().then(() => faultId('f1')) },
    sleep: pass,
  } as unknown as Stage
  const said = await weather(stage, { ms: 3000, deadline: { atMs: 1e9, whole: true }, struck: () => undefined })
  return { said, tookMs: nowMs }
}

test('what would come too late is left out', async () => {
  const quick = await storm(0)
  expect(quick).toEqual({ said: expect.stringMatching(/^\d+ deeds$/), tookMs: 3000 })
  const slow = await storm(700)
  expect(slow.said).toMatch(/^\d deeds; \d+ more would have come too late$/)
  expect(slow.tookMs).toBeLessThanOrEqual(3700)
})
