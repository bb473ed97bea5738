/** Who judges a live run, and on whose time. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { Verdict } from '../../../main/contract/commands.ts'
import { createLab } from '../../../main/lab.ts'
import type { LabOptions } from '../../../main/labApi.ts'
import type { RunConfigInput } from '../../../protocols/core/config.ts'
import { canGiveWay, yieldingThreads } from '../../support/yieldingThreads.ts'

const config: RunConfigInput = { protocol: 'raft', nodes: 3, mode: 'simulation' }

/** Lets a run live for a while; returns its verdicts while it was live, and the last one. */
async function judged(host: LabOptions['host'], look: () => Promise<void>): Promise<{ readonly live: Verdict; readonly last: Verdict }> {
  const dataFolder = mkdtempSync(path.join(tmpdir(), 'synod-aside-'))
  const lab = await createLab({ dataFolder, host })
  try {
    const told: Verdict[] = []
    const connection = lab.connect({ change: (change) => void (change.kind === 'verdict' && told.push(change.verdict)) })
    const { run } = await connection.call('runs.start', { config })
    await connection.call('run.watch', { run, on: true })
    await expect.poll(() => told.some(({ judgedSeq }) => judgedSeq > 0), { timeout: 60_000 }).toBe(true)
    const live = told.at(-1) as Verdict
    await look()
    await connection.call('runs.stop', { run })
    return { live, last: await connection.call('run.check', { run }) }
  } finally {
    await lab.close()
    rmSync(dataFolder, { recursive: true, force: true })
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
