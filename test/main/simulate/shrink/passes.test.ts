/** What a liar says, and clients that come later, are made simpler like everything else. */
import { expect, test } from 'vitest'
import type { Step } from '../../../../main/scenario/format.ts'
import { passesOf } from '../../../../main/simulate/shrink/passes.ts'
import type { Bench, Trial } from '../../../../main/simulate/shrink/trial.ts'
import { loadSchema, runConfigSchema } from '../../../../protocols/core/config.ts'
import type { AnyProtocol } from '../../../../protocols/core/machine.ts'
import { pbft } from '../../../../protocols/pbft/index.ts'
import { kv } from '../../../../protocols/services/kv.ts'
import { reduce } from '../../../../protocols/sim/shrink/reduce.ts'

const bench: Bench = { protocol: pbft as AnyProtocol, service: kv }
const run = { ...runConfigSchema.parse({ protocol: 'pbft', service: 'kv', nodes: 1 }), options: pbft.options.parse({}) as never }
const telling = (...lies: object[]): Step => ({ do: 'tell', tell: 'n1', control: 'lie', with: { lies: lies as never }, atMs: 0 })

test('of several lies one is left, told of everything and to everybody, when it does not matter', async () => {
  const lies = [{ lie: 'flood' }, { lie: 'silent', to: ['n1'], kinds: ['Prepare'] }, { lie: 'silent', kinds: ['Commit'] }]
  const trial: Trial = { run, steps: [telling(...lies), { do: 'watch', watch: { ms: 10 } }], expect: {}, limitMs: 1000 }
  const { value } = await reduce(trial, {
    passes: passesOf(bench, true),
    budget: 500,
    textOf: (each) => JSON.stringify(each),
    test: async (candidate) => (JSON.stringify(candidate).includes('"silent"') ? candidate : undefined),
  })
  expect(value.steps).toEqual([telling({ lie: 'silent' }), { do: 'watch', watch: { ms: 10 } }])
})

test('clients that come later are as few as those that are there from the beginning, and ask as little', async () => {
  const load = loadSchema.parse({ clients: 12, keys: 5 })
  const trial: Trial = {
    run,
    steps: [
      { do: 'load', load, atMs: 5 },
      { do: 'watch', watch: { ms: 10 } },
    ],
    expect: {},
    limitMs: 1000,
  }
  const { value } = await reduce(trial, {
    passes: passesOf(bench, true),
    budget: 500,
    textOf: (each) => JSON.stringify(each),
    test: async (candidate) => (candidate.run.nodes > 0 && candidate.steps[0]?.do === 'load' ? candidate : undefined),
  })
  expect(value.steps[0]).toMatchObject({ load: { clients: 1, keys: 1, operations: 1 } })
})
