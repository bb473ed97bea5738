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

test.each(Object.entries(least))('%s takes %i events by hand, and stands without the mistake', async (name, events) => {
  const { scenario, config } = simulated(fs.readFileSync(path.join(import.meta.dirname, 'least', `${name}.yaml`), 'utf8'), {})
  const edits = mistakes.find((mistake) => mistake.name === name)?.edits ?? []
  const mutant = await loadMutant(
    'raft',
    edits.map((edit) => ({ ...edit, file: edit.file.replace('protocols/raft/', '') })),
  )
  const run = { ...config, options: sound.options.parse(config.options) as unknown as typeof config.options }
  const trial = { run, steps: scenario.steps.map(({ step }) => step), expect: {}, limitMs: 120_000 }
  const found = await attempt(trial, { protocol: mutant as AnyProtocol, service: kv })
  expect({ events: found.events, isViolated: found.violatedAtMs !== undefined }).toEqual({ events, isViolated: true })
  expect((await attempt(trial, { protocol: sound as AnyProtocol, service: kv })).passed).toBe(true)
})
