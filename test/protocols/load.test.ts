/** What a node's process runs is the protocol of the registry. */
import { expect, test } from 'vitest'
import type { AnyProtocol } from '../../protocols/core/machine.ts'
import { loadProtocol } from '../../protocols/load.ts'
import { protocols } from '../../protocols/registry.ts'

test.each(protocols)('$name alone is as in the registry, made of the same parts', async (listed) => {
  const alone = (await loadProtocol(listed.name)) as AnyProtocol
  expect(Object.keys(alone)).toEqual(Object.keys(listed))
  for (const part of ['options', 'message', 'messages', 'timers', 'invariants', 'clusterSize'] as const)
    expect(alone[part], part).toBe(listed[part])
  const told = ({ controls = [] }: AnyProtocol) => controls.map(({ name }) => name)
  expect(told(alone)).toEqual(told(listed))
})

test('where no folder holds it, nothing runs', async () => {
  await expect(loadProtocol('nothing')).rejects.toThrow()
  expect(await loadProtocol('services')).toBeUndefined()
})
