/** Ambushes: what they wait for, and the deeds that they come to. */
import { expect, test } from 'vitest'
import { nodeIds } from '../../../protocols/core/ids.ts'
import { deedsOf } from '../../../protocols/sim/ambush.ts'
import { Lookout } from '../../../protocols/sim/lookout.ts'
import type { Omen, Strike } from '../../../protocols/sim/misfortune.ts'
import type { Letter, StepSeen } from '../../../protocols/sim/sink.ts'

const nodes = nodeIds(3)
const [n1, n2, n3] = nodes as [(typeof nodes)[0], (typeof nodes)[0], (typeof nodes)[0]]
const times = { afterMs: 2, forMs: 10 }
const deeds = (...strikes: Strike[]) => deedsOf(strikes, { node: n2, other: n1 }, nodes, 100, 'a')

test('a strike is undone by itself, and several come in order of time', () => {
  expect(deeds({ do: 'crash', whom: 'node', ...times }, { do: 'pause', whom: 'other', afterMs: 0, forMs: 1 })).toEqual([
    { atMs: 100, deed: { do: 'node', node: n1, what: 'pause' } },
    { atMs: 101, deed: { do: 'node', node: n1, what: 'resume' } },
    { atMs: 102, deed: { do: 'node', node: n2, what: 'crash' } },
    { atMs: 112, deed: { do: 'node', node: n2, what: 'restart' } },
  ])
  const all = deeds({ do: 'crash', whom: 'all', ...times })
  expect(
    all.map(({ deed }) => (deed.do === 'node' ? `${deed.what} ${deed.node}` : undefined)).filter((text) => text?.startsWith('crash')),
  ).toEqual(nodes.map((node) => `crash ${node}`))
})

test('whoever is parted keeps the company that was drawn, and nobody is parted from nobody', () => {
  const groups = (company: number) =>
    deeds({ do: 'part', whom: 'node', company, ...times }).map(({ deed }) => deed.do === 'arm' && deed.fault.target)[0]
  expect(groups(0)).toEqual({ groups: [[n2], [n1, n3]] })
  expect(groups(0b100)).toEqual({ groups: [[n2, n3], [n1]] })
  expect(groups(0b111)).toBeUndefined()
  const muted = deeds({ do: 'mute', whom: 'other', ...times })
  expect(muted).toMatchObject([
    { deed: { label: 'a-1', fault: { kind: 'cut', target: { links: [[n1, n2]] } } } },
    { deed: { do: 'lift', label: 'a-1' } },
  ])
  expect(deedsOf([{ do: 'mute', whom: 'node', ...times }], { node: n1 }, nodes, 0, 'a')).toEqual([])
})

const letter = (type: number, from: number, to: number) => ({ type, from, to }) as unknown as Letter
const lookout = () => new Lookout(nodes, ['Ask', 'Tell'])
const said = (omen: Partial<Omen>) => ({ on: 'said', skip: 0, ...omen }) as const

test('it catches who said, heard or wrote, and who was at the other end', () => {
  const look = lookout()
  const tells = look.watch(said({ type: 'Tell' }))
  const hears = look.watch({ on: 'heard', skip: 1 })
  const writes = look.watch({ on: 'wrote', skip: 0 })
  look.sent(letter(0, 0, 1))
  look.delivered(letter(0, 0, 1))
  look.stepped({ endpoint: 1, persisted: 0 } as StepSeen)
  expect([tells.caught, hears.caught, writes.caught]).toEqual([undefined, undefined, undefined])
  look.sent(letter(1, 1, 0))
  look.delivered(letter(1, 1, 0))
  look.stepped({ endpoint: 2, persisted: 1 } as StepSeen)
  expect([tells.caught, hears.caught, writes.caught]).toEqual([{ node: n2, other: n1 }, { node: n1, other: n2 }, { node: n3 }])
})

test('news is what another one says than did before; clients are nobody who could be caught; who stopped waiting sees nothing', () => {
  const look = lookout()
  const news = look.watch(said({ isNew: true }))
  const any = look.watch(said({}))
  look.sent(letter(0, 3, 0)) // from the clients
  expect(any.caught).toBeUndefined()
  look.sent(letter(0, 0, 3)) // to the clients
  expect(any.caught).toEqual({ node: n1 })
  look.sent(letter(0, 0, 1))
  expect(news.caught).toBeUndefined()
  look.sent(letter(0, 1, 2))
  expect(news.caught).toEqual({ node: n2, other: n3 })
  const gone = look.watch(said({}))
  gone.stop()
  look.sent(letter(0, 1, 2))
  expect(gone.caught).toBeUndefined()
})
