/** Liars: what they say is bent, what they are remains, nobody judges them, and where there is none nothing is different. */
import { expect, test } from 'vitest'
import { runConfigSchema } from '../../../protocols/core/config.ts'
import { nodeId } from '../../../protocols/core/ids.ts'
import type { Control } from '../../../protocols/core/input.ts'
import type { AnyProtocol } from '../../../protocols/core/machine.ts'
import { isLiar, withLies } from '../../../protocols/lies/liar.ts'
import { raft as honestRaft } from '../../../protocols/raft/index.ts'
import { kv } from '../../../protocols/services/kv.ts'
import { Digest } from '../../../protocols/sim/digest.ts'
import { Judging } from '../../../protocols/sim/judging.ts'
import { Recording } from '../../../protocols/sim/recording.ts'
import { Simulation } from '../../../protocols/sim/simulation.ts'
import type { Sink, StepSeen } from '../../../protocols/sim/sink.ts'
import { Listener, tee } from '../../../protocols/sim/sink.ts'

const SECOND = 1_000_000
const raft = withLies(honestRaft)
const lie = (...lies: object[]): Control => ({ name: 'lie', lies: lies as never })
const [n1, n2, n3] = [nodeId('n1'), nodeId('n2'), nodeId('n3')]

function simulate(protocol: AnyProtocol, sink: Sink, seed = 5) {
  const config = runConfigSchema.parse({ mode: 'simulation', nodes: 3, seed, load: { clients: 3, rate: 100, keys: 3 } })
  return new Simulation({ protocol, service: kv, config, sink })
}

/** The last step of each node. */
class Steps extends Listener {
  readonly all: StepSeen[] = []
  override stepped(step: StepSeen): void {
    this.all.push({ ...step })
  }
  of(node: string): StepSeen[] {
    return this.all.filter((step) => step.node === node)
  }
}

const sendsOf = ({ effects }: StepSeen) => effects.flatMap((effect) => (effect.kind === 'send' ? [effect] : []))

test('where nobody lies, every event is the same', () => {
  const digest = (protocol: AnyProtocol) => {
    const sink = new Digest()
    simulate(protocol, new Recording(sink, protocol, 3)).run(2 * SECOND)
    return sink.hex
  }
  expect(digest(raft)).toBe(digest(honestRaft))
})

test('a silent node goes on listening and says nothing to whom it is silent', () => {
  const steps = new Steps()
  const run = simulate(raft, steps)
  run.run(SECOND)
  run.tell(n2, lie({ lie: 'silent', to: ['n1'] }))
  const from = steps.all.length
  run.run(3 * SECOND)
  const said = steps.all.slice(from).filter(({ node }) => node === 'n2')
  expect(said.length).toBeGreaterThan(20)
  const to = new Set(said.flatMap(sendsOf).map((send) => send.to))
  expect([...to]).toEqual(['n3'])
})

test('only the kinds that are named are withheld', () => {
  const steps = new Steps()
  const run = simulate(raft, steps)
  run.run(SECOND)
  for (const id of [n1, n2, n3]) run.tell(id, lie({ lie: 'silent', kinds: ['AppendEntriesReply'] }))
  const from = steps.all.length
  run.run(2 * SECOND)
  const kinds = new Set(
    steps.all
      .slice(from)
      .flatMap(sendsOf)
      .map(({ message }) => message.kind),
  )
  expect(kinds.has('AppendEntriesReply')).toBe(false)
  expect(kinds.size).toBeGreaterThan(0)
})

test('a flood is five of each, a replay is an old one word for word', () => {
  const steps = new Steps()
  const run = simulate(raft, steps)
  run.run(SECOND)
  run.tell(n1, lie({ lie: 'flood' }))
  run.tell(n2, lie({ lie: 'replay' }))
  run.tell(n3, lie({ lie: 'replay' }))
  const from = steps.all.length
  run.run(2 * SECOND)
  const after = steps.all.slice(from)
  for (const step of after.filter(({ node }) => node === 'n1')) expect(sendsOf(step).length % 5).toBe(0)
  const before = new Set<unknown>()
  let again = 0
  for (const step of steps.of('n2')) for (const { message } of sendsOf(step)) before.has(message) ? again++ : before.add(message)
  expect(again).toBeGreaterThan(3)
})

test('a liar that crashes comes back a liar; told to stop, it is honest and yet not believed', () => {
  const steps = new Steps()
  const run = simulate(raft, steps)
  run.run(SECOND)
  run.tell(n2, lie({ lie: 'silent' }))
  run.run(1.5 * SECOND)
  run.act(n2, 'crash')
  run.act(n2, 'restart')
  const from = steps.of('n2').length
  run.run(3 * SECOND)
  const since = steps.of('n2').slice(from)
  expect(since[0]?.input.kind).toBe('start')
  expect(since.flatMap(sendsOf)).toEqual([])
  run.tell(n2, lie())
  run.run(6 * SECOND)
  const last = steps.of('n2').at(-1)
  expect(
    steps
      .of('n2')
      .slice(from + since.length)
      .flatMap(sendsOf).length,
  ).toBeGreaterThan(0)
  expect(isLiar(last?.after)).toBe(true)
  expect(run.observation(n2)?.lies).toBe('')
})

test('a state that lies is written down and read again; its own fields stay where they were', () => {
  const steps = new Steps()
  const run = simulate(raft, steps)
  run.run(SECOND)
  run.tell(n1, lie({ lie: 'replay' }, { lie: 'equivocate', to: ['n3'] }))
  run.run(2 * SECOND)
  const state = steps.of('n1').at(-1)?.after
  const json = raft.encode(state)
  expect(json).toMatchObject({ currentTerm: expect.any(Number), $lies: { lies: [{ lie: 'replay' }, { lie: 'equivocate', to: ['n3'] }] } })
  expect(raft.encode(raft.decode(JSON.parse(JSON.stringify(json))))).toEqual(json)
  expect(raft.glimpse?.(state, { fields: new Set(['currentTerm']), part: () => [0, 0] })).toEqual({
    currentTerm: (json as { currentTerm: number }).currentTerm,
  })
})

test('nothing is demanded of who lies: what liars do to one another breaks no invariant', () => {
  const judging = new Judging(raft, kv)
  const run = simulate(raft, tee(judging))
  run.run(SECOND)
  for (const id of [n1, n2, n3]) run.tell(id, lie({ lie: 'vote-for-all' }, { lie: 'claim-to-hold' }, { lie: 'equivocate' }))
  run.arm({ kind: 'loss', target: { all: true }, probability: 0.4 })
  run.run(20 * SECOND)
  expect(judging.found).toEqual([])
})
