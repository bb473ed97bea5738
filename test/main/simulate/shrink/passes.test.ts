/** What a liar says is made simpler like everything else. */
import { expect, test } from 'vitest'
import type { Step } from '../../../../main/scenario/format.ts'
import { passesOf } from '../../../../main/simulate/shrink/passes.ts'
import type { Bench, Trial } from '../../../../main/simulate/shrink/trial.ts'
import { runConfigSchema } from '../../../../protocols/core/config.ts'
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
