// @vitest-environment happy-dom
import { flushPromises } from '@vue/test-utils'
import { beforeEach, expect, test } from 'vitest'
import { nodeId } from '../../../../protocols/core/ids.ts'
import { valueAtTime } from '../../../../renderer/model/watches.ts'
import StatePanel from '../../../../renderer/panels/state/StatePanel.vue'
import { useBookmarks } from '../../../../renderer/stores/bookmarks.ts'
import { useFieldChanges } from '../../../../renderer/stores/fieldChanges.ts'
import { useStatePins } from '../../../../renderer/stores/statePins.ts'
import { useWatches } from '../../../../renderer/stores/watches.ts'
import { type Bench, bench, until } from '../../stores/bench.ts'
import { show, sized } from '../mounting.ts'

let it: Bench
beforeEach(async () => {
  localStorage.clear()
  sized(600, 600)
  it = await bench()
})

test('the state at the playhead, beside a pinned one, is told by what differs; swapped, the other way round', async () => {
  await it.open('Leader crash and partition')
  await it.playback.seekTime(11_000_000)
  const panel = show(StatePanel)
  await until(() => panel.find('[role=tree]').exists())
  const tree = panel.get('[role=tree]')
  await tree.trigger('keydown', { key: 'a' })
  const pins = useStatePins()
  expect(pins.a).toEqual({ node: 'n1', seq: it.playback.seq })
  pins.node = nodeId('n2')
  await it.playback.seekTime(26_000_000)
  await until(() => pins.diff?.b.seq === it.playback.seq && pins.diff?.b.node === 'n2')
  await until(() => panel.text().includes('currentTerm'))
  const row = () => panel.findAll('li.row').find((item) => item.text().includes('currentTerm'))
  expect(row()?.text()).toBe('≠currentTerm2→3')
  expect(row()?.get('.sign').attributes('aria-label')).toBe('differs')
  pins.swap()
  await until(() => row()?.text() === '≠currentTerm3→2')
  pins.unpin('a')
  pins.unpin('b')
  await until(() => panel.find('[role=tree]').exists())
})

test('of a field every change is listed in order, and a click goes there', async () => {
  await it.open('Leader crash and partition')
  await it.playback.seekTime(20_000_000)
  const panel = show(StatePanel)
  const changes = useFieldChanges()
  await changes.ask(nodeId('n1'), 'currentTerm')
  await until(() => !changes.looking)
  const rows = () => panel.findAll('aside ol button')
  await until(() => rows().length === changes.changes.length)
  expect(changes.changes.map(({ after }) => after)).toEqual([...changes.changes.map(({ after }) => after)].sort())
  expect(changes.isWhole).toBe(true)
  expect(rows().length).toBeGreaterThan(2)
  await rows()[1]?.trigger('click')
  await until(() => it.playback.seq === changes.changes[1]?.seq)
})

test('what is watched is kept for the protocol, drawn from the lab, and refused with a reason when it is no expression', async () => {
  await it.open('Leader crash and partition')
  const watches = useWatches()
  expect(watches.add('commitIndex')).toContain('is no watch')
  expect(watches.add('n9.role')).toContain('There is no node n9')
  watches.span = { fromUs: 0, toUs: it.run.lengthUs }
  expect(watches.add('*.term')).toBeUndefined()
  await until(() => watches.lanes.get('*.term') !== undefined)
  const lane = watches.lanes.get('*.term')
  expect(lane?.nodes.map(({ node }) => node)).toEqual(it.run.nodes)
  await it.playback.seekTime(20_000_000)
  const shown = it.playback.moment?.nodes.get(nodeId('n3'))?.observation?.epoch
  expect(valueAtTime(lane?.nodes[2]?.points ?? [], 20_000_000)).toBe(shown)
  expect(JSON.parse(localStorage.getItem('synod.watches.raft') ?? '')).toEqual(['*.term'])
  watches.remove('*.term')
  expect(watches.lanes.size).toBe(0)
})

test('a bookmark is set at the playhead with its note, found again from either side, changed and deleted', async () => {
  await it.open('Leader crash and partition')
  const bookmarks = useBookmarks()
  const marked: number[] = []
  for (const us of [8_000_000, 24_000_000]) {
    await it.playback.seekTime(us)
    bookmarks.mark()
    await bookmarks.save(`at ${us}`)
    marked.push(it.playback.seq)
  }
  expect(bookmarks.list.map(({ seq }) => seq)).toEqual(marked)
  await it.playback.seekTime(16_000_000)
  await bookmarks.step(-1)
  expect(it.playback.seq).toBe(marked[0])
  await bookmarks.step(1)
  expect(it.playback.seq).toBe(marked[1])
  bookmarks.mark() // where one is, its note is written anew
  await bookmarks.save('changed')
  expect(bookmarks.list.map(({ note }) => note)).toEqual(['at 8000000', 'changed'])
  await bookmarks.remove(bookmarks.list[0]!)
  await flushPromises()
  expect(bookmarks.list).toHaveLength(1)
})
