/** The operations of clients as bars on lanes, and the points of an order among them. */
import { describe, expect, test } from 'vitest'
import { judge } from '../../../protocols/check/linearizability.ts'
import { kv } from '../../../protocols/check/models/kv.ts'
import type { InvokeEvent, ReturnEvent } from '../../../protocols/core/event.ts'
import type { Json } from '../../../protocols/core/json.ts'
import { speechOf } from '../../../protocols/words/speech.ts'
import { HistoryLog, keyFilter, spreadPoints } from '../../../renderer/model/history.ts'
import { longHistory } from '../../protocols/check/longHistory.ts'

const stamp = { life: 1, step: 1, lamport: 1, clock: [] }
const invoke = (seq: number, operation: number, client: string, op: Json): InvokeEvent => ({
  ...{ kind: 'invoke', seq, atUs: seq * 1000, operation, client, op },
  ...stamp,
})
const end = (seq: number, operation: number, client: string, outcome: ReturnEvent['outcome']): ReturnEvent => ({
  ...{ kind: 'return', seq, atUs: seq * 1000, operation, client, outcome },
  ...stamp,
})
const put = (key: string, value: string): Json => ({ op: 'put', key, value })
const logOf = (...events: (InvokeEvent | ReturnEvent)[]): HistoryLog => {
  const log = new HistoryLog(speechOf('raft', 'kv'))
  for (const event of events) log.take([event])
  return log
}

describe('lanes', () => {
  test('each client has one, the person first, the others by number', () => {
    const log = logOf(
      invoke(1, 1, 'c10', put('x', '1')),
      invoke(2, 2, 'c2', put('y', '2')),
      invoke(3, 3, 'you', { op: 'get', key: 'x' }),
      end(4, 3, 'you', { is: 'ok', result: '1' }),
    )
    expect(log.lanes().map(({ name }) => name)).toEqual(['you', 'c2', 'c10'])
    expect(log.get(3)).toMatchObject({ text: 'get x', answer: '1', outcome: 'ok', invokeUs: 3000, returnUs: 4000, seq: 3, key: 'x' })
    expect(log.get(1)).toMatchObject({ outcome: 'open' })
  })

  test('a second asking before the first answer has a lane of its own', () => {
    const log = logOf(invoke(1, 1, 'you', put('x', '1')), invoke(2, 2, 'you', put('x', '2')), end(3, 1, 'you', { is: 'ok', result: null }))
    expect(log.lanes().map(({ name, ops }) => [name, ops.length])).toEqual([
      ['you', 1],
      ['you (2)', 1],
    ])
    log.take([invoke(4, 3, 'you', put('x', '3'))])
    expect(log.get(3)?.lane).toBe('you')
  })

  test('refused and unheard are told apart; an answer without a call is passed over', () => {
    const log = logOf(
      invoke(1, 1, 'a', put('x', '1')),
      end(2, 1, 'a', { is: 'refused', why: 'not now' }),
      invoke(3, 2, 'a', put('x', '2')),
      end(4, 2, 'a', { is: 'unknown', why: 'no answer' }),
      end(5, 9, 'b', { is: 'ok', result: null }),
    )
    expect([log.get(1), log.get(2)]).toMatchObject([{ outcome: 'refused', answer: 'not now' }, { outcome: 'unknown' }])
    expect(log.size).toBe(2)
  })

  test('a key, or keys with the text in them', () => {
    const log = logOf(invoke(1, 1, 'a', put('x', '1')), invoke(2, 2, 'b', put('xy', '1')), invoke(3, 3, 'c', put('z', '1')))
    const shown = (text: string) => log.lanes(keyFilter(text, log.keys)).map(({ name }) => name)
    expect(shown('')).toEqual(['a', 'b', 'c'])
    expect(shown('x')).toEqual(['a'])
    expect(shown('y')).toEqual(['b'])
    expect(shown('q')).toEqual([])
  })
})

test.each([1, 2, 3, 4, 5])('points are spread within their intervals and keep the order, seed %i', (seed) => {
  const { operations } = longHistory({ seed, keys: 3, clients: 6, operations: 300, unknownIn: 20 })
  const { order } = judge(kv, operations, { now: () => 0 })
  if (!order) throw new Error('the history is linearizable')
  const ops = new Map(
    operations.map(({ id, client, invoke: invokeUs, return: returnUs, outcome }) => [
      id,
      {
        ...{ id, lane: client, key: undefined, text: '', seq: id, invokeUs, outcome: outcome.is },
        ...(returnUs === undefined ? {} : { returnUs }),
      },
    ]),
  )
  const points = spreadPoints(order, (id) => ops.get(id))
  expect(points.map(({ id }) => id)).toEqual(order.map(({ id }) => id))
  let before = Number.NEGATIVE_INFINITY
  for (const { id, atUs } of points) {
    const op = ops.get(id)
    expect(atUs).toBeGreaterThanOrEqual(before)
    expect(atUs).toBeGreaterThanOrEqual(op?.invokeUs ?? Number.NaN)
    if (op?.outcome === 'ok') expect(atUs).toBeLessThanOrEqual(op.returnUs ?? Number.NaN)
    before = atUs
  }
  expect(new Set(points.map(({ atUs }) => atUs)).size).toBeGreaterThan(new Set(order.map(({ at }) => at)).size)
})
