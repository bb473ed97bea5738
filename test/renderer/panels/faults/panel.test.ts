// @vitest-environment happy-dom
import { flushPromises } from '@vue/test-utils'
import { beforeEach, expect, test } from 'vitest'
import { nextTick } from 'vue'
import { nodeId } from '../../../../protocols/core/ids.ts'
import BreakingHost from '../../../../renderer/panels/faults/BreakingHost.vue'
import FaultsPanel from '../../../../renderer/panels/faults/FaultsPanel.vue'
import { useBreaking } from '../../../../renderer/stores/breaking.ts'
import { useCommands } from '../../../../renderer/stores/commands.ts'
import { useFaults } from '../../../../renderer/stores/faults.ts'
import { useSelection } from '../../../../renderer/stores/selection.ts'
import { type Bench, bench, until } from '../../stores/bench.ts'
import { settled, show } from '../mounting.ts'

let it: Bench
const n = (i: number) => nodeId(`n${i}`)
beforeEach(async () => {
  it = await bench()
})
const body = () => document.body.textContent ?? ''
const button = (text: string) =>
  [...document.querySelectorAll('button')].find((found) => found.textContent?.trim() === text || found.getAttribute('aria-label') === text)

test('each fault is a sentence, and is lifted by its cross', async () => {
  await settled(it)
  show(FaultsPanel)
  expect(body()).toContain('Nothing is broken')
  const faults = useFaults()
  await faults.arm({ kind: 'cut', target: { links: [[n(1), n(2)]] } })
  await faults.actOnNode(n(4), 'pause')
  it.fake.tick(60)
  await until(() => body().includes('Cut n1 → n2') && /n4\s*is paused/.test(body()))
  button('Lift: Cut n1 → n2')!.click()
  button('Resume n4')!.click()
  await flushPromises()
  it.fake.tick(60)
  await until(() => body().includes('Nothing is broken'))
})

test('a form closes when what it asked for is done, and not the next one that was opened meanwhile', async () => {
  const breaking = useBreaking()
  let answer = (_done: boolean) => {}
  const asked = () => new Promise<boolean>((resolve) => (answer = resolve))
  breaking.openForm({ kind: 'delay' })
  const first = breaking.closeAfter(asked())
  breaking.openForm({ kind: 'loss' })
  answer(true)
  await first
  expect(breaking.draft).toEqual({ kind: 'loss' })
  const refused = breaking.closeAfter(asked())
  answer(false)
  await refused
  expect(breaking.draft).toEqual({ kind: 'loss' })
  const second = breaking.closeAfter(asked())
  answer(true)
  await second
  expect(breaking.draft).toBeUndefined()
})

test('heal all puts everything right at once', async () => {
  await settled(it)
  show(FaultsPanel)
  await useFaults().arm({ kind: 'loss', target: { all: true }, probability: 0.5 })
  await useFaults().actOnNode(n(2), 'crash')
  it.fake.tick(60)
  await until(() => body().includes('Lose 50 % of every link') && /n2\s*is down/.test(body()))
  button('Heal all')!.click()
  await flushPromises()
  it.fake.tick(400)
  await until(() => body().includes('Nothing is broken'))
})

test('at an earlier moment the faults of that moment are shown, and those still armed can be lifted', async () => {
  await it.open('Leader crash and partition')
  show(FaultsPanel)
  await it.playback.seekTime(20_000_000)
  await until(() => /Partition n\d, n\d \| n\d, n\d, n\d/.test(body()))
  expect(document.querySelector('[aria-label^="Lift"]')).toBeNull()
  await it.playback.seekTime(25_500_000)
  await until(() => body().includes('Nothing was broken at this moment'))
})

test('messages held at a gate are let through one by one or all', async () => {
  await settled(it)
  for (let i = 0; i < 30; i++) it.fake.tick(50)
  show(FaultsPanel)
  await useFaults().arm({ kind: 'hold', target: { all: true } })
  for (let i = 0; i < 10; i++) it.fake.tick(50)
  await until(() => /\d+ waiting/.test(body()))
  const waiting = () => Number(/(\d+) waiting/.exec(body())?.[1] ?? 0)
  const before = waiting()
  const oldest = [...it.run.now!.inFlight.values()].filter(({ held }) => held).sort((a, b) => a.sentAtUs - b.sentAtUs)[0]!
  button('Next')!.click()
  await flushPromises()
  it.fake.tick(1)
  await until(() => !it.run.now!.inFlight.has(oldest.message))
  expect(waiting()).toBeLessThanOrEqual(before)
})

test('F opens the menu of what is selected, and what is chosen is done', async () => {
  await settled(it)
  show(BreakingHost)
  useSelection().selectNode(n(3))
  await useCommands().run('break.menu')
  await until(() => body().includes('Crash n3'))
  const item = [...document.querySelectorAll<HTMLElement>('[role=menuitem]')].find((found) => found.textContent?.includes('Crash n3'))!
  item.click()
  await flushPromises()
  it.fake.tick(60)
  await until(() => it.run.now?.nodes.get(n(3))?.status === 'down')
})

test('the form shows the fault as a sentence while it is filled in, and arms it', async () => {
  await settled(it)
  show(BreakingHost)
  useBreaking().openForm({ kind: 'delay', target: { links: [[n(1), n(2)]] } })
  await until(() => body().includes('Delay n1 → n2 by 200 ± 50 ms'))
  const kind = [...document.querySelectorAll<HTMLInputElement>('input[name=kind]')].find((found) => found.value === 'loss')!
  kind.click()
  await until(() => /Lose \d+ % of n1 → n2/.test(body()))
  button('Arm')!.click()
  await flushPromises()
  it.fake.tick(60)
  await until(() => useFaults().armedNow.length === 1)
  expect(useFaults().armedNow[0]).toMatchObject({ kind: 'loss', target: { links: [['n1', 'n2']] } })
  await nextTick()
  expect(document.querySelector('.fault-form')).toBeNull()
})

test('the clock of a simulated node is set in its form, stands in the list, and is set right by its cross', async () => {
  await settled(it, 'simulation')
  show(BreakingHost, FaultsPanel)
  useBreaking().openMachine({ node: n(2), part: 'clock' })
  await until(() => body().includes('The clock of n2 is 500 ms ahead'))
  const [skew, drift] = document.querySelectorAll<HTMLInputElement>('[role=spinbutton]')
  for (const [input, value] of [
    [skew!, '-40'],
    [drift!, '5'],
  ] as const) {
    input.value = value
    input.dispatchEvent(new Event('input'))
    input.dispatchEvent(new Event('change'))
  }
  await until(() => body().includes('The clock of n2 is 40 ms behind and goes 5 % too fast'))
  button('Set')!.click()
  await flushPromises()
  it.fake.tick(60)
  expect(document.querySelector('.fault-form')).toBeNull()
  expect(it.run.now?.nodes.get(n(2))?.clock).toEqual({ skewMs: -40, driftPpm: 50_000 })
  await until(() => button('Set the clock of n2 right') !== undefined)
  button('Set the clock of n2 right')!.click()
  await flushPromises()
  it.fake.tick(60)
  await until(() => body().includes('Nothing is broken'))
})

test('a run that has ended cannot be broken, and the menu says so', async () => {
  await it.open('Leader crash and partition')
  show(BreakingHost)
  useSelection().selectNode(n(1))
  await useCommands().run('break.menu')
  await until(() => body().includes('This run has ended'))
  expect(body()).not.toContain('Crash n1')
})
