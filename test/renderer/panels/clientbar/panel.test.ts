// @vitest-environment happy-dom
import { flushPromises } from '@vue/test-utils'
import { beforeEach, expect, test } from 'vitest'
import { nextTick } from 'vue'
import ClientbarPanel from '../../../../renderer/panels/clientbar/ClientbarPanel.vue'
import { type Bench, bench, until } from '../../stores/bench.ts'
import { settled, show } from '../mounting.ts'

let it: Bench
beforeEach(async () => {
  it = await bench()
})

test('what is asked is answered with its latency, and can be had again with the arrows', async () => {
  await settled(it)
  for (let i = 0; i < 40; i++) it.fake.tick(50)
  const panel = show(ClientbarPanel)
  const input = panel.get('form input')
  const ask = async (text: string) => {
    await input.setValue(text)
    await panel.get('form').trigger('submit')
    for (let i = 0; i < 20; i++) it.fake.tick(20)
    await flushPromises()
  }
  await ask('put x 1')
  await until(() => /put x 1.*ok.*ms/.test(panel.get('.answers').text().replaceAll('\n', ' ')))
  expect((input.element as HTMLInputElement).value).toBe('')
  await ask('frobnicate')
  await until(() => panel.get('.answers').text().includes('is no operation of this store'))
  await input.trigger('keydown', { key: 'ArrowUp' })
  await input.trigger('keydown', { key: 'ArrowUp' })
  expect((input.element as HTMLInputElement).value).toBe('put x 1')
  await input.trigger('keydown', { key: 'ArrowDown' })
  await input.trigger('keydown', { key: 'ArrowDown' })
  expect((input.element as HTMLInputElement).value).toBe('')
})

test('the load is switched on with the settings that were kept, and off again', async () => {
  await settled(it)
  localStorage.setItem('synod.client.load', JSON.stringify({ clients: 3, rate: 50 }))
  const panel = show(ClientbarPanel)
  expect(panel.text()).toContain('3 clients, 50/s')
  await panel.get('[role=switch]').trigger('click')
  await flushPromises()
  it.fake.tick(60)
  await until(() => it.run.now?.load?.rate === 50)
  expect(it.run.now?.load).toMatchObject({ clients: 3, mix: { read: 5, write: 4, cas: 1 } })
  await panel.get('[role=switch]').trigger('click')
  await flushPromises()
  it.fake.tick(60)
  await until(() => it.run.now?.load === undefined)
})

test('settings of another version are forgotten, and a run that has ended cannot be asked', async () => {
  localStorage.setItem('synod.client.load', '{"clients":"many"}')
  await it.open('Leader crash and partition')
  const panel = show(ClientbarPanel)
  await nextTick()
  expect(panel.find('form').exists()).toBe(false)
  expect(panel.text()).toContain('This run has ended')
})
