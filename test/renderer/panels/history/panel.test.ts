// @vitest-environment happy-dom
/** The history in the window: the verdict in words, the bars by pointer and by key, what contradicts itself. */
import type { VueWrapper } from '@vue/test-utils'
import { beforeEach, expect, test } from 'vitest'
import { nextTick } from 'vue'
import HistoryPanel from '../../../../renderer/panels/history/HistoryPanel.vue'
import { useHistory } from '../../../../renderer/stores/history.ts'
import { useSelection } from '../../../../renderer/stores/selection.ts'
import { type Bench, bench, until } from '../../stores/bench.ts'
import { canvases, measured, settled, show, sized } from '../mounting.ts'

let it: Bench
beforeEach(async () => {
  sized(1000, 400)
  measured(1000, 400)
  canvases()
  it = await bench()
})

/** No layout, so nothing is ever in sight by itself. */
async function judged(panel: VueWrapper): Promise<void> {
  useHistory().active = true
  await until(() => useHistory().report !== undefined && !useHistory().judging)
  await until(() => panel.find('strong').exists())
}
const list = (panel: VueWrapper) => panel.get('[role=listbox]')
const current = (panel: VueWrapper) => panel.find('[role=listbox] [role=option]')

test('a run of which the clients saw nothing wrong is linearizable, and its order is known', async () => {
  await it.open('Leader crash and partition')
  const panel = show(HistoryPanel)
  await judged(panel)
  expect(panel.get('[role=status]').text()).toMatch(/^Linearizable\d+ operations on 5 keys fit one order$/)
  const { order, report, log } = useHistory()
  expect(log.size).toBe(report?.operations)
  expect(order.length).toBeGreaterThan(200)
  expect(panel.get('[aria-label=Legend]').text()).toContain('takes effect, in this order')
})

test('by the keys from operation to operation; Enter goes to its call in every view', async () => {
  await it.open('Leader crash and partition')
  const panel = show(HistoryPanel)
  await judged(panel)
  await list(panel).trigger('keydown', { key: 'Home' })
  const first = current(panel).text()
  expect(first).toMatch(/^c1 asks \w+ k\d( \S+)* at \+\d+\.\d{3} s, answered .+ after \d/)
  await list(panel).trigger('keydown', { key: 'ArrowRight' })
  expect(current(panel).text()).not.toBe(first)
  await list(panel).trigger('keydown', { key: 'ArrowDown' })
  expect(current(panel).text()).toMatch(/^c2 asks/)
  await list(panel).trigger('keydown', { key: 'Enter' })
  const selected = useSelection().selected
  expect(selected?.kind).toBe('operation')
  const op = useHistory().log.get(selected?.kind === 'operation' ? selected.operation : -1)
  expect(op?.lane).toBe('c2')
  await until(() => it.playback.seq === op?.seq)
})

test('a click on a bar does the same; one beside the bars moves the playhead there', async () => {
  await it.open('Leader crash and partition')
  await it.playback.seekTime(6_000_000)
  const panel = show(HistoryPanel)
  await judged(panel)
  const click = (clientX: number, clientY: number) => {
    for (const type of ['pointerdown', 'pointerup'])
      list(panel).element.dispatchEvent(new PointerEvent(type, { bubbles: true, button: 0, clientX, clientY, pointerId: 1 }))
  }
  // Along the first lane there must be a bar somewhere.
  for (let x = 80; x < 990 && useSelection().selected === undefined; x += 4) {
    click(x, 40)
  }
  const selected = useSelection().selected
  if (selected?.kind !== 'operation') throw new Error('no bar was hit')
  expect(useHistory().log.get(selected.operation)?.lane).toBe('c1')
  await until(() => it.playback.seq === useHistory().log.get(selected.operation)?.seq)
  const before = it.playback.atUs
  click(900, 390)
  await until(() => it.playback.atUs !== before)
})

test('a history that is wrong says which key, which operations, how much, and draws the longest order tried', async () => {
  await it.open('A stale read')
  const panel = show(HistoryPanel)
  await judged(panel)
  expect(panel.get('[role=status]').text()).toMatch(/^Not linearizable: sequential, key by keykey k1, of \d+ operations on 3 keys/)
  const why = panel.get('[aria-label="Why it is not linearizable"]')
  expect(why.text()).toMatch(/Certain when reader’s get k1 → old returned\. 2 operations contradict each other, whatever the others did\./)
  expect(why.text()).toMatch(/Reads that lag by up to [\d.]+ m?s explain it\./)
  const guilty = panel.findAll('[aria-label="They contradict each other"] button')
  expect(guilty).toHaveLength(2)
  expect(panel.get('[aria-label=Legend]').text()).toContain('an order that leads nowhere')
  await guilty[1]?.trigger('click')
  const certain = useHistory().report?.violations[0]?.certain
  expect(useSelection().selected).toEqual({ kind: 'operation', operation: certain?.id })
  await until(() => it.playback.seq === certain?.at)
})

test('the operations of one key alone', async () => {
  await it.open('A stale read')
  const panel = show(HistoryPanel)
  await judged(panel)
  const key = panel.get('input[type=search]')
  await key.setValue('k1')
  await list(panel).trigger('keydown', { key: 'Home' })
  for (let i = 0; i < 5; i++) {
    expect(current(panel).text()).toMatch(/asks (get|put|cas) k1/)
    await list(panel).trigger('keydown', { key: 'ArrowRight' })
  }
  await key.setValue('nothing')
  expect(panel.text()).toContain('No operation on such a key')
})

test('without an operation it says how to have one; a live history is judged as it grows', async () => {
  await settled(it)
  const panel = show(HistoryPanel)
  useHistory().active = true
  await until(() => panel.text().includes('No client has asked anything yet'))
  const answer = it.fake.call('run.client', { run: it.run.id!, text: 'put x 1' })
  await nextTick()
  for (let i = 0; i < 40; i++) it.fake.tick(50)
  await answer
  await judged(panel)
  expect(panel.get('[role=status]').text()).toMatch(/^Linearizable so far1 operation on 1 key fit one order/)
})
