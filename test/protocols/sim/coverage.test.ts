/** What a sweep says that it saw is what there was to see: counted here a second time, from the steps themselves. */
import { expect, test } from 'vitest'
import { runConfigSchema } from '../../../protocols/core/config.ts'
import { nodeId } from '../../../protocols/core/ids.ts'
import type { AnyProtocol } from '../../../protocols/core/machine.ts'
import { raft } from '../../../protocols/raft/index.ts'
import { kv } from '../../../protocols/services/kv.ts'
import { Coverage, coverageOf, kindsOf } from '../../../protocols/sim/coverage.ts'
import { Simulation } from '../../../protocols/sim/simulation.ts'
import { type Sink, tee } from '../../../protocols/sim/sink.ts'

/** Counts by building names, which is slow and plain. */
class Plain implements Sink {
  readonly seen: { [name: string]: number } = {}
  readonly #types: readonly string[]

  constructor(types: readonly string[]) {
    this.#types = types
  }

  stepped({ input, effects }: Parameters<Sink['stepped']>[0]): void {
    if (input.kind === 'message') this.#count(`input message ${input.message.kind}`)
    else if (input.kind === 'timer') this.#count(`input timer ${input.name}`)
    else if (input.kind === 'request') this.#count(`input request ${input.request.kind}`)
    else this.#count(`input ${input.kind}`)
    for (const effect of effects) {
      if (effect.kind === 'note') this.#count(`transition ${effect.note}`)
      else if (effect.kind === 'send') this.#count(`effect send ${effect.message.kind}`)
      else if (effect.kind === 'setTimer') this.#count(`effect setTimer ${effect.name}`)
      else if (effect.kind === 'reply') this.#count(`effect reply ${effect.outcome.kind}`)
      else this.#count(`effect ${effect.kind}`)
    }
  }

  sent({ type }: Parameters<Sink['sent']>[0]): void {
    this.#count(`message ${this.#types[type]}`)
  }

  #count(name: string): void {
    this.seen[name] = (this.seen[name] ?? 0) + 1
  }

  spoke(): void {}
  delivered(): void {}
  dropped(): void {}
  held(): void {}
  happened(): void {}
}

function simulate(nodes: number, protocol: AnyProtocol = raft): { coverage: Coverage; plain: Plain } {
  const config = runConfigSchema.parse({
    ...{ mode: 'simulation', nodes, seed: 5, load: { clients: 4, rate: 200 }, options: { writeInParallel: true } },
  })
  const coverage = new Coverage(protocol)
  const plain = new Plain([...protocol.messages.map(({ kind }) => kind), 'ClientRequest', 'ClientReply'])
  const run = new Simulation({ protocol, service: kv, config, sink: tee(coverage, plain) })
  run.run(1_000_000)
  run.act(nodeId('n1'), 'crash')
  run.run(2_000_000)
  run.act(nodeId('n1'), 'restart')
  run.run(3_000_000)
  return { coverage, plain }
}

test('every kind is counted as often as it came', () => {
  const { coverage, plain } = simulate(5)
  const counted = Object.fromEntries(kindsOf(raft).map((kind, index) => [kind, coverage.counts[index]]))
  expect(Object.fromEntries(Object.entries(counted).filter(([, count]) => count !== 0))).toEqual(plain.seen)
  expect(counted).toMatchObject({ 'input start': 6, 'transition overwriteCommitted': 0, 'input message AppendEntries': expect.any(Number) })
  expect(counted['input durable']).toBeGreaterThan(0)
  expect(counted['transition becomeLeader']).toBeGreaterThan(0)
})

test('several runs are summed, and what none of them saw is named', () => {
  const { coverage, plain } = simulate(1)
  const report = coverageOf(raft, [coverage.counts, coverage.counts])
  expect(report.inputs['timer election']).toBe(2 * (plain.seen['input timer election'] as number))
  expect(report.transitions).toMatchObject({ becomeLeader: expect.any(Number), grantVote: 0 })
  // A server alone asks nobody.
  expect(report.neverSeen).toEqual(
    expect.arrayContaining(['input message RequestVote', 'effect send AppendEntries', 'message RequestVoteReply', 'transition grantVote']),
  )
  for (const kind of ['input start', 'transition becomeLeader', 'message ClientReply', 'effect persist'])
    expect(report.neverSeen).not.toContain(kind)
  expect(coverageOf(raft, []).neverSeen).toEqual(kindsOf(raft))
})

test('a note that was not declared is said, not passed over', () => {
  const silent = { ...raft, notes: raft.notes.filter(({ name }) => name !== 'becomeLeader') }
  expect(() => simulate(3, silent)).toThrow('becomeLeader')
})
