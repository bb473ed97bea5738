// @vitest-environment happy-dom
/** The panel that a protocol describes, in the window: its title and views, cells by the keyboard, ballots with votes, and the way to their events. */
import { beforeEach, expect, test, vi } from 'vitest'
import { nextTick } from 'vue'
import ProtocolPanel from '../../../../renderer/panels/protocol/ProtocolPanel.vue'
import { useSelection } from '../../../../renderer/stores/selection.ts'
import { type Bench, bench, until } from '../../stores/bench.ts'
import { canvases, measured, show, sized } from '../mounting.ts'

vi.mock('@vueuse/core', async (whole) => {
  const { shallowRef } = await import('vue')
  return { ...(await whole<object>()), useElementVisibility: () => shallowRef(true) }
})

let it: Bench
beforeEach(async () => {
  canvases()
  sized(800, 300)
  measured(800, 300)
  it = await bench()
  await it.open('Leader crash and partition')
})

const opened = async () => {
  const panel = show(ProtocolPanel)
  await until(() => panel.findAll('tbody th').length === it.run.nodes.length)
  return panel
}

test('it is called what the protocol calls it, and has the views that it describes', async () => {
  const panel = await opened()
  expect(panel.get('section').attributes('aria-label')).toBe('Replicated logs')
  expect(panel.findAll('[role=tab]').map((tab) => tab.text())).toEqual(['Replicated logs', 'Elections'])
  expect(panel.get('[role=grid]').attributes('aria-rowcount')).toBe(String(it.run.nodes.length))
  expect(panel.get('tbody th').text()).toMatch(/^n1, (leader|follower), term \d+, to index \d+, committed \d+, applied \d+, snapshot \d+$/)
  expect(panel.get('[role=status]').text()).toMatch(/^Index \d+ to \d+/)
})

test('by the keyboard: to a cell, what it holds, and to the event at which the node got it', async () => {
  const panel = await opened()
  const grid = panel.get('[role=grid]')
  await grid.trigger('keydown', { key: 'End' })
  await grid.trigger('keydown', { key: 'ArrowDown' })
  const cell = () => panel.get(`#${grid.attributes('aria-activedescendant')}`)
  await until(() => cell().text().startsWith('n2: index'))
  const before = cell().text()
  await grid.trigger('keydown', { key: 'ArrowLeft' })
  expect(cell().text()).not.toBe(before)
  await grid.trigger('keydown', { key: 'Enter' })
  await nextTick()
  const go = panel.findAll('button').find((each) => each.text() === 'Go to where n2 got it')
  const seq = it.playback.seq
  await go?.trigger('click')
  await until(() => it.playback.seq < seq && it.playback.seq > 0)
  expect(useSelection().selected).toEqual({ kind: 'event', seq: it.playback.seq })
})

test('elections: a row for each term, who won it with which votes; a vote leads to its event', async () => {
  const panel = await opened()
  await panel.findAll('[role=tab]')[1]?.trigger('click')
  await until(() => panel.findAll('.vote').length > 6)
  expect(panel.get('[role=status]').text()).toMatch(/^\d+ terms?$/)
  const won = panel.findAll('tbody tr').filter((row) => row.find('.crown').exists())
  expect(won.length).toBeGreaterThan(0)
  expect(won[0]?.get('td').attributes('aria-label')).toMatch(/^term \d+: n\d leader, [345] of 5 votes after/)
  const vote = panel.findAll('tbody button.vote:not(.own)')[0]
  await vote?.trigger('click')
  await until(() => useSelection().selected?.kind === 'event')
  const grid = panel.get('[role=grid]')
  await grid.trigger('keydown', { key: 'Home' })
  await grid.trigger('keydown', { key: 'ArrowRight' })
  expect(grid.attributes('aria-activedescendant')).toMatch(/-0-1$/)
})
