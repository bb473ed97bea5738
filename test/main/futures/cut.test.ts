/**
 * A recorded run of real processes, cut and gone on with in simulated time: what is in the cut is what was, and the
 * likelihood of what came after it lies between never and always until it is certain.
 */
import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CutPast } from '../../../main/futures/cutPast.ts'
import { keepFuture } from '../../../main/futures/keep.ts'
import { openPast } from '../../../main/futures/open.ts'
import { type Target, targetOf } from '../../../main/futures/target.ts'
import { decodeFile } from '../../../main/node/diskFormat.ts'
import { headerOf } from '../../../main/recorder/header.ts'
import { RunReader } from '../../../main/recorder/reader.ts'
import { Execution } from '../../../main/replay/execution.ts'
import { Judge } from '../../../main/replay/judge.ts'
import { States } from '../../../main/replay/states.ts'
import type { RunEvent } from '../../../protocols/core/event.ts'
import { nodeId, runId } from '../../../protocols/core/ids.ts'
import { raft } from '../../../protocols/raft/index.ts'
import { findProtocol } from '../../../protocols/registry.ts'
import type { NodeCut } from '../../../protocols/sim/cut.ts'
import { openLab, type TestLab } from '../lab/openLab.ts'

let lab: TestLab
let file = ''
let events: readonly RunEvent[] = []
/** The first election, the crash of whoever won it, and when its successor stood and won. */
let led = 0
let crashed = 0
let stood = 0
let elected = 0

/** A leader crashes, another one leads; one is paused, the first one is wiped and comes back; a message waits at a gate. */
beforeAll(async () => {
  lab = await openLab()
  // Patient enough that nobody stands because the machine is busy: the crash is what makes another one lead.
  const options = { electionMsMin: 500, electionMsMax: 1000, heartbeatMs: 50 }
  const run = await lab.start({ nodes: 3, seed: 11, timeScale: 2, options, load: { clients: 2, rate: 40 } })
  const { run: id } = run
  const put = (text: string) => lab.call('run.client', { run: id, text })
  const first = await run.untilLeader()
  await put('put x 1')
  await lab.call('run.node', { run: id, node: first, action: 'crash' })
  const second = await run.untilLeader(first)
  await put('put x 2')
  await lab.call('run.node', { run: id, node: first, action: 'wipe' })
  await lab.call('run.node', { run: id, node: first, action: 'restart' })
  await put('put x 3')
  const third = ['n1', 'n2', 'n3'].map(nodeId).find((node) => node !== first && node !== second) ?? first
  await lab.call('run.node', { run: id, node: third, action: 'pause' })
  await run.until('a message for the one that is paused', ({ nodes }) => nodes.get(third)?.status === 'paused')
  await lab.call('run.arm', { run: id, fault: { kind: 'hold', target: { links: [[second, first]] } } })
  await run.until('a message at the gate', ({ inFlight }) => [...inFlight.values()].some(({ held }) => held !== undefined))
  await lab.call('run.heal', { run: id })
  await put('get x')
  await lab.call('runs.stop', { run: id })
  file = lab.lab.fileOf(id)
  const reader = new RunReader(file)
  events = reader.events({ from: 1, limit: reader.lastSeq, direction: 'forward' }).events
  reader.close()
  const isCrash = (event: RunEvent) => event.kind === 'action' && event.action.do === 'node' && event.action.what === 'crash'
  const notes = (event: RunEvent, wanted: string) => event.kind === 'step' && event.notes.some(({ note }) => note === wanted)
  led = events.find((event) => notes(event, 'becomeLeader'))?.seq ?? 0
  crashed = events.find(isCrash)?.seq ?? 0
  const success = events.find((event) => event.seq > crashed && notes(event, 'becomeLeader'))
  elected = success?.seq ?? 0
  const isIts = (event: RunEvent) => event.kind === 'step' && success?.kind === 'step' && event.node === success.node
  stood = events.findLast((event) => event.seq < elected && isIts(event) && notes(event, 'becomeCandidate'))?.seq ?? 0
  if (led === 0 || stood < crashed) throw new Error('nobody stood and was elected after the crash')
  console.log(`${events.length} events, crashed at ${crashed}, elected at ${elected}`)
})
afterAll(async () => await lab.close())

function past(): CutPast {
  const opened = openPast(file)
  expect(opened).toBeInstanceOf(CutPast)
  return opened as CutPast
}

const nodeOf = (nodes: readonly NodeCut[], id: string): NodeCut => nodes[Number(id.slice(1)) - 1] as NodeCut

/** Some moments, and whatever stands right before and after what was done to nodes. */
function moments(): number[] {
  const spread = Array.from({ length: 12 }, (_, index) => Math.floor((events.length * index) / 12) + 1)
  const deeds = events.filter(({ kind }) => kind === 'node').flatMap(({ seq }) => [seq - 1, seq, seq + 1])
  return [...new Set([...spread, ...deeds])].filter((seq) => seq > 0 && seq <= events.length).sort((a, b) => a - b)
}

test('every node of a cut has the state that replay finds, and is down, paused or wiped as it was', () => {
  const reader = new RunReader(file)
  const states = new States(reader, Execution.of(reader.header))
  const opened = past()
  const seen = new Set<string>()
  for (const seq of moments()) {
    const { nodes } = opened.at(seq).cut
    const moment = reader.moment(seq)
    for (const { node, status, state } of states.at(seq).nodes) {
      const cut = nodeOf(nodes, node)
      const was = moment.nodes.find(({ id }) => id === node)
      const isBooting = cut.status === 'starting'
      // A process is there from its first step on; between its start and that step it is starting still, with nothing in memory.
      if (!isBooting && was?.step !== 0) expect(`${seq} ${node} ${cut.status}`).toBe(`${seq} ${node} ${status}`)
      expect(cut.wiped, `${node} at ${seq}`).toBe(was?.wiped ?? false)
      if (was?.wiped) expect(cut.disk).toEqual([])
      const isThere = cut.status === 'up' || cut.status === 'paused'
      if (isThere) expect(JSON.stringify(raft.encode(cut.state as never)), `${node} at ${seq}`).toBe(JSON.stringify(state))
      else expect(cut.state).toBeUndefined()
      seen.add(was?.wiped ? 'wiped' : cut.status)
    }
  }
  expect([...seen].sort()).toEqual(['down', 'paused', 'starting', 'up', 'wiped'])
  reader.close()
  opened.close()
})

test('what its disk holds is what its file holds', () => {
  const opened = past()
  for (const [index, { disk }] of opened.at(events.length).cut.nodes.entries()) {
    const node = nodeId(`n${index + 1}`)
    const wal = path.join(file.replace(/\.synod$/, ''), node, 'wal')
    const found = decodeFile(fs.readFileSync(wal), wal, { run: path.basename(file, '.synod'), node }).records
    expect(found.length).toBeGreaterThan(0)
    expect(JSON.stringify(disk), node).toBe(JSON.stringify(found))
  }
  opened.close()
})

test('what is on its way, at a gate, armed and asked for is in it', () => {
  const opened = past()
  const reader = new RunReader(file)
  const hold = events.find(({ kind }) => kind === 'hold')?.seq ?? 0
  const lift = events.find((event) => event.kind === 'action' && event.action.do === 'lift')?.seq ?? 0
  for (const seq of [hold, lift, ...moments()]) {
    const { flights, faults, load, clients } = opened.at(seq).cut
    const moment = reader.moment(seq)
    expect(flights.map(({ letter, held }) => [letter.message, held]).sort()).toEqual(
      moment.inFlight.map(({ message, held }) => [message, held ?? undefined]).sort(),
    )
    expect(faults).toEqual(moment.faults)
    expect(load ?? null).toEqual(moment.load)
    const begun = events.filter((event) => event.seq <= seq && event.kind === 'invoke').length
    expect(clients.operations).toBe(begun)
  }
  expect(opened.at(hold).cut.flights.some(({ held }) => held !== undefined)).toBe(true)
  reader.close()
  opened.close()
})

const SEEDS = Array.from({ length: 40 }, (_, index) => 1000 + index)

test('from before, another leader than the recorded one is possible; from the last moment, none is', () => {
  const opened = past()
  const target = targetOf(events[elected - 1] as RunEvent, [])
  const until = Math.min(opened.endUs, (events[elected - 1]?.atUs ?? 0) + 4_000_000)
  const share = (seq: number) => SEEDS.filter((seed) => opened.future(seq, seed, target, until).seenUs !== undefined).length / SEEDS.length
  // From when the first one had won, everybody's patience is drawn anew before the crash.
  const [early, late] = [share(led), share(stood - 1)]
  console.log(`${early} from the first election, ${late} from when it was about to stand`)
  expect(early).toBeGreaterThan(0)
  expect(early).toBeLessThan(1)
  // Its timer runs as it was drawn, and is the next to run out, unless another one's is as near.
  expect(late).toBeGreaterThan(0.5)
  expect(share(elected - 1)).toBe(1)
  // The same seed has the same future, whatever was looked at in between.
  const once = SEEDS.map((seed) => opened.future(crashed, seed, target, until).seenUs)
  opened.at(events.length)
  expect(SEEDS.map((seed) => opened.future(crashed, seed, target, until).seenUs)).toEqual(once)
  opened.close()
})

test('asked of the lab: a curve that ends in certainty, and one of its futures in the library', async () => {
  const run = runId(path.basename(file, '.synod'))
  const report = await lab.call('run.futures', { run, at: elected, moments: 8, futures: 200 })
  expect(report.troubles).toEqual([])
  expect(report.isDone).toBe(true)
  const [first, last] = [report.moments[0], report.moments.at(-1)]
  expect(first).toMatchObject({ seq: 0 })
  expect(first?.share).toBeLessThan(1)
  expect(last).toMatchObject({ seq: elected - 1, share: 1 })
  expect(report.steps.length).toBeGreaterThan(0)
  const one = report.moments.find(({ miss }) => miss !== undefined)
  const kept = await lab.call('run.future', { run, seq: one?.seq ?? 0, seed: one?.miss ?? 0 })
  expect(kept).toMatchObject({ mode: 'simulation', violations: 0, status: 'ended' })
  const verdict = await lab.call('run.check', { run: kept.run })
  expect(verdict).toMatchObject({ is: 'pass' })
  expect(verdict.divergence).toBeUndefined()
})

test('nothing goes wrong in any future: every invariant is judged from the beginning of the recording', () => {
  const opened = past()
  for (const { name } of raft.invariants) {
    const target: Target = { kind: 'violation', invariant: name }
    for (const seq of [crashed, elected, Math.floor(events.length / 2)])
      for (const seed of SEEDS.slice(0, 3))
        expect(opened.future(seq, seed, target, opened.endUs).seenUs, `${name}, ${seq}, ${seed}`).toBeUndefined()
  }
  opened.close()
})

test('a future that is kept has the recorded past, is replayed bit for bit, and has futures of its own', () => {
  const opened = past()
  for (const [index, at] of [crashed, elected, events.find(({ kind }) => kind === 'hold')?.seq ?? 1].entries()) {
    const { config, cut } = opened.kept
    const place = path.join(lab.dataFolder, `kept-${index}.synod`)
    const branch = { of: opened.header.run, at, cut, seeds: [{ after: at, seed: 77 }] }
    const header = headerOf({ run: runId(`kept-${index}`), name: 'kept', config, protocol: raft, epochUs: 0, appVersion: '0', branch })
    keepFuture(opened, { file: place, header, seq: at, seed: 77 })
    const reader = new RunReader(place)
    const judge = new Judge(reader, Execution.of(reader.header))
    judge.advance(reader.lastSeq, Number.POSITIVE_INFINITY)
    const verdict = judge.verdict()
    expect(verdict.divergence).toBeUndefined()
    expect(verdict).toMatchObject({ is: 'pass', judgedSeq: reader.lastSeq })
    expect(reader.lastSeq).toBeGreaterThan(at)
    const timeless = ({ atUs: _, ...event }: RunEvent) => JSON.stringify(event)
    const kept = reader.events({ from: 1, limit: at, direction: 'forward' }).events
    expect(kept.map(timeless)).toEqual(events.slice(0, at).map(timeless))
    reader.close()
    const again = openPast(place, findProtocol)
    expect(again).toBeInstanceOf(CutPast)
    const late = Math.floor((at + again.lastSeq) / 2)
    expect(() => again.future(late, 5, { kind: 'violation', invariant: 'Election Safety' }, again.endUs)).not.toThrow()
    again.close()
    fs.rmSync(place)
  }
  opened.close()
})
