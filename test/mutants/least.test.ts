/** The least that shows a mistake, by hand: with this the shrinker's results are to be compared (README.md). */
import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { simulated } from '../../main/simulate/begin.ts'
import { attempt } from '../../main/simulate/shrink/trial.ts'
import type { AnyProtocol } from '../../protocols/core/machine.ts'
import { raft as sound } from '../../protocols/raft/index.ts'
import { kv } from '../../protocols/services/kv.ts'
import { loadMutant } from '../support/mutant.ts'
import { mistakes } from './raft.ts'

const least = {
  'old-term-by-count': 58,
  'sessions-not-replicated': 73,
  'applied-before-commit': 52,
  'read-index-of-an-earlier-question': 57,
}

/** How many events a scenario takes until the mistake is seen, if it is, and whether it passes without the mistake. */
async function shown(name: string, text: string): Promise<{ events: number; isViolated: boolean; standsWithout: boolean }> {
  const { scenario, config } = simulated(text, {})
  const edits = mistakes.find((mistake) => mistake.name === name)?.edits ?? []
  const mutant = await loadMutant(
    'raft',
    edits.map((edit) => ({ ...edit, file: edit.file.replace('protocols/raft/', '') })),
  )
  const run = { ...config, options: sound.options.parse(config.options) as unknown as typeof config.options }
  const trial = { run, steps: scenario.steps.map(({ step }) => step), expect: {}, limitMs: 120_000 }
  const found = await attempt(trial, { protocol: mutant as AnyProtocol, service: kv })
  const { passed } = await attempt(trial, { protocol: sound as AnyProtocol, service: kv })
  return { events: found.events, isViolated: found.violatedAtMs !== undefined, standsWithout: passed }
}

test.each(Object.entries(least))('%s takes %i events by hand, and stands without the mistake', async (name, events) => {
  const text = fs.readFileSync(path.join(import.meta.dirname, 'least', `${name}.yaml`), 'utf8')
  expect(await shown(name, text)).toEqual({ events, isViolated: true, standsWithout: true })
})

test.each(['figure-8', 'figure-8-committed'])('%s, the scenario, shows the mistake of Figure 8, too', async (name) => {
  const text = sound.scenarios.find((scenario) => scenario.name === name)?.text ?? ''
  expect(await shown('old-term-by-count', text)).toMatchObject({ isViolated: true, standsWithout: true })
})
