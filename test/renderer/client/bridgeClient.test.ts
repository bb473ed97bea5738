import { expect, test } from 'vitest'
import type { Bridge } from '../../../main/contract/bridge.ts'
import { bridgeClient } from '../../../renderer/client/bridgeClient.ts'

const bridge = (call: Bridge['call']): Bridge => ({
  call,
  onChange: () => () => undefined,
  onConnection: (listener) => {
    listener('open')
    return () => undefined
  },
  onMenu: () => () => undefined,
  choosePath: async (_purpose, suggestion) => `/home/${suggestion}`,
  pathOf: (file) => `/home/${file.name}`,
})

test('an answer is what was answered', async () => {
  expect(await bridgeClient(bridge(async () => ({ ok: true, response: [1] }))).call('runs.list', {})).toEqual([1])
})

test('a failure becomes a LabError again', async () => {
  const failure = { code: 'port', message: 'The port is in use.', hint: 'Choose another.' } as const
  const call = bridgeClient(bridge(async () => ({ ok: false, failure }))).call('runs.list', {})
  await expect(call).rejects.toMatchObject({ name: 'LabError', ...failure })
})

test('the connection and the dialogs are those of the host', async () => {
  const client = bridgeClient(bridge(async () => ({ ok: true, response: null })))
  const states: string[] = []
  client.onConnection((state) => states.push(state))
  expect(states).toEqual(['open'])
  expect(await client.files?.choosePath?.('save', 'run.synod')).toBe('/home/run.synod')
})
