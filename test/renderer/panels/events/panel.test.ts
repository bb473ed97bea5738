// @vitest-environment happy-dom
import { flushPromises } from '@vue/test-utils'
import { beforeEach, expect, test } from 'vitest'
import { nextTick } from 'vue'
import EventsPanel from '../../../../renderer/panels/events/EventsPanel.vue'
import { ROW_PX } from '../../../../renderer/panels/events/rows.ts'
import { useSelection } from '../../../../renderer/stores/selection.ts'
import { type Bench, bench, until } from '../../stores/bench.ts'
import { settled, show, sized } from '../mounting.ts'

let it: Bench
beforeEach(async () => {
  sized(900, ROW_PX * 8)
  it = await bench()
})

async function panelOf() {
  const panel = show(EventsPanel)
  await flushPromises()
  const rows = () => panel.findAll('.row')
  const current = () => panel.find('.row.current')
  return { panel, rows, current }
}

test('twenty thousand events are a few rows, and the playhead stands among them', async () => {
  await it.open('Leader crash and partition')
  const { panel, rows, current } = await panelOf()
  await until(() => current().exists() && current().text() !== '')
  expect(rows().length).toBeLessThan(40)
  expect(panel.text()).toContain(`${it.run.lastSeq.toLocaleString('en-US')} events`)
  expect(current().text()).toContain('The run ends')
})

test('moving the playhead brings its row into sight, a click moves the playhead', async () => {
  await it.open('Leader crash and partition')
  const { rows, current } = await panelOf()
  await it.playback.jumpTo(9000)
  await until(() => current().exists() && current().attributes('aria-posinset') === '9000' && current().text() !== '')
  const next = rows().find((row) => row.attributes('aria-posinset') === '9002')!
  await next.trigger('click')
  await until(() => it.playback.seq === 9002)
  expect(useSelection().selected).toEqual({ kind: 'event', seq: 9002 })
})

test('the arrows step through what the filter lets pass', async () => {
  await it.open('Leader crash and partition')
  await it.playback.jumpTo(9000)
  const { panel, rows } = await panelOf()
  await panel.get('input').setValue('node:n3 type:RequestVote,drop')
  await until(() => panel.text().includes('found') && rows().length > 0)
  const read = await it.fake.call('run.events', {
    run: it.run.id!,
    from: 1,
    limit: 5000,
    filter: { nodes: ['n3' as never], types: ['RequestVote', 'drop'] },
  })
  const wanted = read.events.map(({ seq }) => seq)
  await until(() => panel.text().includes(`${wanted.length} found`) || wanted.length > 200)
  const scroller = panel.get('[role=listbox]')
  const after = wanted.find((seq) => seq > 9000)!
  await scroller.trigger('keydown', { key: 'ArrowDown' })
  await until(() => it.playback.seq === after)
  await scroller.trigger('keydown', { key: 'ArrowUp' })
  await until(() => it.playback.seq === wanted.findLast((seq) => seq <= 9000))
})

test('what nothing passes is said, and Escape takes it away', async () => {
  await it.open('Seven nodes at rest')
  const { panel } = await panelOf()
  await panel.get('input').setValue('no such thing anywhere')
  await until(() => panel.text().includes('No event passes this filter'))
  await panel.get('input').trigger('keydown', { key: 'Escape' })
  await nextTick()
  expect((panel.get('input').element as HTMLInputElement).value).toBe('')
  expect(panel.text()).not.toContain('No event passes')
})

test('chips write into the filter what they stand for', async () => {
  await it.open('Seven nodes at rest')
  const { panel } = await panelOf()
  const chip = (name: string) => panel.findAll('.nodes button').find((button) => button.text() === name)!
  await chip('n2').trigger('click')
  await chip('n5').trigger('click')
  expect((panel.get('input').element as HTMLInputElement).value).toBe('node:n2,n5')
  await chip('n2').trigger('click')
  expect((panel.get('input').element as HTMLInputElement).value).toBe('node:n5')
})

test('the log follows a live run, until the person turns the wheel away from its end', async () => {
  await settled(it)
  const { panel, current } = await panelOf()
  for (let i = 0; i < 40; i++) it.fake.tick(50)
  await until(() => current().exists() && Number(current().attributes('aria-posinset')) === it.run.lastSeq)
  const scroller = panel.get('.scroller').element
  scroller.scrollTop = 0
  scroller.dispatchEvent(new Event('scroll'))
  scroller.dispatchEvent(new WheelEvent('wheel', { deltaY: -500 }))
  await until(() => panel.find('.follow').exists())
  for (let i = 0; i < 20; i++) it.fake.tick(50)
  await until(() => /\d+ new/.test(panel.get('.follow').text()))
  expect(scroller.scrollTop).toBe(0)
  await panel.get('.follow').trigger('click')
  await until(() => current().exists() && Number(current().attributes('aria-posinset')) >= it.run.lastSeq - 5)
})
