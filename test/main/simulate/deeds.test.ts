/** What shrunk scenarios are written with: deeds at their times, operations that nobody waits for, clocks, disks, and watching. */
import { expect, test } from 'vitest'
import { parseScenario } from '../../../main/scenario/parse.ts'
import { runScenario } from '../../../main/scenario/runner.ts'
import { SimStage } from '../../../main/simulate/stage.ts'
import { saidRecord } from '../../../protocols/clients/desk.ts'
import type { RunEvent, Unnumbered } from '../../../protocols/core/event.ts'
import { nodeId, runId } from '../../../protocols/core/ids.ts'
import type { AnyProtocol } from '../../../protocols/core/machine.ts'
import { raft } from '../../../protocols/raft/index.ts'
import { kv } from '../../../protocols/services/kv.ts'
import type { Letter, Sink, Word } from '../../../protocols/sim/sink.ts'
import { loadMutant } from '../../support/mutant.ts'

/** What was said, sent to whom by clients, and done, each with its time. */
class Notes implements Sink {
  readonly spokeOf: { atUs: number; text: string }[] = []
  readonly asked: { atUs: number; to: number }[] = []
  readonly done: { atUs: number; event: Unnumbered<RunEvent> }[] = []
  spoke({ atUs, said }: Word): void {
    this.spokeOf.push({ atUs, text: saidRecord(said).text })
  }
  sent({ from, to }: Letter, atUs: number): void {
    if (from === 3) this.asked.push({ atUs, to })
  }
  happened(event: Parameters<Sink['happened']>[0]): void {
    this.done.push({ atUs: event.atUs, event })
  }
  stepped(): void {}
  delivered(): void {}
  dropped(): void {}
  held(): void {}
}

async function play(steps: string, protocol: AnyProtocol = raft, seed = 1) {
  const scenario = parseScenario(`name: Deeds\nrun: { nodes: 3, seed: ${seed} }\nsteps:\n${steps}`)
  const notes = new Notes()
  const config = { ...scenario.run, mode: 'simulation' as const }
  const stage = new SimStage({ run: runId('deeds'), config, protocol, service: kv, sink: notes })
  let openedUs = 0
  const outcome = await runScenario(stage, scenario, {
    onProgress: ({ step, is }) => {
      if (step === 1 && is === 'begun') openedUs = stage.simulation.nowUs
    },
  })
  return { outcome, notes, stage, openedUs }
}

test('a step begins at its time, counted from when all nodes are up, and not before the one above it is done', async () => {
  const { outcome, notes, openedUs } = await play('  - { pause: n1, atMs: 12.345 }\n  - wait: { ms: 100 }\n  - { resume: n1, atMs: 50 }\n')
  expect(outcome.is).toBe('pass')
  const actions = notes.done.flatMap(({ atUs, event }) => (event.kind === 'action' && event.action.do === 'node' ? [atUs - openedUs] : []))
  expect(actions).toEqual([12_345, 112_345])
})

test('several clients ask at once, each the node that it is told to ask, and nobody waits', async () => {
  const steps =
    '  - wait: leader\n  - { ask: put x 1, by: a, of: n2 }\n  - { ask: put y 2, by: b, of: n3 }\n  - { ask: get x, by: a }\n  - wait: idle\n'
  const { outcome, notes } = await play(steps)
  expect(outcome.is).toBe('pass')
  const invoked = notes.spokeOf.filter(({ text }) => text.includes('"op"'))
  expect(invoked.slice(0, 2).map(({ atUs }) => atUs)).toEqual([invoked[0]?.atUs, invoked[0]?.atUs])
  expect(invoked.map(({ text }) => JSON.parse(text).client)).toEqual(['a', 'b', 'a'])
  // The third waited for the answer to the first, which came from the same client.
  expect(invoked[2]?.atUs).toBeGreaterThan(invoked[0]?.atUs as number)
  expect(notes.asked.slice(0, 2).map(({ to }) => to)).toEqual([1, 2])
})

test('clocks and disks are set', async () => {
  const { stage } = await play('  - { clock: n2, driftPpm: 500000 }\n  - { disk: n3, syncMs: { min: 7, max: 9 } }\n  - wait: { ms: 100 }\n')
  const { nowUs } = stage.simulation
  expect(stage.simulation.node(nodeId('n2')).clock.localMs(nowUs)).toBeGreaterThan((nowUs / 1e3) * 1.2)
  expect(stage.simulation.node(nodeId('n3')).syncMs).toEqual({ min: 7, max: 9 })
})

test('watching ends when an invariant is broken, else when its time is over', async () => {
  const well = await play('  - watch: { ms: 500 }\n')
  expect(well.outcome.is).toBe('pass')
  expect(well.stage.simulation.nowUs - well.openedUs).toBe(500_000)
  const mutant = await loadMutant('raft', [
    { file: 'election.ts', find: '(state.votedFor === undefined || state.votedFor === m.candidateId) &&', replace: '' },
  ])
  for (let seed = 1; seed < 500; seed++) {
    const { outcome, stage } = await play('  - { arm: { kind: delay, delayMs: 40 } }\n  - watch: { ms: 5000 }\n', mutant, seed)
    if (outcome.violated === undefined) continue
    expect(stage.simulation.nowUs).toBe(stage.judging.found[0]?.atUs)
    return
  }
  expect.fail('no seed broke anything')
})

test('watching ends when the answers that clients had cannot be explained', async () => {
  const mutant = await loadMutant('raft', [
    { file: 'sessions.ts', find: 'if (before !== undefined) {', replace: 'if (before !== undefined && index < 0) {' },
  ])
  // The first answer is lost, so it is asked again, done again, and answered otherwise.
  const steps = `  - wait: leader
  - client: put x 0
  - wait: { ms: 1 }
  - { arm: { kind: loss, probability: 1, target: { links: [[leader, clients]] }, rule: { count: 1 } } }
  - { ask: cas x 0 1 }
  - watch: { ms: 5000 }
`
  const { stage, notes } = await play(steps, mutant)
  const last = notes.spokeOf.at(-1)
  expect(JSON.parse(last?.text ?? '{}')).toMatchObject({ operation: 2, outcome: { is: 'ok', result: false } })
  expect(stage.simulation.nowUs).toBe(last?.atUs)
})
