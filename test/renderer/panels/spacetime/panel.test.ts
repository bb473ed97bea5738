// @vitest-environment happy-dom
/** The space-time diagram in the window: by pointer and by key, two events compared, a cut judged, a run without clocks. */
import type { VueWrapper } from '@vue/test-utils'
import { beforeEach, expect, test } from 'vitest'
import { markRaw, nextTick } from 'vue'
import { takeRows } from '../../../../protocols/causality/block.ts'
import { Columns } from '../../../../protocols/causality/columns.ts'
import SpacetimeCanvas from '../../../../renderer/panels/spacetime/SpacetimeCanvas.vue'
import SpacetimePanel from '../../../../renderer/panels/spacetime/SpacetimePanel.vue'
import type { Scene } from '../../../../renderer/panels/spacetime/scene.ts'
import { useBookmarks } from '../../../../renderer/stores/bookmarks.ts'
import { useBranching } from '../../../../renderer/stores/branching.ts'
import { useColumns } from '../../../../renderer/stores/columns.ts'
import { useMatches } from '../../../../renderer/stores/matches.ts'
import { useSelection } from '../../../../renderer/stores/selection.ts'
import { useSpan } from '../../../../renderer/stores/span.ts'
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
async function read(): Promise<void> {
  const columns = useColumns()
  columns.want()
  await until(() => columns.columns.count === it.run.lastSeq && !columns.reading)
}
async function opened(name: string): Promise<VueWrapper> {
  await it.open(name)
  const panel = show(SpacetimePanel)
  await read()
  await until(() => diagram(panel).exists())
  await nextTick()
  return panel
}
const diagram = (panel: VueWrapper) => panel.find('[role=listbox]')
const present = (panel: VueWrapper) => panel.find('[role=listbox] [role=option]')
const chosen = (): number => {
  const { selected } = useSelection()
  return selected?.kind === 'event' ? selected.seq : 0
}
const press = (panel: VueWrapper, key: string, more: object = {}) => diagram(panel).trigger('keydown', { key, ...more })

test('by the keys from event to event, to what came of it and back, each said as a sentence and shown in every view', async () => {
  const panel = await opened('Leader crash and partition')
  await it.playback.jumpTo(3000)
  await press(panel, 'ArrowUp')
  await press(panel, 'ArrowRight')
  const first = chosen()
  expect(first).toBeGreaterThan(0)
  await until(() => it.playback.seq === first)
  await until(() => present(panel).exists())
  expect(present(panel).text()).toMatch(/^(n\d|clients|c\d) /)
  const { columns } = useColumns()
  const lane = columns.lane[first] as number
  await press(panel, 'ArrowRight')
  expect(columns.lane[chosen()]).toBe(lane)
  expect(columns.point[chosen()]).toBeGreaterThan(columns.point[first] as number)
  await press(panel, 'ArrowLeft')
  expect(chosen()).toBe(first)
  await press(panel, 'ArrowDown')
  expect(columns.lane[chosen()]).not.toBe(lane)
})

test('two events: which happened before which, both clocks, the messages that prove it', async () => {
  const panel = await opened('Leader crash and partition')
  await it.playback.jumpTo(3000)
  await press(panel, 'ArrowRight')
  for (let i = 0; i < 8; i++) await press(panel, '.')
  const late = chosen()
  await press(panel, 'x')
  for (let i = 0; i < 3; i++) await press(panel, ',')
  expect(chosen()).toBeLessThan(late)
  const strip = panel.get('[aria-label="Happened before"]')
  expect(strip.get('.sign').text()).toBe('a → b')
  expect(strip.text()).toMatch(/a happened before b: a is event \d+ of \w+, and b knows of \d+ events of \w+/)
  expect(strip.text()).toMatch(/Shortest proof, \d messages?:|Both are of one process/)
  expect(strip.findAll('tbody tr')).toHaveLength(2)
  expect(strip.findAll('td.deciding')).toHaveLength(2)
  await press(panel, 'Escape')
  expect(panel.find('[aria-label="Happened before"]').exists()).toBe(false)
})

test('a cut that the recording makes is consistent; one lane pushed ahead of what it heard is not, and can be pulled back', async () => {
  const panel = await opened('Leader crash and partition')
  await it.playback.jumpTo(4000)
  await panel.get('button[aria-label^="Cut:"]').trigger('click')
  const cut = () => panel.get('[aria-label=Cut]')
  expect(cut().get('strong').text()).toBe('A consistent cut')
  await until(() => cut().findAll('tbody tr').length === 5)
  expect(cut().text()).toContain('states of different moments')
  for (let i = 0; i < 200 && cut().get('strong').text() === 'A consistent cut'; i++) await press(panel, 'ArrowRight', { altKey: true })
  expect(cut().get('strong').text()).toBe('Not a consistent cut')
  await until(() => cut().findAll('.early li').length > 0)
  expect(cut().get('.early').text()).toMatch(/\w+ → \w+ \w+/)
  const mend = cut()
    .findAll('button')
    .find((button) => button.text().startsWith('Pull it back'))
  await mend?.trigger('click')
  expect(cut().get('strong').text()).toBe('A consistent cut')
})

test('Shift and drag choose a stretch of time for all views', async () => {
  const panel = await opened('Leader crash and partition')
  const at = (clientX: number) => ({ clientX, clientY: 200, button: 0, shiftKey: true, pointerId: 1 })
  diagram(panel).element.setPointerCapture = () => undefined
  await diagram(panel).trigger('pointerdown', at(300))
  await diagram(panel).trigger('pointermove', at(400))
  await diagram(panel).trigger('pointerup', at(400))
  const { chosen: brushed } = useSpan()
  expect(brushed).toBeDefined()
  expect((brushed?.toUs ?? 0) - (brushed?.fromUs ?? 0)).toBeGreaterThan(it.run.lengthUs / 20)
})

test('a run without vector clocks is shown, and says what cannot be told of it', async () => {
  await it.open('A stale read')
  await read()
  useColumns().columns.hasClocks = false
  const panel = show(SpacetimePanel)
  await until(() => diagram(panel).exists())
  useSelection().select({ kind: 'event', seq: 300 })
  await until(() => /past and future of an event cannot be told/.test(panel.text()))
  expect(panel.text()).toContain('what happened before what, cones and cuts cannot be told')
  expect(panel.get('button[aria-label^="No cut can be judged"]').attributes('disabled')).toBeDefined()
})

test('live it follows the end until the person moves away; then a button leads back', async () => {
  await settled(it)
  const panel = show(SpacetimePanel)
  useColumns().want()
  await until(() => diagram(panel).exists())
  const back = () => panel.findAll('button').find((button) => button.text() === 'Live')
  expect(it.playback.mode).toBe('live')
  expect(back()).toBeUndefined()
  await press(panel, 'PageUp')
  expect(back()).toBeDefined()
  await back()?.trigger('click')
  expect(back()).toBeUndefined()
})

const item = (text: string) =>
  [...document.querySelectorAll<HTMLElement>('[role=menuitem]')].find((found) => found.textContent?.includes(text))
function pick(text: string): void {
  const found = item(text)
  if (!found) throw new Error(`no entry ${text}`)
  found.click()
}

test('the menu of an event: a branch from it, a bookmark at it, a comparison with the one that is chosen', async () => {
  const panel = await opened('Leader crash and partition')
  await it.playback.jumpTo(3000)
  await press(panel, 'ArrowRight')
  const first = chosen()
  await press(panel, 'ContextMenu')
  await until(() => item('Branch here') !== undefined)
  expect(item('Set as second event')?.getAttribute('data-disabled')).not.toBeNull() // it is the first
  pick('Branch here')
  await until(() => useBranching().at === first)
  useBranching().cancel()

  await press(panel, '.')
  const second = chosen()
  expect(second).not.toBe(first)
  await press(panel, 'F10', { shiftKey: true })
  await until(() => item('Bookmark here') !== undefined)
  pick('Bookmark here')
  expect(useBookmarks().draft?.seq).toBe(second)
})

test('what the query of the log finds is in the scene, and on as more is found', async () => {
  const panel = await opened('Leader crash and partition')
  const { scene } = panel.getComponent(SpacetimeCanvas).vm as unknown as { scene: Scene }
  expect(scene.matched).toBeUndefined()
  expect(panel.find('.legend').text()).not.toContain('match')
  const matches = useMatches()
  matches.ask('type:RequestVote')
  await until(() => matches.count > 0 && !matches.searching)
  await nextTick()
  const { scene: now } = panel.getComponent(SpacetimeCanvas).vm as unknown as { scene: Scene }
  expect([...(now.matched?.rows ?? [])]).toEqual([...matches.positions.seqs])
  const first = matches.seqAt(0) as number
  expect([now.matched?.has(first), now.matched?.has(first - 1)]).toEqual([true, matches.has(first - 1)])
  expect(panel.find('.legend').text()).toContain('match')
})

test('of a long recording the neighbourhood of the playhead is there first, and what needs all of the run says so until it is read', async () => {
  const id = await it.open('Leader crash and partition')
  let letThrough: () => void = () => undefined
  const held = new Promise<void>((resume) => {
    letThrough = resume
  })
  it.lab.attach({
    ...it.fake,
    call: async (command, request) => {
      if (command === 'run.columns') await held
      return await it.fake.call(command, request)
    },
  })
  const store = useColumns()
  store.want()
  const from = it.run.lastSeq - 800
  const block = await it.fake.call('run.columns', { run: id, from, rows: 801 })
  const near = new Columns(store.columns.endpoints, from, block.rows)
  takeRows(near, block.bytes)
  store.near = markRaw(near)
  const panel = show(SpacetimePanel)
  await until(() => diagram(panel).exists())
  expect(panel.get('.tools [role=status]').text()).toMatch(/^Round the playhead; of the run 0 % read/)
  await press(panel, 'ArrowLeft')
  expect(near.has(chosen())).toBe(true)
  expect(panel.text()).toContain('as soon as all of the run is read')
  const cut = () => panel.findAll('button').find((each) => /ut can be judged|^Cut:/.test(each.attributes('aria-label') ?? ''))
  expect(cut()?.attributes('aria-label')).toContain('as soon as all of the run is read')
  letThrough()
  await until(() => store.near === undefined)
  await until(() => panel.text().includes('Thick lanes lead to it'))
  expect(cut()?.attributes('aria-label')).toMatch(/^Cut:/)
  expect(panel.find('.tools [role=status]').exists()).toBe(false)
})
