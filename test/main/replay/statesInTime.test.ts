import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { RunReader } from '../../../main/recorder/reader.ts'
import { Changes } from '../../../main/replay/changes.ts'
import { changedPaths } from '../../../main/replay/difference.ts'
import { Execution } from '../../../main/replay/execution.ts'
import { Lanes } from '../../../main/replay/lanes.ts'
import { changedIn, outlineOf, partOf, valueIn } from '../../../main/replay/outline.ts'
import { States } from '../../../main/replay/states.ts'
import { entriesOf, valueAt } from '../../../protocols/core/differences.ts'
import type { StepEvent } from '../../../protocols/core/event.ts'
import type { NodeId } from '../../../protocols/core/ids.ts'
import type { Json } from '../../../protocols/core/json.ts'
import { raft } from '../../../protocols/raft/index.ts'
import { type Configuration, discardedTo, logOf, replaceFrom } from '../../../protocols/raft/log.ts'
import type { RaftState } from '../../../protocols/raft/state.ts'
import { kv } from '../../../protocols/services/kv.ts'
import { seedOf } from '../../support/seeds.ts'
import { dice } from '../recorder/toyRun.ts'
import { play } from './playedRun.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'synod-states-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const seed = seedOf('states in time')
console.log(`seed ${seed}`)
const played = play({ protocol: raft, file: path.join(folder, 'run.synod'), seed, steps: 1500, crashes: 40 })
const open = () => {
  const reader = new RunReader(played.file)
  return { reader, execution: Execution.of(reader.header) as Execution }
}
const { reader, execution } = open()
const roll = dice(seed)

/** Every step of the run, in the order of the log. */
const steps: StepEvent[] = []
for (let from: number | undefined = 1; from !== undefined; ) {
  const page = reader.events({ from, limit: 5000, direction: 'forward' })
  steps.push(...page.events.filter((event) => event.kind === 'step'))
  from = page.next
}
const stateAfter = ({ node, life, step }: StepEvent): Json => played.states.get(`${node} ${life} ${step}`) as Json

/** What `run.changes` should find, by looking at every state that there was. */
function bruteChanges(node: NodeId, where: string): { seq: number; before: Json | undefined; after: Json | undefined }[] {
  const found: { seq: number; before: Json | undefined; after: Json | undefined }[] = []
  let last: { life: number; value: Json | undefined } = { life: 0, value: undefined }
  for (const event of steps.filter((one) => one.node === node)) {
    const after = valueAt(stateAfter(event), where)
    const before = event.life === last.life ? last.value : undefined
    if (JSON.stringify(before) !== JSON.stringify(after)) found.push({ seq: event.seq, before, after })
    last = { life: event.life, value: after }
  }
  return found
}

const PATHS = [
  'currentTerm',
  'role',
  'commitIndex',
  'log.3',
  'log.3.term',
  'service',
  'service.k1',
  'progress.n2.matchIndex',
  'nowhere.at.all',
]

test('a state reached from snapshots, however few are kept, is the one that there was', () => {
  const states = new States(reader, execution, { every: 16, most: 20 })
  states.snapshots?.advance(reader.lastSeq)
  expect(states.snapshots?.list.filter(({ keep }) => !keep).length).toBeLessThanOrEqual(20)
  let compared = 0
  for (let i = 0; i < 120; i++) {
    const seq = 1 + roll(reader.lastSeq)
    const moment = reader.moment(seq)
    for (const [index, { state, stepSeq, status, changed }] of states.at(seq).nodes.entries()) {
      const node = moment.nodes[index]
      if (!node) throw new Error('a node too many')
      expect(status).toBe(node.status)
      if (node.status === 'down' || node.step === 0) continue
      expect(state, `${node.id} at event ${seq}`).toEqual(played.states.get(`${node.id} ${node.life} ${node.step}`))
      expect(reader.event(stepSeq)).toMatchObject({ kind: 'step', node: node.id, life: node.life, step: node.step })
      const before = played.states.get(`${node.id} ${node.life} ${node.step - 1}`)
      if (before !== undefined && state !== undefined) expect(changed).toEqual(changedPaths(before, state))
      compared++
    }
  }
  expect(compared).toBeGreaterThan(100)
})

test('neither the pass nor a jump reads a stretch again and again, and what was on its way is not looked up message by message', () => {
  const { reader, execution } = open()
  const [readers, sendOf] = [vi.spyOn(reader, 'readers'), vi.spyOn(reader, 'sendOf')]
  const states = new States(reader, execution, { every: 16 })
  states.snapshots?.advance(reader.lastSeq)
  expect(states.snapshots?.list.length).toBeGreaterThan(100)
  expect(readers.mock.calls.length).toBeLessThan((states.snapshots?.list.length ?? 0) / 8)
  const jumps = 200
  for (let i = 0; i < jumps; i++) states.at(1 + roll(reader.lastSeq), false)
  expect(readers.mock.calls.length / jumps).toBeLessThan(6)
  expect(sendOf.mock.calls.length).toBeLessThan(jumps / 2)
})

test('a checkpoint that was compared once is not compared again, and one that differs says so wherever it is passed', () => {
  const { reader, execution } = open()
  const compared: number[] = []
  const comparing = execution.comparing.bind(execution)
  vi.spyOn(execution, 'comparing').mockImplementation((event, state) => {
    compared.push(event.seq)
    return comparing(event, state)
  })
  const states = new States(reader, execution, { every: 16 })
  states.snapshots?.advance(reader.lastSeq)
  expect(compared.length).toBeGreaterThan(10)
  for (const seq of [...compared]) for (const at of [seq, seq + 1]) states.at(at, false)
  expect(compared).toEqual([...new Set(compared)])

  const wrong = play({ protocol: raft, file: path.join(folder, 'wrong.synod'), seed, steps: 900, wrongHashFrom: 200 })
  const other = new RunReader(wrong.file)
  const wrongStates = new States(other, Execution.of(other.header) as Execution, { every: 16 })
  wrongStates.snapshots?.advance(other.lastSeq)
  for (let i = 0; i < 2; i++) {
    for (let seq = 1; seq <= other.lastSeq; seq += 7) wrongStates.at(seq, false)
    expect(
      wrongStates.at(other.lastSeq, false).nodes.some(({ problem }) => /differs from the recorded one|its hash is/.test(problem ?? '')),
    ).toBe(true)
  }
  other.close()
})

test('a pass whose time is always up comes to the same end, and has not reached a checkpoint before it is compared', () => {
  const { reader, execution } = open()
  let [begun, ended] = [0, 0]
  const comparing = execution.comparing.bind(execution)
  vi.spyOn(execution, 'comparing').mockImplementation(function* (event, state) {
    begun = event.seq
    yield* comparing(event, state)
    ended = event.seq
  })
  const { snapshots } = new States(reader, execution, { every: 16 })
  if (!snapshots) throw new Error('the run can be run again')
  let halves = 0
  for (let turns = 0; snapshots.reached < reader.lastSeq; turns++) {
    expect(turns).toBeLessThan(reader.lastSeq)
    snapshots.advance(reader.lastSeq, 0)
    if (begun === ended) continue
    halves++
    expect(snapshots.reached).toBeLessThan(begun)
  }
  expect(halves).toBeGreaterThan(10)
  const whole = new States(reader, execution, { every: 16 })
  whole.snapshots?.advance(reader.lastSeq)
  expect(snapshots.list.at(-1)?.nodes.map(({ step, problem }) => [step, problem])).toEqual(
    whole.snapshots?.list.at(-1)?.nodes.map(({ step, problem }) => [step, problem]),
  )
})

test('when a field changed is what looking at every state finds, forwards and backwards, page by page', () => {
  const states = new States(reader, execution, { every: 64 })
  if (!states.snapshots) throw new Error('no snapshots')
  const changes = new Changes(reader, execution, states.snapshots)
  let found = 0
  for (const node of reader.header.nodes) {
    for (const where of PATHS) {
      const all = bruteChanges(node, where)
      const from = roll(reader.lastSeq + 1)
      for (const direction of ['forward', 'backward'] as const) {
        const wanted = direction === 'forward' ? all.filter(({ seq }) => seq > from) : all.filter(({ seq }) => seq <= from).reverse()
        const got: { seq: number; before: Json | undefined; after: Json | undefined }[] = []
        for (let next: number | undefined = from; next !== undefined; ) {
          const page = changes.find({ node, path: where, from: next, direction, limit: 1 + roll(9), limitMs: 5000 })
          expect(page.problem).toBeUndefined()
          got.push(...page.changes.map(({ seq, before, after }) => ({ seq, before, after })))
          next = page.next
        }
        expect(got, `${node} ${where} ${direction} from ${from}`).toEqual(wanted)
        found += got.length
      }
    }
  }
  expect(found).toBeGreaterThan(100)
})

test('a lane has a point wherever the value became another, of what nodes show and of their states alike', () => {
  const lanes = new Lanes(reader, execution)
  const nodes = [...reader.header.nodes]
  const ask = (where: string) => {
    for (;;) {
      const lane = lanes.lane({ nodes, path: where, fromUs: 0, toUs: reader.lengthUs, points: 10_000, limitMs: 1000 })
      if (lane.known >= reader.lastSeq) return lane
    }
  }
  for (const where of ['role', 'commitIndex', 'currentTerm', 'log']) {
    const lane = ask(where)
    expect(lane.from).toBe(where === 'log' || where === 'currentTerm' ? 'state' : 'shown')
    for (const { node, points } of lane.nodes) {
      for (const event of steps.filter((one) => one.node === node)) {
        const at = points.findLast(({ seq }) => seq <= event.seq)
        const inState = valueAt(stateAfter(event), where)
        const value = inState === 'preCandidate' ? 'candidate' : inState // as it shows itself
        expect(at?.value, `${node} ${where} at event ${event.seq}`).toEqual(where === 'log' ? entriesOf(value as Json).length : value)
      }
    }
  }
})

test('of a long log the end is told, its beginning can be asked for, and nothing else is left out', () => {
  const [last] = new States(reader, execution).standings(reader.lastSeq).nodes.filter(({ state }) => state !== undefined)
  const short = last?.state as RaftState
  const entries = Array.from({ length: 3000 }, (_, i) => ({ term: 1 + Math.floor(i / 100), kind: 'noop' as const }))
  const state: RaftState = { ...short, log: logOf(entries) }
  const whole = raft.encode(state) as { [field: string]: Json }
  const outline = outlineOf(raft, state)
  const [cut] = outline.cut
  expect(outline.cut).toHaveLength(1)
  expect(cut).toMatchObject({ path: 'log', size: 3000 })
  const { log, ...rest } = outline.tree as { [field: string]: Json }
  const { log: allEntries, ...others } = whole
  expect(rest).toEqual(others)
  const first = partOf(raft, state, 'log', 0, cut?.from ?? 0)
  expect({ ...(first as object), ...(log as object) }).toEqual(allEntries)
  expect(valueIn(raft, state, 'log.1700.term')).toBe(17)
  expect(valueIn(raft, state, 'log.3001')).toBeUndefined()
  expect(valueIn(raft, { ...state, log: discardedTo(state.log, 1000, 10) }, 'log.1700.term')).toBe(17)
  // Grown, cut back and another in the middle of what is shown: told as comparing the whole tells it.
  for (const log of [
    replaceFrom(state.log, 3001, [{ term: 31, kind: 'noop' }]),
    replaceFrom(state.log, 2991, []),
    { ...state.log, entries: state.log.entries.set(2980, { term: 99, kind: 'noop' }) },
  ]) {
    const after: RaftState = { ...state, log, commitIndex: state.commitIndex + 1 }
    expect(changedIn(raft, state, after, outlineOf(raft, after).cut).sort()).toEqual(changedPaths(whole, raft.encode(after)).sort())
  }
  // What was discarded was not shown any more: that it is gone is no news there.
  const shorter: RaftState = { ...state, log: discardedTo(state.log, 900, 9) }
  expect(changedIn(raft, state, shorter, outlineOf(raft, shorter).cut).sort()).toEqual(['logBase.index', 'logBase.term'])
})

test('of a long table nothing is told until it is asked for, in a snapshot neither; what changed in it is told as comparing the whole tells it', () => {
  const [last] = new States(reader, execution).standings(reader.lastSeq).nodes.filter(({ state }) => state !== undefined)
  const base = last?.state as RaftState
  const table = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, `v${i}`]))
  const holding = (service: { readonly [key: string]: string }, snapshot = service): RaftState => ({
    ...base,
    hosted: { service: kv, state: kv.decode(service) },
    snapshot: {
      ...{ lastIncludedIndex: 9, lastIncludedTerm: 1, lastConfig: base.configurations[0] as Configuration },
      state: { sessions: {}, service: snapshot },
    },
  })
  const state = holding(table)
  const { tree, cut } = outlineOf(raft, state)
  expect(cut).toMatchObject([
    { path: 'snapshot.state.service', size: 300, from: 300 },
    { path: 'service', size: 300, from: 300 },
  ])
  expect(tree).toMatchObject({ service: {}, snapshot: { lastIncludedIndex: 9, state: { service: {} } } })
  expect(partOf(raft, state, 'snapshot.state.service', 0, 300)).toEqual(table)
  expect(valueIn(raft, state, 'snapshot.state.service.k7')).toBe('v7')
  const { k3: _, ...without } = table
  for (const after of [
    holding({ ...table, k7: 'other' }, table),
    holding({ ...table, new: 'here' }, table),
    holding(without, table),
    holding({ ...without, k9: 'other', new: 'here' }),
  ]) {
    const wanted = changedPaths(raft.encode(state), raft.encode(after)).sort()
    expect(wanted.length).toBeGreaterThan(0)
    expect(changedIn(raft, state, after, outlineOf(raft, after).cut).sort()).toEqual(wanted)
  }
})
