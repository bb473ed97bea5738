/** The ballot table of stories on the stage: who promised and voted, when the value was chosen, and who knew. */
import { expect, test } from 'vitest'
import type { RoundsView } from '../../../protocols/core/panel.ts'
import { RoundBook } from '../../../protocols/core/rounds.ts'
import { paxos } from '../../../protocols/paxos/index.ts'
import type { PaxosMessage } from '../../../protocols/paxos/messages.ts'
import { apart, collect, type PaxosStage, propose, vote } from './plays.ts'

const view = paxos.panel?.views[0] as RoundsView<PaxosMessage>

/** The book of all that happens on a stage from now on. */
function bookOf(stage: PaxosStage): RoundBook {
  const book = new RoundBook(view.needs(stage.state('n4').options, stage.nodes))
  let seq = 0
  stage.observer.onStep = ({ node, input, effects }) => {
    const notes = effects.flatMap((effect) => (effect.kind === 'note' ? [{ note: effect.note, data: effect.data }] : []))
    const given = input.kind === 'message' ? { given: { from: input.from, message: input.message } } : {}
    seq += 1
    for (const word of view.tell({ node, notes, ...given, shows: () => undefined })) book.enter(word, { seq, atUs: seq })
  }
  return book
}

test('a value is chosen with the vote that makes a quorum, before anybody knows; then it is learned', () => {
  const stage = apart(paxos)
  const book = bookOf(stage)
  propose(stage, 'n4', 'X')
  collect(stage, 'n4', ['n1', 'n2'])
  vote(stage, 'n4', ['n1', 'n2'])
  const [ballot] = book.rounds
  expect(ballot).toMatchObject({ name: '1.n4', by: 'n4', reached: [{ phase: 'vote', text: 'X' }] })
  expect(ballot?.end).toBeUndefined()
  expect(book.learned).toEqual([])
  expect(ballot?.asked).toMatchObject([{ text: 'X', why: expect.stringContaining('its own value') }])
  stage.timer('n4', 'retransmit')
  stage.settle()
  expect(book.rounds[0]?.end).toMatchObject({ how: 'done' })
  expect(book.learned.map(({ node, text }) => [node, text])).toEqual([['n4', 'X']])
})

test('a promise tells of the vote that binds the next ballot; who ignores a ballot says why', () => {
  const stage = apart(paxos)
  const book = bookOf(stage)
  propose(stage, 'n4', 'X')
  collect(stage, 'n4', ['n1', 'n2'])
  stage.deliver({ from: 'n4', to: 'n1', kind: 'Accept' })
  propose(stage, 'n5', 'Y')
  collect(stage, 'n5', ['n1', 'n2'])
  stage.deliver({ from: 'n4', to: 'n2', kind: 'Accept' })
  stage.deliver({ from: 'n2', to: 'n4', kind: 'Nack' })
  const [first, second] = book.rounds
  expect(first?.said.filter(({ phase }) => phase === 'vote').map(({ node, text, refused }) => [node, text, refused])).toEqual([
    ['n1', 'X', undefined],
    ['n2', 'it has promised 1.n5', true],
  ])
  expect(first?.end).toMatchObject({ how: 'given up', why: 'outbid by 1.n5 (§2.4)' })
  expect(second?.said.map(({ node, text }) => [node, text])).toEqual([
    ['n1', 'X in 1.n4'],
    ['n2', ''],
  ])
  expect(second?.said.every(({ heard }) => heard !== undefined)).toBe(true)
  expect(second?.asked).toMatchObject([{ text: 'X', why: 'the value of 1.n4, the highest vote that it was told of' }])
})
