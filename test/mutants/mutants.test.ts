/** A short slice of `npm run mutants`: the list fits the sources, and some of it is found at once, each by its own sort of judge. */
import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { hunt } from './hunt.ts'
import { mutants } from './index.ts'

const root = path.join(import.meta.dirname, '..', '..')

test('every edit fits exactly one place of the sources, and changes it', () => {
  for (const { name, edits } of mutants) {
    for (const { file, find, replace } of edits) {
      expect(fs.readFileSync(path.join(root, file), 'utf8').split(find).length - 1, `${name}: ${file}: ${find}`).toBe(1)
      expect(replace).not.toBe(find)
    }
  }
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length)
})

const named = (name: string) => mutants.find((mutant) => mutant.name === name) as (typeof mutants)[number]

test.each([
  { name: 'minority-commits', by: 'safety' },
  { name: 'repeated-command-executed', by: 'safety', violated: 'Linearizability' },
  { name: 'stale-leader-resets-timer', by: 'liveness' },
])('$name is found', async ({ name, by, violated }) => {
  const { found, troubles } = await hunt(named(name), { seeds: 100 })
  expect(troubles).toEqual([])
  expect(found).toMatchObject({ is: 'fail', failure: by, ...(violated === undefined ? {} : { violated }) })
})

test('what nothing shows survives, and is not called found', async () => {
  const harmless = {
    protocol: 'raft',
    name: 'harmless',
    edits: [{ file: 'protocols/raft/commit.ts', find: 'Commits the highest', replace: 'Commits the very highest' }],
  }
  expect(await hunt(harmless, { seeds: 5 })).toEqual({ mutant: 'harmless', tried: 5, troubles: [] })
})
