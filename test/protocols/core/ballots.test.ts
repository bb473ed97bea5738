/** Ballots folded from words: repeated messages say nothing new, and what was known at a moment is what was said until then. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BallotBook, type BallotWord, ballotAt, outcomeOf } from '../../../protocols/core/ballots.ts'
import { nodeIds } from '../../../protocols/core/ids.ts'

const nodes = nodeIds(4)
const [n1, n2, n3] = nodes as [(typeof nodes)[number], (typeof nodes)[number], (typeof nodes)[number], (typeof nodes)[number]]
const bookOf = (said: readonly BallotWord[]): BallotBook => {
  const book = new BallotBook()
  for (const [index, word] of said.entries()) book.enter(word, { seq: index + 1, atUs: index * 10 })
  return book
}

test('a candidate votes for itself; a vote that came twice counts once and keeps its first place', () => {
  const vote: BallotWord = { is: 'votes', epoch: 2, candidate: n1, voter: n2, granted: true }
  const heard: BallotWord = { is: 'heard', epoch: 2, candidate: n1, voter: n2 }
  const [ballot] = bookOf([
    { is: 'stands', epoch: 2, candidate: n1 },
    vote,
    vote,
    heard,
    heard,
    { is: 'wins', epoch: 2, candidate: n1 },
  ]).ballots
  const [candidacy] = ballot?.candidacies ?? []
  expect(candidacy?.votes).toEqual([
    { voter: n1, granted: true, seq: 1, atUs: 0, heard: { seq: 1, atUs: 0 } },
    { voter: n2, granted: true, seq: 2, atUs: 10, heard: { seq: 4, atUs: 30 } },
  ])
  expect(candidacy?.end).toEqual({ is: 'won', seq: 6, atUs: 50 })
})

test('two candidates of one number without a winner are a split vote once it went on; one alone failed', () => {
  const book = bookOf([
    { is: 'stands', epoch: 1, candidate: n1 },
    { is: 'stands', epoch: 1, candidate: n2 },
    { is: 'stands', epoch: 2, candidate: n3 },
    { is: 'yields', candidate: n1, why: 'of term 2' },
    { is: 'stands', epoch: 3, candidate: n3 },
  ])
  const { ballots } = book
  expect(ballots.map((ballot, index) => outcomeOf(ballot, index === 2))).toEqual(['split', 'failed', 'open'])
  expect(ballots[0]?.candidacies[0]?.end).toMatchObject({ is: 'yielded', why: 'of term 2' })
})

test('ballots come out by number, though an old one is heard of late', () => {
  const book = bookOf([
    { is: 'stands', epoch: 5, candidate: n1 },
    { is: 'votes', epoch: 3, candidate: n2, voter: n3, granted: false, why: 'late' },
    { is: 'stands', epoch: 4, candidate: n3 },
  ])
  expect(book.ballots.map(({ epoch }) => epoch)).toEqual([3, 4, 5])
})

test('a ballot as it was after an event is the one folded until that event', () => {
  const node = fc.constantFrom(...nodes)
  const epoch = fc.integer({ min: 1, max: 4 })
  const word: fc.Arbitrary<BallotWord> = fc.oneof(
    fc.record({ is: fc.constant('stands' as const), epoch, candidate: node }),
    fc.record({ is: fc.constant('votes' as const), epoch, candidate: node, voter: node, granted: fc.boolean() }),
    fc.record({ is: fc.constant('heard' as const), epoch, candidate: node, voter: node }),
    fc.record({ is: fc.constant('wins' as const), epoch, candidate: node }),
    fc.record({ is: fc.constant('yields' as const), candidate: node, why: fc.constant('so') }),
  )
  fc.assert(
    fc.property(fc.array(word, { maxLength: 40 }), fc.nat(45), (said, seq) => {
      const then = bookOf(said.slice(0, seq)).ballots
      const now = bookOf(said).ballots.flatMap((ballot) => ballotAt(ballot, seq) ?? [])
      const shape = (ballots: typeof now) => ballots.map(({ epoch: number, candidacies }) => ({ number, candidacies }))
      expect(shape(now)).toEqual(shape([...then]))
    }),
  )
})
