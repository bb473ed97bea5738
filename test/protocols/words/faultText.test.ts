import { expect, test } from 'vitest'
import type { NetworkFaultInput } from '../../../protocols/core/fault.ts'
import { nodeId } from '../../../protocols/core/ids.ts'
import { faultName, faultText, ordinal, rangeText } from '../../../protocols/words/faultText.ts'

const n = (i: number) => nodeId(`n${i}`)
const one = { links: [[n(1), n(3)]] as [ReturnType<typeof n>, ReturnType<typeof n>][] }

const rows: [NetworkFaultInput, string][] = [
  [{ kind: 'cut', target: one }, 'Cut n1 → n3'],
  [
    {
      kind: 'cut',
      target: {
        links: [
          [n(1), n(2)],
          [n(2), n(1)],
        ],
      },
    },
    'Cut n1 ⇄ n2',
  ],
  [{ kind: 'cut', target: { groups: [[n(1), n(2)], [n(3)]] } }, 'Partition n1, n2 | n3'],
  [{ kind: 'cut', target: { all: true } }, 'Cut every link'],
  [
    { kind: 'cut', target: one, rule: { types: ['AppendEntries'], skip: 1, count: 1, where: [{ path: 'term', is: '>', value: 4 }] } },
    'Drop the 2nd AppendEntries n1 → n3 where term > 4',
  ],
  [
    { kind: 'cut', target: { all: true }, rule: { count: 3, probability: 0.5 } },
    'Drop the first 3 messages on every link, each with 50 % probability',
  ],
  [
    { kind: 'cut', target: { groups: [[n(1)], [n(2)]] }, rule: { types: ['RequestVote', 'RequestVoteReply'] } },
    'Drop RequestVote or RequestVoteReply between n1 | n2',
  ],
  [{ kind: 'delay', target: one, delayMs: 200, jitterMs: 50 }, 'Delay n1 → n3 by 200 ± 50 ms'],
  [{ kind: 'delay', target: one, delayMs: 1500 }, 'Delay n1 → n3 by 1.5 s'],
  [{ kind: 'loss', target: one, probability: 0.1 }, 'Lose 10 % of n1 → n3'],
  [{ kind: 'duplicate', target: one, probability: 0.2, copies: 2 }, 'Duplicate 20 % of n1 → n3, 2 more copies each'],
  [{ kind: 'reorder', target: one, probability: 0.3 }, 'Reorder 30 % of n1 → n3 within 50 ms'],
  [{ kind: 'hold', target: one }, 'Hold n1 → n3 at a gate'],
  [
    {
      kind: 'hold',
      target: one,
      rule: {
        skip: 2,
        where: [
          { path: 'success', is: '=', value: false },
          { path: 'leaderId', is: '!=', value: 'n2' },
        ],
      },
    },
    'Hold messages from the 3rd on n1 → n3 at a gate where success = false and leaderId ≠ “n2”',
  ],
]

test.each(rows)('%j', (fault, sentence) => {
  expect(faultText(fault)).toBe(sentence)
})

test('a fault in a word', () => {
  const groups = { groups: [[n(1)], [n(2)]] }
  expect(
    [{ target: groups }, { target: { all: true } }, { target: groups, rule: {} }].map((of) => faultName({ kind: 'cut', ...of } as never)),
  ).toEqual([...['partition', 'cut', 'drop']])
  expect(faultName({ kind: 'loss', target: groups } as never)).toBe('loss')
})

test('an empty seat is on a side, and is not named', () => {
  const fault = { kind: 'cut', target: { groups: [[n(1)], [n(2), n(4)], [n(5)]] } } as const
  expect(faultText(fault as never, (endpoint) => endpoint === 'n4' || endpoint === 'n5')).toBe('Partition n1 | n2')
})

test('a long list of links is cut short', () => {
  const links = [2, 3, 4, 5, 6].map((i) => [n(1), n(i)] as [ReturnType<typeof n>, ReturnType<typeof n>])
  expect(faultText({ kind: 'cut', target: { links } })).toBe('Cut n1 → n2, n1 → n3, n1 → n4 and 2 more')
})

test('ordinals and ranges', () => {
  expect([1, 2, 3, 4, 11, 12, 13, 21, 22, 101, 111].map(ordinal)).toEqual([
    '1st',
    '2nd',
    '3rd',
    '4th',
    '11th',
    '12th',
    '13th',
    '21st',
    '22nd',
    '101st',
    '111th',
  ])
  expect(rangeText(2000, 1000)).toBe('2 ± 1 s')
  expect(rangeText(2000, 50)).toBe('2000 ± 50 ms')
})
