/** Who judges a live run, and on whose time. */
import { expect, test } from 'vitest'
import type { Verdict } from '../../../main/contract/commands.ts'
import type { LabOptions } from '../../../main/labApi.ts'
import { canGiveWay, yieldingThreads } from '../../support/yieldingThreads.ts'
import { openLab } from './openLab.ts'

/** Lets a run live for a while; returns a verdict while it was live, and the last one. */
async function judged(host: LabOptions['host'], look: () => Promise<void>): Promise<{ readonly live: Verdict; readonly last: Verdict }> {
  const lab = await openLab(undefined, host)
  try {
    const { run, changes } = await lab.start({ protocol: 'raft', nodes: 3, mode: 'simulation' })
    const told = () => changes.flatMap((change) => (change.kind === 'verdict' ? [change.verdict] : []))
    await expect.poll(() => told().some(({ judgedSeq }) => judgedSeq > 0), { timeout: 60_000 }).toBe(true)
    const live = told().at(-1) as Verdict
    await look()
    await lab.call('runs.stop', { run })
    return { live, last: await lab.call('run.check', { run }) }
  } finally {
    await lab.close()
  }
}

test('without a window a thread judges a live run that gives way to it, and another one what is waited for', async () => {
  const { live, last } = await judged('cli', () => expect.poll(yieldingThreads).toBe(canGiveWay ? 1 : 0))
  for (const verdict of [live, last]) expect(verdict).toMatchObject({ is: 'pass' })
  expect(last.judgedSeq).toBe(last.lastSeq)
})

test('with a window nothing gives way: the thread that judges answers, too', async () => {
  const { last } = await judged('web', async () => expect(yieldingThreads()).toBe(0))
  expect(last).toMatchObject({ is: 'pass', judgedSeq: last.lastSeq })
})
