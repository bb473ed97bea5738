/** What a node's process runs is the protocol of the registry. */
import { expect, test } from 'vitest'
import { loadProtocol } from '../../protocols/load.ts'
import { protocols } from '../../protocols/registry.ts'

test.each(protocols.map(({ name }) => name))('%s alone is as in the registry', async (name) => {
  const { scenarios: all, ...listed } = protocols.find((each) => each.name === name) as (typeof protocols)[number]
  const loaded = await loadProtocol(name)
  const { scenarios, ...alone } = loaded as NonNullable<typeof loaded>
  const told = (value: object) => JSON.stringify(value, (_, part) => (typeof part === 'function' ? String(part) : part))
  expect(told(alone)).toBe(told(listed))
  expect(all).toEqual(expect.arrayContaining([...scenarios]))
})

test('where no folder holds it, nothing runs', async () => {
  await expect(loadProtocol('nothing')).rejects.toThrow()
  expect(await loadProtocol('services')).toBeUndefined()
})
