// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test, vi } from 'vitest'
import { effectScope } from 'vue'
import { useCommands } from '../../../renderer/stores/commands.ts'

beforeEach(() => setActivePinia(createPinia()))

test('commands are there while the part that registered them is', () => {
  const commands = useCommands()
  const scope = effectScope()
  scope.run(() => commands.register([{ id: 'a', title: 'A', group: 'View', run: () => undefined }]))
  expect(commands.all.map(({ id }) => id)).toEqual(['a'])
  scope.stop()
  expect(commands.all).toEqual([])
})

test('a command that is not enabled is not offered and does not run', async () => {
  const commands = useCommands()
  const run = vi.fn()
  commands.register([{ id: 'a', title: 'A', group: 'View', enabled: () => false, run }])
  expect(commands.available).toEqual([])
  await commands.run('a')
  expect(run).not.toHaveBeenCalled()
})

test('a later command of the same name takes the place of an earlier one', async () => {
  const commands = useCommands()
  const [first, second] = [vi.fn(), vi.fn()]
  commands.register([{ id: 'a', title: 'A', group: 'View', run: first }])
  commands.register([{ id: 'a', title: 'A', group: 'View', run: second }])
  await commands.run('a')
  expect(first).not.toHaveBeenCalled()
  expect(second).toHaveBeenCalledOnce()
})
