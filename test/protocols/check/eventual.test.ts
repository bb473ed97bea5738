/** What a history still promises when it is not linearizable: all the same in the end, nothing lost, and how stale its reads were. */
import { expect, test } from 'vitest'
import { eventual, furthestBehind } from '../../../protocols/check/eventual.ts'
import { findModel } from '../../../protocols/check/models/index.ts'
import type { Json } from '../../../protocols/core/json.ts'
import { type Bar, history } from './histories.ts'

const of = (name: string) => findModel(name) as NonNullable<ReturnType<typeof findModel>>
const kv = (...bars: Bar[]) => history(of('kv'), bars)
const store = (...bars: Bar[]) => history(of('store'), bars)

const written: Bar[] = [
  ['a', 'put @x "1"', 0, 10],
  ['a', 'put @x "2"', 20, 30],
  ['a', 'put @x "3"', 40, 50],
]

test('a read is as many versions behind as had surely replaced what it answers', () => {
  const of1 = (answer: string | null, invoke: number) => furthestBehind(of('kv'), kv(...written, ['b', 'get @x', invoke, 99, answer]))
  expect(of1('1', 60)).toEqual({ versions: 2, by: 30, id: 4 })
  expect(of1('2', 60)).toEqual({ versions: 1, by: 10, id: 4 })
  expect(of1(null, 60)).toEqual({ versions: 3, by: 50, id: 4 })
  expect(of1('3', 60)).toBeUndefined()
  expect(of1('1', 45)).toEqual({ versions: 1, by: 15, id: 4 }) // the third is under way: it excuses
  expect(of1('1', 25)).toBeUndefined()
})

test('it is eventual when all who looked after the last write were left with the same', () => {
  const late = (...reads: Bar[]) => eventual(of('kv'), kv(...written, ...reads))
  expect(late(['b', 'get @x', 60, 61, '1'], ['c', 'get @x', 62, 63, '3'], ['b', 'get @x', 70, 71, '3'])).toEqual({
    is: 'holds',
    within: 12,
  })
  expect(late(['b', 'get @x', 60, 61, '1'], ['c', 'get @x', 70, 71, '3'])).toEqual({ is: 'fails', differ: [4, 5] })
  expect(late(['b', 'get @x', 45, 46, '1'])).toEqual({ is: 'unknown', why: 'unread' })
  expect(late(['b', 'put @x "4"', 60], ['c', 'get @x', 70, 71, '3'])).toEqual({ is: 'unknown', why: 'open' })
})

test('an acknowledged write is lost when nothing of it is left and nobody replaced it knowingly', () => {
  const put = (client: string, value: string, context: Json, invoke: number, answer: Json): Bar => [
    ...([client, `put @x ${JSON.stringify({ value, context })}`, invoke, invoke + 9, { siblings: [value], context: answer }] as const),
  ]
  const read: Bar = ['c', 'get @x', 90, 99, { siblings: ['6b'], context: {} }]
  const [first, other] = [put('a', '6a', { n1: 1 }, 0, { n1: 2 }), put('b', '6b', { n1: 1 }, 20, { n1: 1, n2: 1 })]
  expect(eventual(of('store'), store(first, other, read))).toEqual({ is: 'fails', lost: 1 })
  // Whoever had read it may replace it; and one that is still there beside the other is not lost.
  const knowing = put('b', '6b', { n1: 2 }, 20, { n1: 2, n2: 1 })
  expect(eventual(of('store'), store(first, knowing, read))).toMatchObject({ is: 'holds' })
  expect(eventual(of('store'), store(first, other, ['c', 'get @x', 90, 99, ['6a', '6b']]))).toMatchObject({ is: 'holds' })
})
