/** Scenarios that are there to break something: what a sweep says of them, and what is unknown where a step cannot be carried out. */
import { expect, test } from 'vitest'
import { foundIn, sweepTable } from '../../../main/hosts/cli/sweepTable.ts'
import { HOLD, judgeBreaks } from '../../../main/scenario/expect.ts'
import { type SeedResult, sweep } from '../../../main/simulate/index.ts'
import { raft } from '../../../protocols/raft/index.ts'

const textOf = (name: string) => raft.scenarios.find((each) => each.name === name)?.text ?? ''
const result = (seed: number, more: Partial<SeedResult> = {}): SeedResult => ({
  ...{ seed, is: 'pass', events: 10, operations: 1, faults: {}, coverage: [] },
  ...more,
})
const unbroken = (seed: number) => result(seed, { is: 'fail', failure: 'unbroken', why: 'it breaks Election Safety: nothing is broken' })

test('a single liar breaks Raft under every seed', async () => {
  const { results, breaks } = await sweep({ text: textOf('one-liar'), first: 1, last: 40, jobs: 1 })
  expect(breaks).toBe(true)
  expect(results.filter(({ is }) => is !== 'pass')).toEqual([])
})

test('what is broken under some seeds only is told with how many, and the first under which it was not; that is no failure', async () => {
  const found = foundIn([result(3), unbroken(2), result(1), unbroken(4)], true)
  expect(found).toMatchObject({ failures: [], breaks: { broken: 2, firstUnbroken: 2 } })
  expect(sweepTable(found, { scenario: 's', planned: 4 })).toMatch(/^broken, as it should be +2 of 4, not under seed 2$/m)
  const whole = foundIn([result(1), result(2)], true)
  expect(sweepTable(whole, { scenario: 's', planned: 2 })).toMatch(/^broken, as it should be +2 of 2$/m)
})

test('what is never broken is a failure, and so is whatever else goes wrong', async () => {
  expect(foundIn([unbroken(1), unbroken(2)], true).failures).toMatchObject([{ kind: 'unbroken', runs: 2, firstSeed: 1 }])
  const stuck = result(2, { is: 'fail', failure: 'liveness', why: 'too late' })
  expect(foundIn([result(1), stuck], true).failures).toMatchObject([{ kind: 'liveness', runs: 1, firstSeed: 2 }])
  const honest = textOf('one-liar').replace('vote-for-all', 'silent')
  const { results } = await sweep({ text: honest, first: 1, last: 2, jobs: 1 })
  expect(results.map(({ is, failure }) => `${is} ${failure}`)).toEqual(['fail unbroken', 'fail unbroken'])
})

test('where a step was passed over, that nothing broke shows nothing', () => {
  const judged = { expectations: [{ text: HOLD[0], is: 'pass' as const }], broken: [] }
  const [told] = judgeBreaks(judged, ['Fresh Reads'], 'only a simulation sets clocks').expectations
  expect(told).toMatchObject({ is: 'unknown', why: 'nothing is broken, and a step was passed over: only a simulation sets clocks' })
  expect(judgeBreaks(judged, ['Fresh Reads']).expectations).toMatchObject([{ is: 'fail' }])
  expect(judgeBreaks({ ...judged, broken: ['Fresh Reads'] }, ['Fresh Reads'], 'x').expectations).toMatchObject([{ is: 'pass' }])
})
