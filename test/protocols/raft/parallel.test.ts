/** A leader that writes to its own disk while its followers write to theirs (dissertation §10.2.1). */
import { expect, test } from 'vitest'
import { runConfigSchema } from '../../../protocols/core/config.ts'
import type { NodeId } from '../../../protocols/core/ids.ts'
import type { AnyProtocol } from '../../../protocols/core/machine.ts'
import { raft } from '../../../protocols/raft/index.ts'
import { lastIndex } from '../../../protocols/raft/log.ts'
import type { RaftState } from '../../../protocols/raft/state.ts'
import { kv } from '../../../protocols/services/kv.ts'
import { Judging } from '../../../protocols/sim/judging.ts'
import type { PlannedDeed } from '../../../protocols/sim/misfortune.ts'
import { drawPlan } from '../../../protocols/sim/plan.ts'
import { Simulation } from '../../../protocols/sim/simulation.ts'
import { tee } from '../../../protocols/sim/sink.ts'
import { loadMutant } from '../../support/mutant.ts'
import { Transcript } from '../sim/transcript.ts'

const SECOND = 1_000_000

function simulate(seed: number, { protocol = raft as AnyProtocol, nodes = 3, load = true, batch = false } = {}) {
  const config = runConfigSchema.parse({
    ...{ mode: 'simulation', nodes, seed, options: { writeInParallel: true, batch } },
    ...(load ? { load: { clients: 4, rate: 200, keys: 5 } } : {}),
  })
  const log = new Transcript()
  const judging = new Judging(protocol, kv)
  const run = new Simulation({ protocol, service: kv, config, sink: tee(log, judging) })
  return { run, log, judging }
}

const leaderOf = (run: Simulation): NodeId | undefined => run.nodes.find((id) => run.observation(id)?.role === 'leader')
const stateOf = (run: Simulation, id: NodeId) => run.node(id).state as RaftState

test('entries leave before the leader has them on its disk, and commit when it has, too', () => {
  const { run, log } = simulate(3)
  run.run(3 * SECOND)
  expect(log.sentBeforeSync).toBeGreaterThan(100)
  expect(log.returns.filter((outcome) => outcome === 'ok').length).toBeGreaterThan(100)
  const leader = leaderOf(run) as NodeId
  expect(log.inputs(run.node(leader).endpoint).filter(({ kind }) => kind === 'durable').length).toBeGreaterThan(50)
})

test('the others commit an entry while the leader still writes it, and its client hears of it; one of two alone does not', () => {
  const { run, log } = simulate(4, { load: false })
  run.run(SECOND)
  const leader = leaderOf(run) as NodeId
  run.setSync(leader, { min: 5000, max: 5000 })
  run.operate({ op: 'put', key: 'x', value: '1' }, () => {})
  run.run(1.5 * SECOND)
  const { writing, commitIndex, log: entries } = stateOf(run, leader)
  expect(writing.matchIndex).toBeLessThan(lastIndex(entries))
  expect(commitIndex, 'two followers are a majority').toBe(lastIndex(entries))
  expect(log.returns, 'what the client hears stands for the leader’s own copy, too').toEqual([])
  run.act(run.nodes.find((id) => id !== leader) as NodeId, 'crash')
  run.operate({ op: 'put', key: 'x', value: '2' }, () => {})
  run.run(2 * SECOND)
  expect(stateOf(run, leader).commitIndex, 'a follower and half a leader are none').toBe(commitIndex)
})

test('one server alone commits what its disk has', () => {
  const { run, log } = simulate(5, { nodes: 1 })
  run.run(2 * SECOND)
  expect(log.returns.filter((outcome) => outcome === 'ok').length).toBeGreaterThan(50)
})

/** Storms with slow disks that fail; true when an invariant was broken. */
function storm(seed: number, more: Parameters<typeof simulate>[1] = {}): boolean {
  const { run, judging } = simulate(seed, more)
  run.run(SECOND / 2)
  const armed = new Map<string, ReturnType<Simulation['arm']>['id']>()
  for (const { atMs, deed } of drawPlan({ seed, nodes: run.nodes, ms: 4000 })) {
    run.run(SECOND / 2 + Math.round(atMs * 1000), () => judging.found.length > 0)
    if (judging.found.length > 0) return true
    carryOut(run, deed, armed)
  }
  return judging.found.length > 0
}

function carryOut(run: Simulation, deed: PlannedDeed['deed'], armed: Map<string, ReturnType<Simulation['arm']>['id']>): void {
  if (deed.do === 'disk') return run.setSync(deed.node, deed.syncMs)
  if (deed.do === 'clock') return run.setClock(deed.node, deed.setting)
  if (deed.do === 'arm') return void armed.set(deed.label, run.arm(deed.fault).id)
  if (deed.do === 'lift') return run.lift(armed.get(deed.label) as never)
  if (deed.do === 'tell') return run.tell(deed.node as NodeId, deed.control)
  if (deed.do === 'aim' || deed.do === 'ambush') return // for whoever watches the run
  if (run.node(deed.node).status === 'starting') run.run(run.nowUs + SECOND / 10)
  run.act(deed.node, deed.what)
}

test('storms break nothing', () => {
  for (let seed = 1; seed <= 40; seed++) expect(storm(seed, { batch: seed % 2 === 0 }), `seed ${seed}`).toBe(false)
})

test('a leader that counts itself before its disk has the entry is found out', async () => {
  const mutant = await loadMutant('raft', [
    {
      file: 'commit.ts',
      find: 'waitsForDisk(state) ? state.writing.matchIndex : lastIndex(state.log)',
      replace: 'lastIndex(state.log)',
    },
  ])
  let seed = 1
  while (seed <= 200 && !storm(seed, { protocol: mutant })) seed++
  expect(seed).toBeLessThanOrEqual(200)
})

test('a mark from before an office stands for nothing in it', () => {
  const { run } = simulate(6)
  run.run(SECOND)
  const leader = leaderOf(run) as NodeId
  const before = stateOf(run, leader)
  const { state } = raft.machine(kv).step(
    { ...before, writing: { ...before.writing, pending: [] } },
    {
      ...{ kind: 'durable', mark: before.writing.mark, nowMs: 0, coin: 0 },
    },
  )
  expect(state.writing.matchIndex).toBe(before.writing.matchIndex)
})
