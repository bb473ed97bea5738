/** What a sound protocol does not stand, either, shows no mistake of another. */
import { expect, test } from 'vitest'
import { parseScenario } from '../../../../main/scenario/parse.ts'
import { Prover, watched } from '../../../../main/simulate/shrink/prove.ts'
import { attempt, type Bench, isOfOneStep, type Trial } from '../../../../main/simulate/shrink/trial.ts'
import type { AnyProtocol } from '../../../../protocols/core/machine.ts'
import { raft } from '../../../../protocols/raft/index.ts'
import { kv } from '../../../../protocols/services/kv.ts'
import { loadMutant } from '../../../support/mutant.ts'

const votes = { file: 'election.ts', find: '(state.votedFor === undefined || state.votedFor === m.candidateId) &&', replace: '' }

/** Two stand at about the same time, so that both are elected where voters vote twice. */
function trialOf(seed: number): Trial {
  const { run, steps } = parseScenario('name: x\nrun: { nodes: 3, options: { plainElections: true } }\nsteps: [{ watch: { ms: 600 } }]')
  const options = raft.options.parse({ ...run.options, electionMsMin: 150, electionMsMax: 151 })
  const config = { ...run, mode: 'simulation' as const, seed, options: options as never }
  return watched({ run: config, steps: steps.map(({ step }) => step), expect: {}, limitMs: 10_000 }, 600)
}

test('a trial counts only if what is sound stands it; unless it does not even stand the whole', async () => {
  const bench: Bench = { protocol: (await loadMutant('raft', [votes])) as AnyProtocol, service: kv }
  let seed = 1
  while ((await attempt(trialOf(seed), bench)).failure !== 'Election Safety') seed += 1
  const failing = trialOf(seed)
  const passing = { ...failing, run: { ...failing.run, nodes: 1 } }
  const provenBeside = async (sound: Bench, whole: Trial) => {
    const prover = new Prover({ bench, failure: 'Election Safety', budget: 100 })
    await prover.besideSound(sound, whole)
    return (await prover.proveExactly(failing, Number.POSITIVE_INFINITY)) !== undefined
  }
  expect(await provenBeside({ protocol: raft as AnyProtocol, service: kv }, failing)).toBe(true)
  expect(await provenBeside(bench, passing)).toBe(false)
  expect(await provenBeside(bench, failing)).toBe(true)
})

test('what is broken otherwise shows the mistake as well, where something sound says that it is one', async () => {
  const bench: Bench = { protocol: (await loadMutant('raft', [votes])) as AnyProtocol, service: kv }
  let seed = 1
  while ((await attempt(trialOf(seed), bench)).failure !== 'Election Safety') seed += 1
  const prover = new Prover({ bench, failure: 'Leader Completeness', budget: 100 })
  const proven = async () => (await prover.prove(trialOf(seed), Number.POSITIVE_INFINITY))?.failure
  expect(await proven()).toBeUndefined()
  prover.heedHarm({ protocol: raft as AnyProtocol, service: kv })
  expect(await proven()).toBe('Election Safety')
  prover.heedHarm(bench) // as bad as the other
  expect(await proven()).toBeUndefined()
})

test('who stands it under this seed and not under those after it is not sound enough', async () => {
  const bench: Bench = { protocol: (await loadMutant('raft', [votes])) as AnyProtocol, service: kv }
  const seldom = { ...votes, replace: "(state.votedFor === undefined || state.votedFor === m.candidateId || m.candidateId === 'n1') &&" }
  const careless: Bench = { protocol: (await loadMutant('raft', [seldom])) as AnyProtocol, service: kv }
  const breaks = async (which: Bench, seed: number) => (await attempt(trialOf(seed), which)).violatedAtMs !== undefined
  let seed = 1
  while (!(await breaks(bench, seed)) || (await breaks(careless, seed)) || !(await breaks(careless, seed + 4))) seed += 1
  const prover = new Prover({ bench, failure: 'Election Safety', budget: 100 })
  expect(await prover.proveExactly(trialOf(seed), Number.POSITIVE_INFINITY)).toBeDefined()
  prover.heedHarm(careless)
  expect(await prover.proveExactly(trialOf(seed), Number.POSITIVE_INFINITY)).toBeUndefined()
})

test('a step that waits less hears no answer in place of a wrong one, and is the same step', () => {
  expect(isOfOneStep('expectation: client get x', 'liveness: client get x')).toBe(true)
  expect(isOfOneStep('liveness: client get y', 'liveness: client get x')).toBe(false)
})
