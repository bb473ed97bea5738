/** What elections say where not every node has a vote. */
import { expect, test } from 'vitest'
import { BallotBook, type Quorum } from '../../../../protocols/core/ballots.ts'
import { nodeIds } from '../../../../protocols/core/ids.ts'
import { raft } from '../../../../protocols/raft/index.ts'
import { asksWords, ballotWords, hasNoVote } from '../../../../renderer/panels/protocol/words.ts'

const [n1, n2, n3, n4, n5] = nodeIds(5) as [never, never, never, never, never]
const words = raft.panel?.views[1] as never

/** n2 stood, and has its own vote and that of n3. */
function stood(asks?: readonly Quorum[]) {
  const book = new BallotBook()
  const at = { seq: 1, atUs: 0 }
  book.enter({ is: 'stands', epoch: 4, candidate: n2, ...(asks ? { asks } : {}) }, at)
  book.enter({ is: 'votes', epoch: 4, candidate: n2, voter: n3, granted: true }, at)
  book.enter({ is: 'heard', epoch: 4, candidate: n2, voter: n3 }, { seq: 2, atUs: 12_000 })
  const text = () => ballotWords(book.ballots[0] as never, true, 5, words)
  return { book, text, ballot: () => book.ballots[0] as never, first: () => book.ballots[0]?.candidacies[0] as never }
}

test('votes are counted among those who are asked, in each of two majorities apart', () => {
  const three = stood([{ of: [n1, n2, n3], needs: 2 }])
  expect(three.text()).toBe('open: n2 2 of 3')
  three.book.enter({ is: 'wins', epoch: 4, candidate: n2 }, { seq: 3, atUs: 12_000 })
  expect(three.text()).toBe('n2 leader, 2 of 3 votes after 12 ms')
  expect(asksWords(three.first())).toBe('2 of n1 n2 n3')
  const joint = stood([
    { of: [n1, n2, n3], needs: 2 },
    { of: [n3, n4, n5], needs: 2 },
  ])
  expect(joint.text()).toBe('open: n2 2 of 3 and 1 of 3')
  expect(asksWords(joint.first())).toBe('2 of n1 n2 n3 and 2 of n3 n4 n5')
})

test('who is asked by nobody has no vote; where candidates do not say whom they ask all have one', () => {
  const { ballot } = stood([{ of: [n1, n2, n3], needs: 2 }])
  expect([n1, n4, n5].map((node) => hasNoVote(ballot(), node))).toEqual([false, true, true])
  const unsaid = stood()
  expect(hasNoVote(unsaid.ballot(), n5)).toBe(false)
  expect(unsaid.text()).toBe('open: n2 2 of 5')
})
