import { expect, test } from 'vitest'
import { type NetworkFaultInput, networkFaultSchema } from '../../../../protocols/core/fault.ts'
import { CLIENTS, faultId, nodeId, nodeIds } from '../../../../protocols/core/ids.ts'
import { firstMoment } from '../../../../protocols/core/moment.ts'
import type { MenuEntry, MenuItem } from '../../../../renderer/components/menu.ts'
import { snapshot } from '../../../../renderer/model/snapshot.ts'
import { type Acts, menuFor, menuTitle } from '../../../../renderer/panels/faults/menu.ts'
import type { Breakable } from '../../../../renderer/stores/breaking.ts'

const nodes = nodeIds(3)
const CONTROLS: Acts['controls'] = [
  { name: 'leave', label: 'Leave the group', help: '', fields: [] },
  { name: 'join', label: 'Join', help: '', fields: [{ name: 'by', label: 'By', is: 'node', help: '' }] },
  { name: 'lie', label: 'Lie', help: '', fields: [] },
]
const n = (i: number) => nodeId(`n${i}`)

function open(
  subject: Breakable,
  prepare: (moment: ReturnType<typeof firstMoment>) => void = () => undefined,
  isSimulated = false,
  member?: { readonly is: boolean; readonly change?: 'joins' | 'leaves' },
) {
  const moment = firstMoment(nodes, 1)
  for (const node of moment.nodes.values()) node.status = 'up'
  prepare(moment)
  const done: unknown[][] = []
  const log =
    (name: string) =>
    (...args: unknown[]) =>
      void done.push([name, ...args])
  const machine = isSimulated ? { form: log('machine'), cure: log('cure') } : undefined
  const acts: Acts = {
    ...{ node: log('node'), arm: log('arm'), lift: log('lift'), release: log('release'), form: log('form'), machine },
    ...{ controls: CONTROLS, tell: log('tell'), telling: log('telling') },
    ...(member
      ? {
          seats: {
            ...{ isMember: () => member.is, change: () => member.change },
            ...{ add: log('add'), join: log('join'), remove: log('remove'), end: log('end'), again: log('again') },
            letBe: log('letBe'),
          },
        }
      : {}),
  }
  const entries = menuFor(subject, snapshot(moment), nodes, acts)
  const items = entries.filter((entry: MenuEntry): entry is MenuItem => entry !== '-' && 'text' in entry)
  const pick = (text: string) => {
    const item = items.find((it) => it.text === text)
    if (!item) throw new Error(`no “${text}” among ${items.map((it) => it.text).join(', ')}`)
    item.run?.()
    return done.at(-1)
  }
  return { texts: items.map(({ text }) => text), pick, items, done }
}

test('each state of a node has its own acts', () => {
  const up = open({ kind: 'node', node: n(2) })
  expect(up.texts.slice(0, 3)).toEqual(['Crash n2', 'Pause n2', 'Isolate n2'])
  expect(up.pick('Crash n2')).toEqual(['node', 'n2', 'crash'])
  expect(up.pick('Isolate n2')).toEqual(['arm', { kind: 'cut', target: { groups: [['n2'], ['n1', 'n3']] } }])
  const down = open({ kind: 'node', node: n(2) }, (moment) => {
    moment.nodes.get(n(2))!.status = 'down'
  })
  expect(down.texts.slice(0, 2)).toEqual(['Restart n2', 'Wipe the disk of n2'])
  const paused = open({ kind: 'node', node: n(2) }, (moment) => {
    moment.nodes.get(n(2))!.status = 'paused'
  })
  expect(paused.texts.slice(0, 2)).toEqual(['Resume n2', 'Crash n2'])
})

test('a simulated node has a clock and a disk to set, and to put right; a process has neither, and the menu says where they are', () => {
  const simulated = open(
    { kind: 'node', node: n(2) },
    (moment) => {
      moment.nodes.get(n(2))!.clock = { skewMs: 5, driftPpm: 0 }
      moment.nodes.get(n(3))!.syncMs = { min: 5, max: 9 }
    },
    true,
  )
  expect(simulated.pick('Clock of n2…')).toEqual(['machine', 'n2', 'clock'])
  expect(simulated.pick('Disk of n2…')).toEqual(['machine', 'n2', 'disk'])
  expect(simulated.pick('Set the clock of n2 right')).toEqual(['cure', 'n2', 'clock'])
  expect(simulated.texts.filter((text) => text.includes('as fast as usual'))).toEqual([])
  const real = open({ kind: 'node', node: n(2) })
  expect(real.items.find(({ text }) => text === 'Clock of n2…')).toMatchObject({ disabled: true, detail: 'in simulations' })
})

test('a link is cut one way or both, and everything with numbers opens the form on it', () => {
  const link = open({ kind: 'link', from: n(1), to: n(2) })
  expect(link.pick('Cut n1 → n2')).toEqual(['arm', { kind: 'cut', target: { links: [['n1', 'n2']] } }])
  expect(link.pick('Cut n1 ⇄ n2')?.[1]).toMatchObject({
    target: {
      links: [
        ['n1', 'n2'],
        ['n2', 'n1'],
      ],
    },
  })
  for (const text of ['Delay…', 'Loss…', 'Duplicate…', 'Reorder…', 'Drop by a rule…']) expect(link.pick(text)?.[0]).toBe('form')
  expect(link.pick('Hold at a gate')).toEqual(['arm', { kind: 'hold', target: { links: [['n1', 'n2']] } }])
})

test('a lasso parts its nodes from the rest', () => {
  const group = open({ kind: 'nodes', nodes: [n(1), n(2)] })
  expect(group.pick('Partition n1, n2 | n3')).toEqual(['arm', { kind: 'cut', target: { groups: [['n1', 'n2'], ['n3']] } }])
  expect(group.pick('Crash all 2')).toBeDefined()
  expect(group.done.filter(([name]) => name === 'node')).toEqual([
    ['node', 'n1', 'crash'],
    ['node', 'n2', 'crash'],
  ])
  const seat = open({ kind: 'nodes', nodes: [n(1)] }, (moment) => Object.assign(moment.nodes.get(n(3)) as object, { status: 'empty' }))
  // Who sits there later stands on the side of the rest.
  expect(seat.pick('Partition n1 | n2')).toEqual(['arm', { kind: 'cut', target: { groups: [['n1'], ['n2', 'n3']] } }])
  const all = open({ kind: 'nodes', nodes })
  expect(all.items.find(({ text }) => text.startsWith('Partition'))?.disabled).toBe(true)
})

test('what stands on it can be lifted there, what is held let through', () => {
  const arm = (moment: ReturnType<typeof firstMoment>, id: string, fault: NetworkFaultInput) =>
    moment.faults.set(faultId(id), { ...networkFaultSchema.parse(fault), id: faultId(id) })
  const link = open({ kind: 'link', from: n(1), to: n(2) }, (moment) => {
    arm(moment, 'f1', { kind: 'hold', target: { links: [[n(1), n(2)]] } })
    arm(moment, 'f2', { kind: 'cut', target: { links: [[n(2), n(1)]] } })
  })
  expect(link.texts).not.toContain('Lift: Cut n2 → n1')
  expect(link.pick('Lift: Hold n1 → n2 at a gate')).toEqual(['lift', 'f1'])
  expect(link.pick('Let all held messages through')).toEqual(['release', 'f1'])
})

test('whatever a menu arms is a fault that the lab takes', () => {
  for (const subject of [
    { kind: 'node', node: n(1) },
    { kind: 'node', node: CLIENTS },
    { kind: 'nodes', nodes: [n(1)] },
    { kind: 'link', from: CLIENTS, to: n(1) },
  ] as const) {
    const { items, done } = open(subject)
    for (const item of items) if (!item.disabled) item.run?.()
    for (const [name, fault] of done) if (name === 'arm') expect(networkFaultSchema.safeParse(fault).success).toBe(true)
    expect(menuTitle(subject).length).toBeGreaterThan(1)
  }
})

test('what the protocol says that a node can be told stands in its menu: at once without fields, by a form with them', () => {
  const up = open({ kind: 'node', node: n(2) })
  expect(up.pick('Leave the group')).toEqual(['tell', 'n2', { name: 'leave' }])
  expect(up.pick('Join…')).toEqual(['telling', 'n2', 'join'])
  expect(up.pick('Make n2 lie…')).toEqual(['telling', 'n2', 'lie'])
  expect(up.texts).not.toContain('Let n2 speak the truth')
})

test('a liar can be told to speak the truth, and one that is down hears nothing', () => {
  const observation = { role: 'follower', epoch: 1, facts: {}, lies: 'silent' } as const
  const liar = open({ kind: 'node', node: n(2) }, (moment) => {
    moment.nodes.get(n(2))!.observation = observation
  })
  expect(liar.pick('Let n2 speak the truth')).toEqual(['tell', 'n2', { name: 'lie', lies: [] }])
  const down = open({ kind: 'node', node: n(2) }, (moment) => {
    Object.assign(moment.nodes.get(n(2))!, { status: 'down', observation })
  })
  expect(down.items.filter(({ text }) => /lie|truth|Join|Leave/.test(text)).every(({ disabled }) => disabled)).toBe(true)
})

test('an empty seat can be taken and nothing else; a member can be removed; where the protocol knows no members nothing is offered', () => {
  const emptied = (moment: ReturnType<typeof firstMoment>) => {
    moment.nodes.get(n(2))!.status = 'empty'
  }
  const empty = open({ kind: 'node', node: n(2) }, emptied, false, { is: false })
  expect(empty.texts).toEqual(['Add n2'])
  expect(empty.pick('Add n2')).toEqual(['add', 'n2'])
  expect(open({ kind: 'node', node: n(2) }, emptied).texts).toEqual([])
  expect(open({ kind: 'node', node: n(2) }, undefined, false, { is: true }).pick('Remove n2 from the group')).toEqual(['remove', 'n2'])
  expect(open({ kind: 'node', node: n(2) }, undefined, false, { is: false }).pick('Let n2 join the group')).toEqual(['join', 'n2'])
  const leaving = open({ kind: 'node', node: n(2) }, undefined, false, { is: true, change: 'leaves' })
  expect(leaving.pick('End the process of n2 now')).toEqual(['end', 'n2'])
  expect(leaving.pick('Let n2 stay')).toEqual(['letBe', 'n2'])
  expect(open({ kind: 'node', node: n(2) }).texts.filter((text) => /group/.test(text))).toEqual(['Leave the group'])
})
