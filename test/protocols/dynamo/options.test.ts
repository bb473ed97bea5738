import { expect, test } from 'vitest'
import { nodeIds } from '../../../protocols/core/ids.ts'
import { analysis, optionsSchema, promiseOf, refuse } from '../../../protocols/dynamo/options.ts'

const of = (options: object) => optionsSchema.parse(options)

test('what cannot work is refused with the reason, what is only weak is not', () => {
  const nodes = nodeIds(5)
  expect(refuse(of({ n: 3, r: 4, w: 1 }), nodes)).toMatch(/^R is 4, above N, which is 3/)
  expect(refuse(of({ n: 3, r: 1, w: 5 }), nodes)).toMatch(/^W is 5, above N, which is 3/)
  expect(refuse(of({ n: 6 }), nodes)).toMatch(/^N is 6, but there are 5 members/)
  expect(refuse(of({ n: 3, members: 'n1 n2' }), nodes)).toMatch(/^N is 3, but there are 2 members/)
  expect(refuse(of({ members: 'n1 n2 n9' }), nodes)).toMatch(/names n9, but this run has n1, n2, n3, n4, n5/)
  expect(refuse(of({ replicaMs: 500 }), nodes)).toMatch(/raise requestMs or lower replicaMs/)
  expect(refuse(of({ n: 3, r: 1, w: 1 }), nodes)).toBeUndefined()
})

test.each([
  { r: 1, w: 3, reads: 'two failures|2 failures', writes: 'no failure', is: 'fresh' },
  { r: 3, w: 1, reads: 'no failure', writes: '2 failures', is: 'fresh' },
  { r: 2, w: 2, reads: 'one failure', writes: 'one failure', is: 'fresh' },
  { r: 1, w: 1, reads: '2 failures', writes: '2 failures', is: 'weak' },
  { r: 1, w: 2, reads: '2 failures', writes: 'one failure', is: 'weak' },
])('of N = 3, R = $r, W = $w it is said what they bear', ({ r, w, reads, writes, is }) => {
  const [read, write, disks, meets] = analysis({ n: 3, r, w, sloppy: false }).map(({ text }) => text)
  expect(read).toMatch(new RegExp(reads))
  expect(write).toMatch(new RegExp(writes))
  expect(disks).toMatch(w === 1 ? /none/ : new RegExp(`loss of ${w - 1}`))
  expect(meets).toMatch(is === 'fresh' ? /every read meets every write/ : /may miss a write/)
  expect(promiseOf({ n: 3, r, w, sloppy: false })).toBe(is)
})
