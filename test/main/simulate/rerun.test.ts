/**
 * A recorded simulation is had again from its recording alone: cut at any event and gone on with the same chance it has the
 * same events as ever, which proves that nothing is missing from the cut; with another chance it has others from there.
 */
import { expect, test } from 'vitest'
import { runScenario } from '../../../main/scenario/runner.ts'
import { simulated } from '../../../main/simulate/begin.ts'
import { SimStage } from '../../../main/simulate/stage.ts'
import type { RunConfig } from '../../../protocols/core/config.ts'
import type { RunEvent } from '../../../protocols/core/event.ts'
import { runId } from '../../../protocols/core/ids.ts'
import { draw } from '../../../protocols/core/prng.ts'
import { raft } from '../../../protocols/raft/index.ts'
import { kv } from '../../../protocols/services/kv.ts'
import { DeedReader } from '../../../protocols/sim/deeds.ts'
import { EventLog } from '../../../protocols/sim/eventLog.ts'
import { type Past, Rerun, RerunError } from '../../../protocols/sim/rerun.ts'
import { seedOf } from '../../support/seeds.ts'

const chosen = seedOf('rerun')
const storm = raft.scenarios.find(({ name }) => name === 'bad-afternoon')?.text ?? ''

interface Recorded {
  readonly config: RunConfig
  /** Up to its end. */
  readonly events: readonly RunEvent[]
  readonly past: Past
}

async function record(text: string, seed: number): Promise<Recorded> {
  const { scenario, config } = simulated(text, { seed })
  const log = new EventLog(raft, config.nodes)
  const stage = new SimStage({ run: runId('recorded'), config, protocol: raft, service: kv, sink: log.sink })
  await runScenario(stage, { ...scenario, afterwards: 'stay' })
  const { events } = log
  const reader = new DeedReader(config)
  for (const event of events) reader.take(event)
  return { config, events, past: { deeds: reader.deeds, endUs: stage.simulation.nowUs } }
}

function begin({ config, past }: Recorded): { rerun: Rerun; log: EventLog } {
  const log = new EventLog(raft, config.nodes)
  return { rerun: new Rerun({ protocol: raft, service: kv, config, sink: log.sink }, past), log }
}

const counted = (events: readonly RunEvent[], seq: number) => events.slice(0, seq).filter(({ kind }) => kind !== 'checkpoint').length

const SCRIPTED = `name: Scripted
run: { nodes: 3, seed: 1, load: { clients: 3, rate: 100, operations: 200 } }
steps:
  - wait: leader
  - client: put x 1
  - arm: { kind: hold, target: { links: [[leader, n2]] }, rule: { count: 5 } }
    as: gate
  - client: put x 2
  - client: get x
  - release: gate
  - crash: leader
    as: old
  - wait: new-leader
  - pause: follower
    as: still
  - wipe: old
  - restart: old
  - wait: { ms: 700 }
  - resume: still
  - client: put x 3
  - { ask: put y 1, by: a, of: n2 }
  - { ask: put y 2, by: a, of: n3 }
  - { ask: get x, by: b }
  - ask: put x 4
  - wait: idle
  - load: { clients: 2, rate: 0 }
  - wait: { ms: 100 }
  - load: off
  - heal:
  - wait: applied
`

test.each([
  ['a storm', storm],
  ['a scripted run', SCRIPTED],
])('%s, cut at any event and gone on with the same chance, has the same events', async (_, text) => {
  let deeds = 0
  for (let run = 0; run < 3; run++) {
    const seed = draw(chosen, run)
    console.log(`seed ${seed}`)
    const recorded = await record(text, seed)
    const { events, past } = recorded
    deeds += past.deeds.length
    for (let i = 0; i < 6; i++) {
      const seq = 1 + (draw(chosen, run, i) % events.length)
      const { rerun, log } = begin(recorded)
      rerun.to(counted(events, seq))
      expect(log.events.length, `cut at ${seq}`).toBeGreaterThanOrEqual(seq)
      rerun.to(counted(events, events.length))
      expectSame(log.events, events, `seed ${seed}, cut at ${seq}`)
    }
  }
  // One storm in twenty-five is a calm one: together they must not be.
  expect(deeds).toBeGreaterThan(5)
})

function expectSame(found: readonly RunEvent[], events: readonly RunEvent[], what: string): void {
  for (const [index, event] of events.entries()) {
    const text = JSON.stringify(event)
    if (JSON.stringify(found[index]) !== text) expect(JSON.stringify(found[index]), `${what}: event ${index + 1}`).toBe(text)
  }
  expect(found.length, what).toBe(events.length)
}

test('with another chance the past is the same and the future is not, and the same chance has the same future', async () => {
  const recorded = await record(storm, draw(chosen, 99))
  const { events, past } = recorded
  const seq = Math.floor(events.length / 2)
  const future = (seed: number) => {
    const { rerun, log } = begin(recorded)
    rerun.to(counted(events, seq))
    const cut = log.events.length
    rerun.goOn(past.endUs, seed)
    expectSame(log.events.slice(0, cut), events.slice(0, cut), 'the past')
    return JSON.stringify(log.events.slice(cut))
  }
  const first = future(1)
  expect(future(1)).toBe(first)
  expect(future(2)).not.toBe(first)
  expect(first).not.toBe(JSON.stringify(events.slice(seq)))
})

test('deeds go on in every future at the times at which they came', async () => {
  const recorded = await record(SCRIPTED, draw(chosen, 98))
  const { events, past } = recorded
  const { rerun, log } = begin(recorded)
  const seq = Math.floor(events.length / 3)
  rerun.to(counted(events, seq))
  rerun.goOn(past.endUs, 5)
  const actions = (list: readonly RunEvent[]) =>
    list.flatMap((event) =>
      event.kind === 'action' && event.action.do === 'node' ? [`${event.atUs} ${event.action.what} ${event.action.node}`] : [],
    )
  expect(actions(log.events)).toEqual(actions(events))
})

test('a recording that the simulation does not follow is refused, with the event', async () => {
  const recorded = await record(SCRIPTED, draw(chosen, 97)) // a storm may be a calm one, without deeds
  const deeds = recorded.past.deeds.filter((_, index) => index !== 3)
  const { rerun } = begin({ ...recorded, past: { ...recorded.past, deeds } })
  expect(() => rerun.to(counted(recorded.events, recorded.events.length))).toThrow(RerunError)
  expect(() => begin({ ...recorded, config: { ...recorded.config, seed: 1 + recorded.config.seed } }).rerun.to(5000)).toThrow(
    /before event \d+/,
  )
})
