/** The recordings that the fake library holds at first. */
import type { RunSummary } from '../../../main/contract/commands.ts'
import type { RunConfig } from '../../../protocols/core/config.ts'
import { type NodeId, nodeId } from '../../../protocols/core/ids.ts'
import type { Run } from './answers.ts'
import type { World } from './world.ts'

/** Fewer events to the second than usual: what is looked at here lasts. */
const CALM = { electionMsMin: 300, electionMsMax: 600, heartbeatMs: 100 }

/** The recorded runs that the library holds at first: a quiet one, an eventful one, one with a violation, two that are damaged. */
export function stock(add: (name: string, config: Partial<RunConfig>, status: RunSummary['status'], startedAt: string) => Run): void {
  const eventful = add(
    'Leader crash and partition',
    { nodes: 5, seed: 7, network: { delayMs: 14, jitterMs: 8 }, options: CALM },
    'ended',
    '2026-11-22T16:41:08Z',
  )
  playOut(eventful.world)
  const broken = add(
    'Election safety broken',
    { nodes: 3, seed: 21, network: { delayMs: 10, jitterMs: 6 } },
    'ended',
    '2026-11-22T15:02:44Z',
  )
  broken.scenario = 'A bad afternoon'
  broken.world.runTo(6.2e6)
  broken.world.accuse('Election Safety', 'n1 and n3 both lead term 4')
  broken.world.runTo(9e6)
  broken.world.end()
  const small = add(
    'Election Safety: shrunk from A bad afternoon, seed 21',
    { mode: 'simulation', nodes: 3, seed: 4, network: { delayMs: 4, jitterMs: 3 } },
    'ended',
    '2026-11-22T15:05:10Z',
  )
  small.scenario = 'A bad afternoon'
  small.shrunk = { failure: 'Election Safety', seed: 21 }
  small.world.runTo(6e5)
  small.world.accuse('Election Safety', 'n1 and n2 both lead term 2')
  small.world.end()
  const options = { leaseReads: true, driftBound: 1.1, electionMsMin: 500, electionMsMax: 520, heartbeatMs: 100 }
  const stale = add(
    'A stale read',
    { mode: 'simulation', nodes: 3, seed: 5, network: { delayMs: 12, jitterMs: 9 }, options },
    'ended',
    '2026-11-22T11:47:30Z',
  )
  readStale(stale.world)
  const seated = add(
    'Nodes come and go',
    { nodes: 7, spares: 2, seed: 9, network: { delayMs: 12, jitterMs: 6 }, options: CALM },
    'ended',
    '2026-11-21T10:20:00Z',
  )
  comeAndGo(seated.world)
  const quiet = add(
    'Seven nodes at rest',
    { nodes: 7, seed: 3, network: { delayMs: 8, jitterMs: 2 }, options: CALM },
    'ended',
    '2026-11-21T09:12:00Z',
  )
  quiet.world.runTo(5e6)
  quiet.world.end()
  const cut = add(
    'Overnight load',
    { nodes: 5, seed: 5, network: { delayMs: 10, jitterMs: 2 }, options: CALM },
    'interrupted',
    '2026-11-20T22:30:00Z',
  )
  cut.world.runTo(4e6)
  const unreadable = add('run-0012', { nodes: 3 }, 'unreadable', '2026-11-19T11:00:00Z')
  unreadable.problem = 'The file ends in the middle of a page.'
}

/** A leader whose clock goes slow trusts its lease while another leads already: what is read from it then is old. */
function readStale(world: World): void {
  world.runTo(1.5e6)
  world.setLoad({ clients: 4, rate: 60, mix: { read: 5, write: 4, cas: 1 }, keys: 3, valueBytes: 8 })
  world.runTo(5e6)
  world.setLoad(null)
  const old = world.leader ?? nodeId('n1')
  const others = world.nodes.filter((node) => node !== old)
  void world.ask('put k1 old', { by: 'writer' })
  world.setClock(old, { skewMs: 0, driftPpm: -650_000 })
  world.runTo(6e6)
  world.arm({ kind: 'cut', target: { groups: [[old], others] } })
  const another = () => others.find((node) => world.leads(node))
  while (another() === undefined && world.nowUs < 8e6) world.runTo(world.nowUs + 10_000)
  void world.ask('put k1 new', { by: 'writer', of: another() ?? old })
  world.runTo(world.nowUs + 150_000)
  void world.ask('get k1', { by: 'reader', of: old })
  world.runTo(world.nowUs + 500_000)
  world.end()
}

/** A group that grows and shrinks: n6 comes, n2 goes, and a seat is left. */
function comeAndGo(world: World): void {
  const n = (i: number): NodeId => nodeId(`n${i}`)
  const leader = (): NodeId => world.leader ?? n(1)
  world.runTo(2e6)
  world.setLoad({ clients: 3, rate: 12, mix: { read: 5, write: 4, cas: 1 }, keys: 5, valueBytes: 8 })
  world.runTo(5e6)
  world.act(n(6), 'add')
  world.runTo(6e6)
  world.tell(leader(), { name: 'addServer', server: n(6) })
  world.runTo(11e6)
  world.act(n(2), 'crash')
  world.runTo(13e6)
  world.act(n(2), 'restart')
  world.runTo(14e6)
  world.tell(leader(), { name: 'removeServer', server: n(2) })
  world.runTo(15e6)
  world.act(n(2), 'remove')
  world.runTo(20e6)
  world.end()
}

/** Forty seconds in which much goes wrong and is put right. */
export function playOut(world: World): void {
  const n = (i: number): NodeId => nodeId(`n${i}`)
  const leader = (): NodeId => world.leader ?? n(1)
  world.runTo(2.5e6)
  world.setLoad({ clients: 4, rate: 14, mix: { read: 5, write: 4, cas: 1 }, keys: 5, valueBytes: 8 })
  world.runTo(9e6)
  const first = leader()
  world.act(first, 'crash')
  world.runTo(14e6)
  world.act(first, 'restart')
  world.runTo(17e6)
  const second = leader()
  const minority = [second, world.nodes.find((node) => node !== second) ?? n(2)]
  const split = world.arm({
    kind: 'cut',
    target: { groups: [minority, world.nodes.filter((id) => !minority.includes(id))] },
  })
  world.runTo(24e6)
  world.lift(split.id)
  world.runTo(27e6)
  const third = leader()
  world.arm({ kind: 'delay', target: { links: [[third, third === n(3) ? n(1) : n(3)]] }, delayMs: 200, jitterMs: 50 })
  world.runTo(29e6)
  world.act(n(5), 'pause')
  world.runTo(33e6)
  world.act(n(5), 'resume')
  world.arm({
    kind: 'loss',
    target: {
      links: [
        [n(2), n(4)],
        [n(4), n(2)],
      ],
    },
    probability: 0.3,
  })
  world.runTo(38e6)
  world.end()
}
