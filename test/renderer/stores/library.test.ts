// @vitest-environment happy-dom
/** The smallest failing run: which it is, and that it opens where it fails. */
import { beforeEach, expect, test } from 'vitest'
import { smallestFailing } from '../../../renderer/model/shrunk.ts'
import { useLibrary } from '../../../renderer/stores/library.ts'
import { type Bench, bench, until } from './bench.ts'

let it: Bench
beforeEach(async () => {
  it = await bench()
})
const named = (name: RegExp) => {
  const found = it.lab.runs.find((run) => name.test(run.name))
  if (!found) throw new Error(`no run ${name}`)
  return found
}

test('it is the shrunk run of the same scenario with the fewest events', () => {
  const [broken, small] = [named(/^Election safety broken/), named(/shrunk/)]
  expect(smallestFailing(it.lab.runs, broken)).toBe(small)
  expect(smallestFailing(it.lab.runs, small)).toBeUndefined()
  expect(smallestFailing(it.lab.runs, named(/Overnight/))).toBeUndefined()
  const smaller = { ...small, run: 'smaller' as never, events: small.events - 1 }
  expect(smallestFailing([...it.lab.runs, smaller], broken)).toBe(smaller)
  expect(smallestFailing([{ ...small, scenario: 'Another' }], broken)).toBeUndefined()
})

test('from the failing run it opens at its violation', async () => {
  await it.open('Election safety broken')
  await useLibrary().openSmallest(named(/^Election safety broken/))
  expect(it.run.id).toBe(named(/shrunk/).run)
  const seq = it.run.verdict?.violations[0]?.seq
  expect(seq).toBeGreaterThan(0)
  await until(() => it.playback.seq === seq)
})
