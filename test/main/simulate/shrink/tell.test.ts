/** What nodes are told becomes simpler with the cluster, and is changed within what the scenario's storms tell. */
import { expect, test } from 'vitest'
import type { Step } from '../../../../main/scenario/format.ts'
import { lie, neverThere, onNodes, withSpares } from '../../../../main/simulate/shrink/change.ts'
import { Dice } from '../../../../main/simulate/shrink/dice.ts'
import { stormy } from '../../../../main/simulate/shrink/guess.ts'
import { retold, told } from '../../../../main/simulate/shrink/tell.ts'
import type { Bench, Trial } from '../../../../main/simulate/shrink/trial.ts'
import type { AnyProtocol } from '../../../../protocols/core/machine.ts'
import { withLies } from '../../../../protocols/lies/liar.ts'
import { pbft } from '../../../../protocols/pbft/index.ts'
import { kv } from '../../../../protocols/services/kv.ts'
import { trialOf as onThree, bench as raftBench, run } from './trials.ts'

const bench: Bench = { ...raftBench, tells: ['changeMembers', 'transferLeadership'] }
const trialOf = (...steps: Step[]): Trial => ({ ...onThree(...steps), run: { ...run, nodes: 5 } })
const change = (...servers: string[]): Extract<Step, { do: 'tell' }> => ({
  ...{ do: 'tell', tell: 'n1', control: 'changeMembers', with: { servers } },
})

test('a node that goes is not told of any more; nobody is told of nobody, nor who is gone anything', () => {
  const { steps } = onNodes(trialOf(change('n1', 'n5'), change('n5'), { ...change('n1'), tell: 'n5' }), 3)
  expect(steps.slice(0, -1)).toEqual([change('n1')])
})

test('nodes are told what the storms tell, and nothing else', () => {
  const dice = new Dice(7)
  const seen = new Set<string>()
  for (let count = 0; count < 200; count++) {
    const { do: _, tell, control, with: fields } = told(trialOf(), dice, bench) as Extract<Step, { do: 'tell' }>
    expect(bench.protocol.controls?.find(({ name }) => name === control)?.schema.safeParse({ name: control, ...fields }).success).toBe(true)
    expect(tell).toMatch(/^(leader|n[1-5])$/)
    seen.add(control)
  }
  expect([...seen].sort()).toEqual(['changeMembers', 'transferLeadership'])
  expect(told(trialOf(), dice, { ...bench, tells: [] })).toBeUndefined()
})

test('the same is told of a node more or fewer, never of nobody, or to another', () => {
  const dice = new Dice(8)
  const [counts, tells] = [new Set<number>(), new Set<string>()]
  for (let count = 0; count < 200; count++) {
    const { tell, control, with: fields = {} } = retold(change('n1', 'n2'), trialOf(), dice, bench)
    expect(control).toBe('changeMembers')
    counts.add((fields.servers as string[]).length)
    tells.add(tell)
  }
  expect([...counts].sort()).toEqual([1, 2, 3])
  expect(tells.size).toBe(5)
})

test('as many lie as may, of their own ways of lying, and to whom is there', () => {
  const dice = new Dice(10)
  const pbftBench: Bench = { protocol: pbft as AnyProtocol, service: kv, liars: 1 }
  const bare = trialOf()
  expect(lie(bare, dice, bench, [])).toBeUndefined()
  for (let count = 0; count < 100; count++) {
    const lying = lie(bare, dice, pbftBench, []) as Trial
    const [{ do: kind, ...told }] = lying.steps as unknown as [{ do: string; tell: string; with: { lies: object[] } }]
    expect(kind).toBe('tell')
    const control = withLies(pbft as AnyProtocol).controls?.find(({ name }) => name === 'lie')
    expect(control?.schema.safeParse({ name: 'lie', ...told.with }).success, JSON.stringify(told)).toBe(true)
    // Whoever lies may lie otherwise, and nobody else does.
    const other = lie(lying, dice, pbftBench, []) as Trial
    expect(other.steps).toHaveLength(2)
    expect(other.steps[0]).toMatchObject({ tell: told.tell, control: 'lie', atMs: 0 })
    const { lies } = (other.steps[0] as unknown as typeof told).with
    expect(control?.schema.safeParse({ name: 'lie', lies }).success, JSON.stringify(lies)).toBe(true)
  }
})

test('small storms tell what the scenario tells, in half of the cases', () => {
  const dice = new Dice(9)
  const tells = Array.from({ length: 50 }, () => stormy(trialOf(), dice, bench).steps[0]).map((step) =>
    step?.do === 'storm' ? step.storm.tells.length : -1,
  )
  expect(new Set(tells)).toEqual(new Set([0, 2]))
})

test('who need not come later is there from the beginning, and is not added; who is there no more can be', () => {
  const add = (node: string): Step => ({ do: 'add', add: node })
  const { run, steps } = withSpares(trialOf(add('n4'), add('n5')), 1)
  expect(run.spares).toBe(1)
  expect(steps.slice(0, -1)).toEqual([add('n5')])
})

test('a member that was never there leaves its seat empty, whoever else has its name then, and nobody is told of it', () => {
  const [dice, seen] = [new Dice(11), new Set<string>()]
  const whole: Trial = trialOf(change('n1', 'n2'), { do: 'crash', crash: 'n3' }, { do: 'crash', crash: 'n5' })
  const trial = { ...whole, run: { ...whole.run, spares: 2 } } // n1, n2 and n3 are members; what n1 is told goes with it
  for (let count = 0; count < 50; count++) {
    const { run, steps } = neverThere(trial, dice, bench, []) as Trial
    expect(run).toMatchObject({ nodes: 5, spares: 3 })
    seen.add(
      JSON.stringify(steps.slice(0, -1).map((step) => (step.do === 'tell' ? step.with?.servers : step.do === 'crash' && step.crash))),
    )
  }
  expect([...seen].sort()).toEqual(['["n1","n5"]', '[["n1","n2"],"n5"]', '[["n1"],"n2","n5"]'])
  expect(neverThere({ ...whole, run: { ...whole.run, spares: 4 } }, dice, bench, [])).toBeUndefined()
})
