// @vitest-environment happy-dom
import { flushPromises } from '@vue/test-utils'
import { beforeEach, expect, test } from 'vitest'
import { nextTick } from 'vue'
import EventsPanel from '../../../../renderer/panels/events/EventsPanel.vue'
import { ROW_PX } from '../../../../renderer/panels/events/rows.ts'
import { useCommands } from '../../../../renderer/stores/commands.ts'
import { useEvents } from '../../../../renderer/stores/events.ts'
import { useMatches } from '../../../../renderer/stores/matches.ts'
import { useQueries } from '../../../../renderer/stores/queries.ts'
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

test('the arrows step through what passes the query', async () => {
  await it.open('Leader crash and partition')
  await it.playback.jumpTo(9000)
  const { panel, rows } = await panelOf()
  const where = 'node:n3 (type:RequestVote or kind:drop)'
  await panel.get('input').setValue(where)
  await until(() => /\d found$/.test(panel.get('.count').text()) && rows().length > 0)
  const read = await it.fake.call('run.events', { run: it.run.id!, from: 1, limit: 5000, where })
  const wanted = read.events.map(({ seq }) => seq)
  expect(panel.get('.count').text()).toBe(`${wanted.length.toLocaleString('en-US')} found`)
  const scroller = panel.get('[aria-label="Event log"]')
  const after = wanted.find((seq) => seq > 9000)!
  await scroller.trigger('keydown', { key: 'ArrowDown' })
  await until(() => it.playback.seq === after)
  await scroller.trigger('keydown', { key: 'ArrowUp' })
  await until(() => it.playback.seq === wanted.findLast((seq) => seq <= 9000))
  await until(() => panel.find('.row.current').exists() && panel.get('.row.current').text() !== '')
})

test('the matches of a query are stepped through by its keys, and end where there are no more', async () => {
  await it.open('Leader crash and partition')
  await panelOf()
  const matches = useMatches()
  matches.ask('note:becomeLeader')
  await until(() => !matches.searching && matches.count > 1)
  const seqs = [...matches.positions.seqs]
  await it.playback.jumpTo(0)
  for (const seq of seqs) {
    await useCommands().run('events.next')
    expect(it.playback.seq).toBe(seq)
  }
  await useCommands().run('events.next')
  expect(it.playback.seq).toBe(seqs.at(-1))
  await useCommands().run('events.last')
  expect(it.playback.seq).toBe(seqs.at(-2))
})

test('what nothing passes is said, and Escape takes it away', async () => {
  await it.open('Seven nodes at rest')
  const { panel } = await panelOf()
  await panel.get('input').setValue('"no such thing anywhere"')
  await until(() => panel.text().includes('No event passes this query'))
  await panel.get('input').trigger('keydown', { key: 'Escape' })
  await nextTick()
  expect((panel.get('input').element as HTMLInputElement).value).toBe('')
  expect(panel.text()).not.toContain('No event passes')
})

test('what is wrong with a query is said where it is wrong, and the last one that was right stays', async () => {
  await it.open('Seven nodes at rest')
  const { panel } = await panelOf()
  await panel.get('input').setValue('kind:send')
  await until(() => /^[1-9].* found$/.test(panel.get('.count').text()))
  await panel.get('input').setValue('kind:send kind:dropp')
  await until(() => panel.find('.problem').exists())
  expect(panel.get('.problem').text()).toContain('Did you mean drop?')
  expect(panel.get('.mirror span').text()).toBe('dropp')
  expect(useMatches().where).toBe('kind:send')
  await panel.get('input').setValue('kind:send kind:step')
  await until(() => !panel.find('.problem').exists())
})

test('a field that nothing is called like is looked for all the same; when nothing is found, what may have been meant is one click away', async () => {
  await it.open('Leader crash and partition')
  const { panel } = await panelOf()
  await panel.get('input').setValue('node:n1 tern>1')
  await until(() => panel.find('.notice').exists())
  expect(panel.get('.notice').text()).toContain('nothing known here is called tern. Did you mean')
  expect(panel.get('.count').text()).toBe('0 found')
  await panel.get('.notice button').trigger('click')
  expect(panel.get<HTMLInputElement>('input').element.value).toBe('node:n1 term>1')
  await until(() => /^[1-9][\d,]* found$/.test(panel.get('.count').text()))
  expect(panel.find('.notice').exists()).toBe(false)
})

test('a query is completed from the names of the run and of its protocol', async () => {
  await it.open('Seven nodes at rest')
  const { panel } = await panelOf()
  const input = panel.get('input')
  const type = async (text: string) => {
    await input.setValue(text)
    ;(input.element as HTMLInputElement).setSelectionRange(text.length, text.length)
    await input.trigger('input')
  }
  const options = () => panel.findAll('.options [role=option]').map((option) => option.get('.data').text())
  await type('Append')
  expect(options()).toContain('type:AppendEntries')
  await type('node:n')
  expect(options()).toEqual(['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7', 'clients'])
  await type('prevLog')
  expect(options()).toEqual(expect.arrayContaining(['prevLogIndex', 'prevLogTerm']))
  await type('kind:send note:becomeL')
  await input.trigger('keydown', { key: 'ArrowDown' })
  await input.trigger('keydown', { key: 'Enter' })
  await nextTick()
  expect((input.element as HTMLInputElement).value).toBe('kind:send note:becomeLeader ')
  expect(options()).toEqual([])
})

test('a query is kept under a name, for its protocol, and asked again by it', async () => {
  await it.open('Seven nodes at rest')
  await panelOf()
  const queries = useQueries()
  queries.save('Mine', 'kind:node')
  queries.save('Mine', 'kind:node or kind:action')
  await nextTick()
  expect(JSON.parse(localStorage.getItem('synod.queries.1') ?? '')).toEqual({ raft: [{ name: 'Mine', where: 'kind:node or kind:action' }] })
  expect(queries.shipped.map(({ name }) => name)).toContain('Elections')
  const matches = useMatches()
  for (const { where } of [...queries.shipped, ...queries.mine]) {
    matches.ask(where)
    expect(matches.problem, where).toBeUndefined()
    expect(matches.where).toBe(where)
  }
  queries.remove('Mine')
  expect(queries.mine).toEqual([])
})

test('side by side, every event stands in the column of its node', async () => {
  await it.open('Leader crash and partition')
  await it.playback.jumpTo(9000)
  const { panel, rows } = await panelOf()
  await panel.get('[aria-label="Nodes side by side"]').trigger('click')
  await until(() => rows().some((row) => row.find('.cell').exists()))
  const heads = panel.findAll('.heads button').map((head) => head.text())
  expect(heads).toEqual(['n1', 'n2', 'n3', 'n4', 'n5', 'clients'])
  let seen = 0
  for (const row of rows()) {
    const event = useEvents().peek(Number(row.attributes('aria-posinset')))
    if (event?.kind !== 'step' || !row.find('.cell').exists()) continue
    seen++
    expect((row.get('.cell').element as HTMLElement).style.gridColumn).toBe(String(heads.indexOf(event.node) + 2))
    expect(row.get('.cell .truncate').text(), 'what its sign says').not.toMatch(/^(receives|handles) /)
  }
  expect(seen).toBeGreaterThan(1)
})

test('a search that is stopped keeps what it found, and goes on where it stopped', async () => {
  await it.open('Leader crash and partition')
  const matches = useMatches()
  matches.ask('kind:step')
  await until(() => matches.count > 0)
  matches.stop()
  const found = matches.count
  const all = await it.fake.call('run.find', { run: it.run.id!, from: 1, where: 'kind:step' })
  expect(found).toBeLessThanOrEqual(it.run.lastSeq)
  expect(found).toBeGreaterThanOrEqual(all.seqs.length)
  await until(() => !matches.searching)
  expect(matches.count).toBe(found)
  matches.goOn()
  await until(() => !matches.searching)
  const seqs = [...matches.positions.seqs]
  expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b))
  expect(matches.progress).toBe(1)
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
