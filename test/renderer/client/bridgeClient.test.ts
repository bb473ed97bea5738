import { expect, test } from 'vitest'
import { type Bridge, bridgeClient } from '../../../renderer/client/bridgeClient.ts'

const bridge = (call: Bridge['call']): Bridge => ({ call, onChange: () => undefined })

test('a plain answer and an answer in an envelope are both understood', async () => {
  expect(await bridgeClient(bridge(async () => [])).call('runs.list', {})).toEqual([])
  expect(await bridgeClient(bridge(async () => ({ ok: true, response: [1] }))).call('runs.list', {})).toEqual([1])
})

test('a failure becomes a LabError, whether it is answered or thrown', async () => {
  const failure = { code: 'port', message: 'The port is in use.', hint: 'Choose another.' } as const
  const wanted = { name: 'LabError', code: 'port', hint: 'Choose another.' }
  await expect(bridgeClient(bridge(async () => ({ ok: false, failure }))).call('runs.list', {})).rejects.toMatchObject(wanted)
  await expect(bridgeClient(bridge(() => Promise.reject(failure))).call('runs.list', {})).rejects.toMatchObject(wanted)
  await expect(bridgeClient(bridge(() => Promise.reject(new Error('gone')))).call('runs.list', {})).rejects.toMatchObject({
    code: 'internal',
    message: 'gone',
  })
})

test('a path is asked for only where the host can', () => {
  expect(bridgeClient(bridge(async () => null)).choosePath).toBeUndefined()
  expect(bridgeClient({ ...bridge(async () => null), choosePath: async () => '/x' }).choosePath).toBeDefined()
})
