// @vitest-environment happy-dom
import { flushPromises } from '@vue/test-utils'
import { beforeEach, expect, test } from 'vitest'
import { CLIENTS, nodeId } from '../../../../protocols/core/ids.ts'
import InspectorPanel from '../../../../renderer/panels/inspector/InspectorPanel.vue'
import { useEvents } from '../../../../renderer/stores/events.ts'
import { useSelection } from '../../../../renderer/stores/selection.ts'
import { type Bench, bench, until } from '../../stores/bench.ts'
import { settled, show, sized } from '../mounting.ts'

let it: Bench
beforeEach(async () => {
  sized(336, 600)
  it = await bench()
})

async function inspect(selected: ReturnType<typeof useSelection>['selected']) {
  const panel = show(InspectorPanel)
  useSelection().select(selected)
  await flushPromises()
  return panel
}

test('with nothing selected it teaches how to look and how to break', async () => {
  await it.open('Leader crash and partition')
  const panel = await inspect(undefined)
  expect(panel.text()).toContain('Select a node, a link, a message or an event')
})

test('a node says what it is, and shows its whole state at the playhead', async () => {
  await it.open('Leader crash and partition')
  await it.playback.seekTime(17_100_000)
  const panel = await inspect({ kind: 'node', node: nodeId('n4') })
  expect(panel.get('h2').text()).toBe('n4 leads term 2')
  expect(panel.text()).toMatch(/life \d+ · step \d+/)
  expect(panel.get('details').text()).toContain('1 fault stands on its links')
  expect(panel.text()).not.toContain('Crash n4') // an ended run can only be looked at
  await until(() => panel.findAll('[role=treeitem]').length > 3)
  expect(panel.get('[role=tree]').text()).toContain('currentTerm')
  // To a step of this node that changed something: it is marked.
  let seq = it.playback.seq
  for (let changed = 0; changed === 0; ) {
    const { nodes } = await it.fake.call('run.states', { run: it.run.id!, seq: ++seq })
    changed = nodes.find(({ node }) => node === 'n4')!.changed.length
  }
  await it.playback.jumpTo(seq)
  await until(() => panel.find('.changed-self').exists())
})

test('the state follows the playhead', async () => {
  await it.open('Leader crash and partition')
  const panel = await inspect({ kind: 'node', node: nodeId('n5') })
  await it.playback.seekTime(5_000_000)
  await until(() => /^n5 .*term 1$/.test(panel.get('h2').text()))
  await it.playback.seekTime(12_000_000)
  await until(() => panel.get('h2').text() === 'n5 is down')
  await until(() => panel.text().includes('A node that is down has no state'))
})

test('a node of a live run is crashed and restarted from here', async () => {
  await settled(it)
  const panel = await inspect({ kind: 'node', node: nodeId('n3') })
  const button = (text: string) => panel.findAll('button').find((found) => found.text() === text)
  await button('Crash n3')!.trigger('click')
  it.fake.tick(50)
  await until(() => button('Restart n3') !== undefined)
  await button('Restart n3')!.trigger('click')
  it.fake.tick(500)
  await until(() => button('Crash n3') !== undefined)
})

test('a message is told from its send to its step', async () => {
  await it.open('Leader crash and partition')
  await it.playback.seekTime(20_000_000)
  const { events } = await useEvents().read('type:AppendEntries', 9000, 200)
  const send = events.find((event) => event.kind === 'send')!
  if (send.kind !== 'send') throw new Error('no send')
  const panel = await inspect({ kind: 'message', message: send.message, seq: send.seq })
  await until(() => panel.text().includes('delay') && !panel.text().includes('still on its way'))
  expect(panel.get('h2').text()).toBe(send.type)
  expect(panel.get('.way').text()).toMatch(new RegExp(`${send.from}.*${send.to}`))
  expect(panel.get('[role=tree]').text()).toContain('term')
  const button = panel.findAll('button').find((found) => found.text() === 'To its send')!
  await button.trigger('click')
  await until(() => it.playback.seq === send.seq)
})

test('a message that a cut swallowed names the cut', async () => {
  await it.open('Leader crash and partition')
  await it.playback.seekTime(20_000_000)
  const read = await useEvents().read('kind:drop', it.playback.seq - 400, 50)
  const drop = read.events.find((event) => event.kind === 'drop' && typeof event.why !== 'string')
  if (drop?.kind !== 'drop') throw new Error('no drop')
  await useEvents().ensure(drop.seq - 400, drop.seq)
  const send = useEvents().sendOf(drop.message)!
  const panel = await inspect({ kind: 'message', message: drop.message, seq: send.seq })
  await until(() => /lost\s*\+\d/.test(panel.text()))
  expect(panel.get('.fault.did').text()).toMatch(/^Partition /)
})

test('an event is a sentence with all that is recorded of it', async () => {
  await it.open('Leader crash and partition')
  const panel = await inspect({ kind: 'event', seq: 9000 })
  await until(() => panel.find('h2').exists())
  expect(panel.text()).toContain('event 9,000')
  expect(panel.get('[role=tree]').text()).toContain('atUs15')
  await panel
    .findAll('button')
    .find((found) => found.text() === 'Go to this moment')!
    .trigger('click')
  await until(() => it.playback.seq === 9000)
})

test('a violated event says which invariant is broken', async () => {
  await it.open('Election safety broken')
  await until(() => it.run.verdict !== undefined)
  const panel = await inspect({ kind: 'event', seq: it.run.verdict!.violations[0]!.seq })
  await until(() => panel.find('.violation').exists())
  expect(panel.get('.violation').text()).toContain('Election Safety is broken here')
})

test('a link shows what stands on it and what went over it', async () => {
  await it.open('Leader crash and partition')
  await it.playback.seekTime(20_000_000)
  const panel = await inspect({ kind: 'link', from: nodeId('n3'), to: nodeId('n2') })
  await until(() => panel.findAll('.line').length > 2)
  expect(panel.get('h2').text()).toMatch(/Link\s*n3\s*→\s*n2/)
  await panel.get('[aria-label="Look at n2 → n3"]').trigger('click')
  expect(useSelection().selected).toEqual({ kind: 'link', from: 'n2', to: 'n3' })
})

test('groups, clients and operations are shown too', async () => {
  await settled(it)
  const answer = it.fake.call('run.client', { run: it.run.id!, text: 'put x 1' })
  await flushPromises()
  for (let i = 0; i < 60; i++) it.fake.tick(50)
  const panel = await inspect({ kind: 'nodes', nodes: [nodeId('n1'), nodeId('n2')] })
  expect(panel.text()).toContain('Partition n1, n2 | n3, n4, n5')
  useSelection().select({ kind: 'node', node: CLIENTS })
  await flushPromises()
  expect(panel.get('h2').text()).toBe('Clients')
  useSelection().select({ kind: 'operation', operation: (await answer).operation })
  await until(() => panel.find('h2').text() === 'put x 1' && panel.text().includes('took'))
})
