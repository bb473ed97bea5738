/** Other futures of a run that went wrong: how likely that was, what made it so, and one of them as a run. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FuturesReport } from '../../../main/contract/futures.ts'
import { keepFuture } from '../../../main/futures/keep.ts'
import { measure } from '../../../main/futures/measure.ts'
import { openPast } from '../../../main/futures/open.ts'
import type { Target } from '../../../main/futures/target.ts'
import { headerOf } from '../../../main/recorder/header.ts'
import { RunReader } from '../../../main/recorder/reader.ts'
import { Recorder } from '../../../main/recorder/recorder.ts'
import { RunStore } from '../../../main/recorder/store.ts'
import { Execution } from '../../../main/replay/execution.ts'
import { Judge } from '../../../main/replay/judge.ts'
import { runScenario } from '../../../main/scenario/runner.ts'
import { simulated } from '../../../main/simulate/begin.ts'
import { SimStage } from '../../../main/simulate/stage.ts'
import type { RunEvent } from '../../../protocols/core/event.ts'
import { runId } from '../../../protocols/core/ids.ts'
import type { AnyProtocol } from '../../../protocols/core/machine.ts'
import { kv } from '../../../protocols/services/kv.ts'
import { Recording } from '../../../protocols/sim/recording.ts'
import { loadMutant } from '../../support/mutant.ts'

/** Everybody waits about as long, and a follower that is cut off stands again and again: with two votes a term, two will lead. */
const SCRIPT = `name: Twice
run: { nodes: 3, network: { delayMs: 20, jitterMs: 20 }, options: { electionMsMin: 100, electionMsMax: 200, heartbeatMs: 40 } }
steps:
  - wait: leader
  - wait: { ms: 500 }
  - crash: leader
    as: old
  - wait: { ms: 400 }
  - restart: old
  - wait: { ms: 1000 }
`

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'synod-futures-'))
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

let mutant: AnyProtocol
const find = () => mutant

beforeAll(async () => {
  const find = '(state.votedFor === undefined || state.votedFor === m.candidateId) &&'
  mutant = await loadMutant('raft', [{ file: 'election.ts', find, replace: '' }])
})

async function recorded(seed: number): Promise<string> {
  const { scenario, config } = simulated(SCRIPT, { seed })
  const file = path.join(folder, `run-${seed}.synod`)
  const header = headerOf({
    run: runId(`run-${seed}`),
    name: 'Twice',
    config,
    protocol: mutant,
    epochUs: 0,
    appVersion: '0',
    scenario: SCRIPT,
  })
  const store = new RunStore(file, header)
  const recorder = new Recorder(store, header)
  const sink = new Recording(recorder, mutant, config.nodes)
  const stage = new SimStage({ run: header.run, config, protocol: mutant, service: kv, sink })
  await runScenario(stage, { ...scenario, afterwards: 'stop' })
  recorder.finish()
  store.close('ended')
  return file
}

function judged(file: string) {
  const reader = new RunReader(file)
  const judge = new Judge(reader, Execution.of(reader.header, find))
  judge.advance(reader.lastSeq, Number.POSITIVE_INFINITY)
  const { events } = reader.events({ from: 1, limit: reader.lastSeq, direction: 'forward' })
  reader.close()
  return { verdict: judge.verdict(), events }
}

/** A run in which two led in one term, and when. */
let file = ''
let seq = 0
let events: readonly RunEvent[] = []

beforeAll(async () => {
  for (let seed = 1; seed <= 200; seed++) {
    file = await recorded(seed)
    const found = judged(file)
    const [first] = found.verdict.violations
    if (first?.invariant !== 'Election Safety' || first.seq < 150) continue // not in the very first election
    seq = first.seq
    events = found.events
    console.log(`seed ${seed}, violated at event ${seq}`)
    return
  }
  throw new Error('no seed of 200 had two leaders in one term')
})

const target: Target = { kind: 'violation', invariant: 'Election Safety' }

async function measured(moments: number, futures: number, signal?: AbortSignal): Promise<FuturesReport> {
  const past = openPast(file, find)
  try {
    return await measure({
      ...{ what: 'two leaders', seq, untilUs: past.endUs, cuts: past.cutsBefore(seq), moments, futures, seed: past.config.seed },
      timeOf: (at) => past.timeOf(at),
      eventsBetween: (after, to) => past.between(after, to),
      sentenceOf: (event) => past.sentenceOf(event),
      look: async (at, seeds) => seeds.map((seed) => past.future(at, seed, target, past.endUs)),
      troubles: () => [],
      ...(signal ? { signal } : {}),
    })
  } finally {
    past.close()
  }
}

test('it was unlikely at first and certain in the end, and the steps lie in between', async () => {
  const { moments, steps, isDone } = await measured(24, 40)
  expect(isDone).toBe(true)
  const [first, last] = [moments[0], moments.at(-1)]
  expect(first?.seq).toBe(0)
  expect(last?.seq).toBeLessThan(seq)
  // What is on its way right before it cannot be stopped any more: the next thing that happens breaks it.
  expect(last).toMatchObject({ share: 1, seq: expect.any(Number) })
  expect(first?.share).toBeLessThan(0.9)
  expect(steps.length).toBeGreaterThan(0)
  for (const { from, to, event, text } of steps) {
    expect(event).toBeGreaterThan(from)
    expect(event).toBeLessThanOrEqual(to)
    expect(text).not.toBe('')
  }
  for (const { low, share, high, hits, futures } of moments) {
    expect(low).toBeLessThanOrEqual(share)
    expect(high).toBeGreaterThanOrEqual(share)
    expect(share).toBe(hits / futures)
  }
})

test('the same question has the same answer; an interruption leaves what there is', async () => {
  const once = await measured(6, 24)
  expect(await measured(6, 24)).toEqual(once)
  const end = new AbortController()
  end.abort()
  expect(await measured(6, 24, end.signal)).toMatchObject({ moments: [], isDone: false })
}, 60_000)

test('a future that is kept shares the past, event for event, happens as it was counted, and is a run like any', async () => {
  const { moments } = await measured(6, 24)
  const moment = moments.findLast(({ hit, miss }) => hit !== undefined && miss !== undefined)
  if (!moment) throw new Error('from no moment it could go either way')
  const past = openPast(file, find)
  const at = past.cutAt(moment.seq)
  const keep = (seed: number) => {
    const name = `future-${seed}`
    const { config, header } = past
    const branch = { of: header.run, at, seeds: [{ after: at, seed }] }
    const kept = headerOf({ run: runId(name), name, config, protocol: mutant, epochUs: 0, appVersion: '0', branch })
    const place = path.join(folder, `${name}.synod`)
    keepFuture(past, { file: place, header: kept, seq: moment.seq, seed })
    return { place, ...judged(place) }
  }
  for (const [seed, is] of [
    [moment.hit, 'fail'],
    [moment.miss, 'pass'],
  ] as const) {
    const future = keep(seed as number)
    expect(JSON.stringify(future.events.slice(0, at))).toBe(JSON.stringify(events.slice(0, at)))
    expect(JSON.stringify(future.events)).not.toBe(JSON.stringify(events))
    expect(future.verdict).toMatchObject({ is })
    expect(future.verdict.divergence).toBeUndefined() // the dice of the other seed are thrown from the cut on, in the replay too
    // It can be had again like the first, and has futures of its own.
    const again = openPast(future.place, find)
    const later = again.cutAt(Math.floor((at + future.events.length) / 2))
    expect(later).toBeGreaterThan(at)
    expect(again.cutsBefore(future.events.length).length).toBeGreaterThan(10)
    again.close()
  }
  past.close()
}, 60_000)

test('what cannot be asked is said: another version, an unknown protocol', () => {
  expect(() => openPast(file, () => ({ ...mutant, version: mutant.version + 1 }))).toThrow(/recorded by version/)
  expect(() => openPast(file, () => undefined)).toThrow(/does not know the protocol/)
})
