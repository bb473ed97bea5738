/** What a scenario waits for ends when its run does; a wait for nothing but time is no exception. */
import { expect, test } from 'vitest'
import type { LabClient } from '../../../main/contract/client.ts'
import type { Change } from '../../../main/contract/stream.ts'
import { TooLateError } from '../../../main/scenario/stage.ts'
import { RunView } from '../../../main/scenario/view.ts'
import { nodeIds, runId } from '../../../protocols/core/ids.ts'
import { encodeMoment, firstMoment } from '../../../protocols/core/moment.ts'

const run = runId('r')
const AN_HOUR_MS = 3_600_000
const inAnHour = () => ({ atMs: performance.now() + AN_HOUR_MS, whole: true })

/** A client of a run in which nothing happens but what is published. */
async function watched(): Promise<{ view: RunView; publish: (change: Change) => void }> {
  let publish: (change: Change) => void = () => {}
  const answers: { readonly [command: string]: unknown } = {
    'run.watch': null,
    'run.overview': { lastSeq: 0 },
    'run.moment': encodeMoment(firstMoment(nodeIds(1), 1)),
  }
  const client: LabClient = {
    call: async (command) => answers[command] as never,
    onChange: (listener) => {
      publish = listener
      return () => {}
    },
  }
  const view = new RunView(client, run)
  await view.open()
  return { view, publish }
}

test('a wait for time ends with the reason when the recording fails', async () => {
  const { view, publish } = await watched()
  const waiting = view.pass(AN_HOUR_MS / 2, inAnHour())
  publish({ kind: 'trouble', run, failure: { code: 'disk', message: 'the disk is full' } })
  await expect(waiting).rejects.toMatchObject({ code: 'disk', message: 'the disk is full' })
})

test('a trouble in spite of which the run goes on ends no wait', async () => {
  const { view, publish } = await watched()
  const waiting = view.pass(30, inAnHour())
  publish({ kind: 'trouble', run, goesOn: true, failure: { code: 'internal', message: 'link n1→n4: nobody can be reached' } })
  await waiting
})

test('a wait for time ends when somebody ends the run', async () => {
  const { view, publish } = await watched()
  const waiting = view.pass(AN_HOUR_MS / 2, inAnHour())
  publish({ kind: 'runs', runs: [{ run, status: 'ended' } as never] })
  await expect(waiting).rejects.toMatchObject({ code: 'run-ended' })
})

test('a wait for time is over after that time, whatever is recorded meanwhile, and never outlives its deadline', async () => {
  const { view, publish } = await watched()
  const began = performance.now()
  const waiting = view.pass(30, inAnHour())
  publish({ kind: 'runs', runs: [] })
  await waiting
  expect(performance.now() - began).toBeGreaterThanOrEqual(30)
  await expect(view.pass(AN_HOUR_MS, { atMs: performance.now() + 1, whole: false })).rejects.toBeInstanceOf(TooLateError)
})
