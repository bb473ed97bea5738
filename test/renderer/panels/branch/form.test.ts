// @vitest-environment happy-dom

import { beforeEach, expect, test, vi } from 'vitest'
import { nextTick } from 'vue'
import BranchForm from '../../../../renderer/panels/branch/BranchForm.vue'
import { useBranching } from '../../../../renderer/stores/branching.ts'
import { type Bench, bench, until } from '../../stores/bench.ts'
import { show } from '../mounting.ts'

let it: Bench
beforeEach(async () => {
  it = await bench()
})

async function asked() {
  const asks = vi.spyOn(it.fake, 'call')
  const branches = () => asks.mock.calls.filter(([command]) => command === 'run.branch').map(([, request]) => request)
  const form = show(BranchForm)
  useBranching().ask(5)
  await nextTick()
  const press = async (text: string) => {
    const button = form.findAll('button').find((each) => each.text() === text)
    if (!button) throw new Error(`no button "${text}" among ${form.findAll('button').map((each) => each.text())}`)
    await button.trigger('click')
    await nextTick()
  }
  return { form, branches, press }
}

test('where nothing is live, nothing is said of it and nothing may be ended', async () => {
  const run = await it.open('Leader crash and partition')
  const { form, branches, press } = await asked()
  expect(form.text()).not.toContain('is live')
  await press('Branch here')
  await until(() => it.run.id !== run)
  expect(branches()).toMatchObject([{ run, seq: 5, endLive: false }])
})

test('that the live run will be ended is said before, and only then is it done', async () => {
  const run = await it.startLive()
  const { form, branches, press } = await asked()
  expect(form.text()).toContain('The live run will be ended when the branch is made; its recording stays whole.')
  expect(branches()).toEqual([])
  await press('End the live run and branch')
  await until(() => it.run.id !== run)
  expect(branches()).toMatchObject([{ run, seq: 5, endLive: true }])
})

test('it can wait: the branch begins when the live run has ended, and not before', async () => {
  const run = await it.startLive()
  const { form, branches, press } = await asked()
  await press('Wait until it ends')
  await press('Branch when it has ended')
  expect(form.get('[role=status]').text()).toContain('Waiting for this run to end')
  expect(branches()).toEqual([])
  await it.lab.call('runs.stop', { run })
  await until(() => it.run.id !== run)
  expect(branches()).toMatchObject([{ run, seq: 5, endLive: false }])
  expect(form.find('[role=dialog]').exists()).toBe(false)
})

test('waiting can be given up', async () => {
  const run = await it.startLive()
  const { branches, press } = await asked()
  await press('Wait until it ends')
  await press('Branch when it has ended')
  await press('Cancel')
  await it.lab.call('runs.stop', { run })
  await until(() => it.lab.runs.every(({ status }) => status !== 'live'))
  await nextTick()
  expect(branches()).toEqual([])
})

test('of another live run its name is said', async () => {
  await it.startLive()
  const { name } = it.lab.runs.find(({ status }) => status === 'live') ?? { name: '?' }
  await it.open('Leader crash and partition')
  const { form } = await asked()
  expect(form.text()).toContain(`“${name}” is live, and the lab runs one at a time.`)
})
