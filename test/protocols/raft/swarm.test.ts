/**
 * Whole clusters under random misfortune. `SWARM_SEED=17 vitest run test/protocols/raft/swarm.test.ts` repeats one run,
 * `SWARM_RUNS=5000` makes a long search of it.
 */
import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { raft } from '../../../protocols/raft/index.ts'
import { kv } from '../../../protocols/services/kv.ts'
import { type SwarmResult, swarm } from '../../support/swarm.ts'

const runs = Number(process.env.SWARM_RUNS ?? 60)
const only = process.env.SWARM_SEED
/** Seeds that once failed, each with a line saying what it found. */
const once = fs
  .readFileSync(path.join(import.meta.dirname, '..', '..', 'seeds', 'raft.txt'), 'utf8')
  .split('\n')
  .flatMap((line) => (/^\d/.test(line) ? [Number.parseInt(line, 10)] : []))
const seeds = only === undefined ? [...once, ...Array.from({ length: runs }, (_, i) => i + 1)] : [Number(only)]

test.each([
  ['entries leave at once', {}, seeds],
  ['entries leave in batches', { batch: true }, seeds.slice(0, Math.ceil(seeds.length / 3))],
])('clusters stay safe under faults and go on when healed: %s', { timeout: 3_600_000 }, (_, options, seeds) => {
  const sums = new Map<string, number>()
  for (const seed of seeds) {
    const result: SwarmResult = swarm(raft, kv, seed, options)
    if (result.failure) {
      const { name, text } = result.failure
      const setup = JSON.stringify(result.setup)
      expect.fail(`${name}: ${text}\nseed ${seed}, ${setup}\nrepeat: SWARM_SEED=${seed} vitest run test/protocols/raft/swarm.test.ts`)
    }
    for (const [note, count] of result.notes) sums.set(note, (sums.get(note) ?? 0) + count)
    sums.set('operations', (sums.get('operations') ?? 0) + result.operations)
    sums.set('steps', (sums.get('steps') ?? 0) + result.steps)
  }
  if (only !== undefined) return
  // A swarm in which these never happen proves nothing: sometimes a leader changes, commands commit, conflicts are repaired.
  for (const wanted of ['becomeLeader', 'stepDown', 'replaceConflict', 'backUp', 'operations']) {
    expect(sums.get(wanted) ?? 0, `${wanted} in ${seeds.length} runs`).toBeGreaterThan(seeds.length / 4)
  }
})
