/** Rounds folded from words: in their own order, each thing once, and reached with the one that makes enough. */
import { expect, test } from 'vitest'
import { type NodeId, nodeId } from '../../../protocols/core/ids.ts'
import { RoundBook, type RoundName, type RoundWord, roundAt } from '../../../protocols/core/rounds.ts'

const [n1, n2, n3] = ['n1', 'n2', 'n3'].map(nodeId) as [NodeId, NodeId, NodeId]
const round = (n: number, by: number): RoundName => ({ name: `${n}.n${by}`, order: [n, by] })
const says = (node: NodeId, text: string, of = round(1, 1)): RoundWord => ({ is: 'says', round: of, phase: 'vote', node, text })

function book(...words: readonly RoundWord[]): RoundBook {
  const it = new RoundBook({ vote: 2 })
  for (const [index, word] of words.entries()) it.enter(word, { seq: index + 1, atUs: 10 * (index + 1) })
  return it
}

test('rounds stand in their own order, whenever they are told of', () => {
  const it = book({ is: 'begins', round: round(2, 1), by: n1 }, says(n2, 'X'), says(n2, 'X', round(1, 10)), says(n2, 'X', round(1, 2)))
  expect(it.rounds.map(({ name }) => name)).toEqual(['1.n1', '1.n2', '1.n10', '2.n1'])
})

test('what is said again is not said twice, and counts once', () => {
  const it = book(says(n1, 'X'), says(n1, 'X'), says(n2, 'Y'))
  expect(it.rounds[0]?.said.map(({ node, text, seq }) => [node, text, seq])).toEqual([
    ['n1', 'X', 1],
    ['n2', 'Y', 3],
  ])
  expect(it.rounds[0]?.reached).toEqual([])
})

test('enough that say the same reach it, with the one that makes enough; refusals and other rounds do not count', () => {
  const refused: RoundWord = { is: 'says', round: round(1, 1), phase: 'vote', node: n2, text: 'X', refused: true }
  const it = book(says(n1, 'X'), refused, says(n2, 'X', round(2, 2)), says(n3, 'X'), says(n2, 'X'))
  expect(it.rounds[0]?.reached).toEqual([{ phase: 'vote', text: 'X', seq: 4, atUs: 40 }])
  expect(it.rounds[1]?.reached).toEqual([])
})

test('as of an event only what was known then', () => {
  const it = book(
    { is: 'begins', round: round(1, 1), by: n1 },
    says(n1, 'X'),
    says(n2, 'X'),
    { is: 'heard', round: round(1, 1), phase: 'vote', node: n2 },
    { is: 'ends', round: round(1, 1), how: 'done', why: 'enough' },
    { is: 'learns', node: n3, text: 'X', how: '' },
  )
  const [whole] = it.rounds
  if (!whole) throw new Error('there is no round')
  expect(roundAt(whole, 0)).toBeUndefined()
  expect(roundAt(whole, 2)).toMatchObject({ by: n1, said: [{ node: n1 }], reached: [] })
  expect(roundAt(whole, 3)?.said[1]).not.toHaveProperty('heard')
  expect(roundAt(whole, 5)).toEqual(whole)
  expect(whole).toMatchObject({ reached: [{ seq: 3 }], end: { how: 'done', seq: 5 } })
  expect(it.learned).toEqual([{ node: n3, text: 'X', how: '', seq: 6, atUs: 60 }])
})
