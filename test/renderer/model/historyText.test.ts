/** Verdicts on histories in words. */
import { expect, test } from 'vitest'
import type { HistoryReport, HistoryViolation } from '../../../main/contract/history.ts'
import { progressWords, verdictWords, violationWords } from '../../../renderer/model/historyText.ts'

const report: HistoryReport = {
  is: 'linearizable',
  guarantee: 'unknown',
  model: 'kv',
  operations: 1204,
  unheard: 0,
  parts: 5,
  undecided: 0,
  violations: [],
}
const read = { id: 2, at: 40, client: 'c2', text: 'get x', answer: '1', invoke: 4000, return: 5000 }
const violation: HistoryViolation = {
  part: 'x',
  certain: read,
  explained: {
    window: { operations: [{ ...read, id: 1, text: 'put x 2' }, read], from: 2000, to: 5000, smallest: true },
    attempts: [],
    sequential: 'holds',
    staleReads: { is: 'holds', by: 12_400 },
  },
}

test.each<[Partial<HistoryReport>, boolean, string, string]>([
  [
    { is: 'violated', guarantee: 'eventual', violations: [violation] },
    false,
    'Not linearizable: eventual',
    'key x, of 1,204 operations on 5 keys',
  ],
  [{}, false, 'Linearizable', '1,204 operations on 5 keys fit one order'],
  [{ unheard: 3 }, true, 'Linearizable so far', '1,204 operations on 5 keys fit one order; 3 of unknown outcome'],
  [{ is: 'violated', violations: [violation] }, false, 'Not linearizable', 'key x, of 1,204 operations on 5 keys'],
  [
    { is: 'violated', violations: [violation, violation] },
    false,
    'Not linearizable',
    'key x and 1 other key, of 1,204 operations on 5 keys',
  ],
  [
    { is: 'unknown', why: 'the time limit came first', undecided: 1 },
    false,
    'No verdict',
    'the time limit came first; 1 of 5 keys undecided',
  ],
  [{ is: 'unknown', why: 'event 3 does not fit', parts: 0 }, false, 'No verdict', 'event 3 does not fit; nothing was judged'],
])('%j', (part, live, title, detail) => {
  expect(verdictWords({ ...report, ...part }, live)).toMatchObject({ title, detail })
})

test('where clients may rely on less, it is said what was met, and nothing was broken', () => {
  const weak = { ...report, is: 'violated', guarantee: 'eventual', violations: [violation] } as const
  expect(verdictWords(weak, false, 'eventual')).toMatchObject({
    isAsPromised: true,
    title: 'Not linearizable: eventual; more is not promised',
  })
  expect(verdictWords(weak, false)).toMatchObject({ isAsPromised: false, title: 'Not linearizable: eventual' })
  expect(verdictWords({ ...weak, guarantee: 'none' }, false, 'eventual')).toMatchObject({ isAsPromised: false })
  // While a run goes on nobody has read after the last write.
  expect(verdictWords({ ...weak, guarantee: 'unknown' }, true, 'eventual')).toMatchObject({
    isAsPromised: true,
    title: 'Not linearizable; more is not promised',
  })
})

test('a violation says when it became certain, how much it takes, and how much it fails', () => {
  expect(violationWords(violation)).toEqual([
    'Certain when c2’s get x → 1 returned.',
    '2 operations contradict each other, whatever the others did.',
    'Sequentially consistent: an order exists that keeps each client’s own.',
    'Reads that lag by up to 12.4 ms explain it.',
  ])
  expect(violationWords({ certain: read })).toHaveLength(1)
})

test('progress', () => {
  expect(progressWords({ doing: 'judging', operations: 1200, total: 5000 })).toBe('Judging 1,200 of 5,000 operations')
  expect(progressWords({ doing: 'reading', operations: 1 })).toBe('Reading 1 operation')
})
