// @vitest-environment happy-dom
import { flushPromises } from '@vue/test-utils'
import { beforeEach, expect, test } from 'vitest'
import { nextTick } from 'vue'
import TopologyPanel from '../../../../renderer/panels/topology/TopologyPanel.vue'
import { useBreaking } from '../../../../renderer/stores/breaking.ts'
import { useSelection } from '../../../../renderer/stores/selection.ts'
import { type Bench, bench } from '../../stores/bench.ts'
import { canvases, settled, show, sized } from '../mounting.ts'

let it: Bench
beforeEach(async () => {
  sized(700, 420)
  canvases()
  it = await bench()
})

test('the drawing is also a list that says who leads, walked and picked with the keys', async () => {
  await it.open('Leader crash and partition')
  await it.playback.seekTime(12_000_000)
  const panel = show(TopologyPanel)
  await flushPromises()
  const options = () => panel.findAll('[role=option]')
  const texts = options().map((option) => option.text())
  expect(texts).toHaveLength(6)
  expect(texts.some((text) => /^n4, leader, term 2, leader · commit \d+$/.test(text))).toBe(true)
  expect(texts).toContain('n5, down, down')
  ;(options()[0]!.element as HTMLElement).focus()
  await options()[0]!.trigger('keydown', { key: 'ArrowDown' })
  await nextTick()
  expect(document.activeElement?.textContent?.trim()).toMatch(/^n2/)
  await options()[1]!.trigger('keydown', { key: 'Enter' })
  expect(useSelection().selected).toEqual({ kind: 'node', node: 'n2' })
  // From a node to its links and back.
  await options()[1]!.trigger('keydown', { key: 'ArrowRight' })
  await nextTick()
  expect(options().map((option) => option.text())).toContain('link n2 to n5')
  await options()[0]!.trigger('keydown', { key: 'f' })
  expect(useBreaking().subject).toEqual({ kind: 'link', from: 'n2', to: 'n1' })
  expect(useBreaking().menuAt).toBeDefined()
  await options()[0]!.trigger('keydown', { key: 'Escape' })
  await nextTick()
  expect(document.activeElement?.textContent?.trim()).toMatch(/^n2/)
})

test('a fault on a link is told where the link is', async () => {
  await settled(it)
  const run = it.run.id!
  await it.fake.call('run.arm', { run, fault: { kind: 'delay', target: { links: [['n1', 'n2']] }, delayMs: 200, jitterMs: 50 } })
  it.fake.tick(40)
  const panel = show(TopologyPanel)
  await flushPromises()
  const first = () => panel.findAll('[role=option]')[0]!
  await first().trigger('keydown', { key: 'ArrowRight' })
  await nextTick()
  expect(panel.findAll('[role=option]').map((option) => option.text())).toContain('link n1 to n2: Delay n1 → n2 by 200 ± 50 ms')
})

test('a loop round nodes selects them and offers to part them from the rest', async () => {
  await settled(it)
  const panel = show(TopologyPanel)
  await flushPromises()
  const host = panel.get('[data-topology]').element
  const points = [
    [0, 0],
    [350, 0],
    [700, 0],
    [700, 200],
    [350, 180],
    [0, 200],
    [0, 100],
  ] as const
  const point = (type: string, [clientX, clientY]: readonly [number, number], target: EventTarget = window) =>
    target.dispatchEvent(
      new PointerEvent(type, { clientX, clientY, button: 0, shiftKey: true, pointerId: 3, bubbles: true, cancelable: true }),
    )
  point('pointerdown', points[0], panel.get('.graph').element)
  for (const at of points.slice(1)) point('pointermove', at)
  point('pointerup', points[6])
  await nextTick()
  const { subject } = useBreaking()
  expect(subject?.kind).toBe('nodes')
  const caught = subject?.kind === 'nodes' ? subject.nodes : []
  expect(caught).toContain('n1')
  expect(caught).not.toContain('n3')
  expect(host.querySelector('.lasso path')?.getAttribute('d')).toBe('')
})

test('nodes that a person moved stand there again when the run is opened again', async () => {
  const run = await it.open('Leader crash and partition')
  localStorage.setItem(`synod.topology.${run}`, JSON.stringify({ n1: { x: 40, y: -10 } }))
  const panel = show(TopologyPanel)
  await flushPromises()
  expect(panel.find('[aria-label="Put the nodes back on their ring"]').exists()).toBe(true)
  await panel.get('[aria-label="Put the nodes back on their ring"]').trigger('click')
  await nextTick()
  expect(localStorage.getItem(`synod.topology.${run}`)).toBeNull()
})
