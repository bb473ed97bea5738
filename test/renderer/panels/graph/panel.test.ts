// @vitest-environment happy-dom
import { flushPromises } from '@vue/test-utils'
import type cytoscape from 'cytoscape'
import { beforeEach, expect, test, vi } from 'vitest'
import { nextTick } from 'vue'
import GraphPanel from '../../../../renderer/panels/graph/GraphPanel.vue'
import { createGraph, dress } from '../../../../renderer/panels/graph/graph.ts'
import { useColumns } from '../../../../renderer/stores/columns.ts'
import { usePictures } from '../../../../renderer/stores/pictures.ts'
import { useSelection } from '../../../../renderer/stores/selection.ts'
import { useSpan } from '../../../../renderer/stores/span.ts'
import { useTheme } from '../../../../renderer/stores/theme.ts'
import { type Bench, bench, until } from '../../stores/bench.ts'
import { canvases, show, sized } from '../mounting.ts'

vi.mock('@vueuse/core', async (original) => {
  const { shallowRef } = await import('vue')
  return { ...(await original<typeof import('@vueuse/core')>()), useElementVisibility: () => shallowRef(true) }
})

vi.mock('../../../../renderer/panels/graph/graph.ts', { spy: true })

/** Tokens without which Cytoscape complains. */
const TOKENS = [
  ...['text', 'text-soft', 'text-faint', 'surface', 'fault', 'node-clients', ...[1, 2, 3, 4, 5].map((n) => `node-${n}`)],
  ...['election', 'replication', 'snapshot', 'client', 'membership', 'read', 'other'].map((family) => `family-${family}`),
]

let it: Bench
beforeEach(async () => {
  sized(900, 420)
  canvases()
  for (const token of TOKENS) document.documentElement.style.setProperty(`--${token}`, 'rgb(43, 108, 176)')
  it = await bench()
})

async function opened() {
  await it.open('Leader crash and partition')
  await it.playback.seekTime(12_000_000)
  const panel = show(GraphPanel)
  const columns = useColumns()
  await until(() => columns.columns.count === it.run.lastSeq)
  await until(() => /[1-9]\d* steps/.test(panel.find('.count').text()))
  await flushPromises()
  const area = panel.find('[role=listbox]')
  const said = () => panel.find('[role=option]').text()
  const press = async (key: string) => {
    await area.trigger('keydown', { key })
    await nextTick()
  }
  return { panel, said, press }
}

test('it is walked with the keys: along a lane, to causes and effects, and what is gone to is selected', async () => {
  const { panel, said, press } = await opened()
  await press('ArrowRight')
  const lane = said().split(' ')[0]
  await press('ArrowLeft')
  expect(said().split(' ')[0]).toBe(lane)
  await press('ArrowUp')
  // Back along messages until a step is found that something on another lane led to, and then to what it led to.
  for (let i = 0; i < 40 && !/[1-9]\d* causes?/.test(said()); i++) await press('ArrowLeft')
  const before = said()
  expect(before).toMatch(/[1-9]\d* causes?/)
  await press('ArrowUp')
  expect(said().split(' ')[0]).not.toBe(before.split(' ')[0])
  expect(useSelection().hovered?.kind).toBe('event')
  await press(' ')
  const selected = useSelection().selected
  expect(selected?.kind).toBe('event')
  await until(() => selected?.kind === 'event' && it.playback.seq === selected.seq)
  expect(panel.findAll('[role=option]')).toHaveLength(1)
})

test('of one event it shows what led to it and what it led to, farther away the more', async () => {
  const { panel, press } = await opened()
  await press('ArrowRight')
  await press(' ')
  const window = panel.find('.count').text()
  await panel.findAll('[role=radio]')[1]!.trigger('click')
  await until(() => panel.find('.count').text() !== window)
  const steps = () => Number(/([\d,]+) steps?/.exec(panel.find('.count').text())?.[1]?.replace(',', ''))
  expect(steps()).toBeGreaterThan(3)
  const few = steps()
  useSelection().select(undefined)
  await until(() => panel.text().includes('No event is selected'))
  expect(few).toBeLessThan(600)
})

test('a brushed stretch that holds too much is folded, and it says so', async () => {
  const { panel } = await opened()
  useSpan().choose(0, it.run.lengthUs)
  await until(() => /Folded further: [\d,]+ elements would be more than 2,000/.test(panel.text()))
  expect(panel.text()).toMatch(/of [\d,]+ steps are (taken|shown)/)
})

test('long work is done in pieces, says how far it is, and can be given up and taken up again', async () => {
  const { panel } = await opened()
  const before = panel.find('.count').text()
  // Every look at the clock finds 10 ms gone: a stretch is one piece.
  let nowMs = performance.now()
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (nowMs += 10))
  try {
    useSpan().choose(0, it.run.lengthUs)
    await until(() => panel.find('.work progress').exists())
    expect(panel.text()).toMatch(/Working out [\d,]+ steps|Working out which steps/)
    const far = () => Number(panel.find('.work progress').attributes('value'))
    const first = far()
    await until(() => far() > first)
    expect(panel.find('[role=listbox]').attributes('aria-busy')).toBe('true')
    await panel.find('.work button').trigger('click')
    expect(panel.text()).toContain('Given up')
    for (let turn = 0; turn < 20; turn++) await flushPromises()
    expect(panel.find('.count').text()).toBe(before)
    await panel.find('.work button').trigger('click')
    await until(() => panel.find('.work progress').exists())
    // Another wish puts an end to it: the last one wins.
    useSpan().clear()
  } finally {
    clock.mockRestore()
  }
  await until(() => !panel.find('.work').exists())
  expect(panel.find('.count').text()).toBe(before)
})

test('another theme is put on while the graph is empty, and it is as it was afterwards', async () => {
  const { panel, press } = await opened()
  const core = vi.mocked(createGraph).mock.results.at(-1)?.value as cytoscape.Core
  await press('ArrowRight')
  const all = () => core.elements().map((element) => `${element.id()} ${element.classes().join(' ')}`)
  const isWhole = () => panel.find('[role=listbox]').attributes('aria-busy') === 'false' && core.nodes('.walked').nonempty()
  await until(isWhole)
  const before = all()
  expect(before.length).toBeGreaterThan(20)
  const worn: number[] = []
  vi.mocked(dress).mockImplementation((of) => void worn.push(of.elements().length))
  useTheme().choose('dark')
  await until(() => worn.length > 0 && isWhole())
  expect(worn).toEqual([0])
  expect(all()).toEqual(before)
  vi.mocked(dress).mockReset()
})

test('searching counts what is found, and Enter goes to it', async () => {
  const { panel, said } = await opened()
  const seek = panel.find('input[type=search]')
  await seek.setValue('appendentriesreply')
  const count = Number(/^(\d+) steps?/.exec(panel.findAll('[role=status]')[0]!.text())?.[1])
  expect(count).toBeGreaterThan(0)
  await seek.trigger('keydown', { key: 'Enter' })
  await nextTick()
  expect(said()).toMatch(/takes in AppendEntriesReply from n\d/)
})

test('its picture holds every step and every message that is shown', async () => {
  const { panel } = await opened()
  const picture = usePictures().sources.get('graph')?.()
  expect(picture?.describe).toContain(panel.find('.count').text().split(',')[0])
  const texts: string[] = []
  const arcs: number[] = []
  const pen = new Proxy({} as Record<string, unknown>, {
    get:
      (_, name) =>
      (...given: unknown[]) => {
        if (name === 'fillText') texts.push(String(given[0]))
        if (name === 'arc') arcs.push(given[2] as number)
      },
    set: () => true,
  })
  picture?.draw(pen as never, { color: () => 'rgb(0, 0, 0)', ratio: 1 })
  const lanes = panel.findAll('.name').map((name) => name.text())
  expect(lanes.length).toBeGreaterThan(3)
  for (const name of lanes) expect(texts).toContain(name)
  expect(texts.filter((text) => text.startsWith('AppendEntries')).length).toBeGreaterThan(5)
  expect(arcs.length).toBeGreaterThan(30)
})
