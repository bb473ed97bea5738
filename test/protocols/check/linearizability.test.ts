/** Small histories whose verdict is known, from the papers and from practice; limits; planted violations in long histories. */
import { describe, expect, test } from 'vitest'
import { malformed } from '../../../protocols/check/history.ts'
import { judge, judging } from '../../../protocols/check/linearizability.ts'
import type { AnyModel } from '../../../protocols/check/model.ts'
import { findModel } from '../../../protocols/check/models/index.ts'
import { kv as service } from '../../../protocols/services/kv.ts'
import { type Bar, coinsOf, history } from './histories.ts'
import { longHistory } from './longHistory.ts'

const of = (name: string): AnyModel => findModel(name) as AnyModel
const stopped = { now: () => 0 }

interface Row {
  readonly name: string
  readonly model: string
  readonly bars: readonly Bar[]
  readonly is: 'linearizable' | 'violated'
  readonly window?: readonly number[]
  readonly sequential?: 'holds' | 'fails'
  /** The lag that explains it; null when none does. */
  readonly lag?: number | null
}

const table: readonly Row[] = [
  { name: 'nothing happened', model: 'register', bars: [], is: 'linearizable' },
  {
    name: 'overlapping writes are read in either order',
    model: 'register',
    bars: [
      ['a', 'write 1', 0, 10],
      ['b', 'write 2', 0, 10],
      ['c', 'read', 11, 12, 1],
    ],
    is: 'linearizable',
  },
  {
    name: 'a read that overlaps a write may see it or not (Porcupine, README)',
    model: 'register',
    bars: [
      ['a', 'write 100', 0, 100],
      ['b', 'read', 25, 75, 100],
      ['c', 'read', 30, 60, null],
    ],
    is: 'linearizable',
  },
  {
    name: 'once one read saw the write, no later read misses it (Porcupine, README)',
    model: 'register',
    bars: [
      ['a', 'write 200', 0, 100],
      ['b', 'read', 10, 30, 200],
      ['c', 'read', 40, 90, null],
    ],
    is: 'violated',
    window: [2, 3],
    sequential: 'holds',
    lag: 10,
  },
  {
    name: 'intervals are closed: what touches overlaps',
    model: 'register',
    bars: [
      ['a', 'write 1', 0, 5],
      ['b', 'read', 5, 6, null],
    ],
    is: 'linearizable',
  },
  {
    name: 'a stale read',
    model: 'register',
    bars: [
      ['a', 'write 1', 0, 1],
      ['a', 'write 2', 2, 3],
      ['b', 'read', 10, 11, 1],
    ],
    is: 'violated',
    window: [2, 3],
    sequential: 'holds',
    lag: 7,
  },
  {
    name: 'a value that nobody wrote',
    model: 'register',
    bars: [
      ['a', 'write 1', 0, 1],
      ['b', 'read', 2, 3, 7],
    ],
    is: 'violated',
    window: [2],
    sequential: 'fails',
    lag: null,
  },
  {
    name: 'sequentially consistent, not linearizable: a client reads its own write late (Attiya & Welch 1994)',
    model: 'kv',
    bars: [
      ['a', 'put @x "1"', 0, 1],
      ['b', 'get @x', 2, 3, null],
      ['b', 'get @x', 4, 5, '1'],
    ],
    is: 'violated',
    window: [1, 2],
    sequential: 'holds',
    lag: 1,
  },
  {
    name: 'a client misses its own write: not even sequentially consistent',
    model: 'kv',
    bars: [
      ['a', 'put @x "1"', 0, 1],
      ['a', 'get @x', 2, 3, null],
    ],
    is: 'violated',
    window: [1, 2],
    sequential: 'fails',
    lag: 1,
  },
  {
    name: 'an append takes effect twice',
    model: 'kv',
    bars: [
      ['a', 'put @x "1"', 0, 1],
      ['a', 'append @x "2"', 2, 3],
      ['a', 'get @x', 4, 5, '122'],
    ],
    is: 'violated',
    window: [3],
    sequential: 'fails',
    lag: null,
  },
  {
    name: 'a write of unknown outcome shows long after it was given up',
    model: 'kv',
    bars: [
      ['a', 'put @x "1"', 0],
      ['b', 'get @x', 10, 11, null],
      ['b', 'get @x', 20, 21, '1'],
    ],
    is: 'linearizable',
  },
  {
    name: 'a write of unknown outcome shows before it was invoked',
    model: 'kv',
    bars: [
      ['b', 'get @x', 0, 1, '1'],
      ['a', 'put @x "1"', 2],
    ],
    is: 'violated',
    window: [1],
    sequential: 'holds',
    lag: null,
  },
  {
    name: 'a write of unknown outcome takes effect once, not twice',
    model: 'kv',
    bars: [
      ['a', 'put @x "1"', 0],
      ['b', 'get @x', 1, 2, '1'],
      ['b', 'put @x "2"', 3, 4],
      ['b', 'get @x', 5, 6, '1'],
    ],
    is: 'violated',
    sequential: 'fails',
    lag: 1,
  },
  {
    name: 'a refused write never shows',
    model: 'kv',
    bars: [
      ['a', 'put @x "1"', 0, 1, 'refused'],
      ['b', 'get @x', 2, 3, '1'],
    ],
    is: 'violated',
    window: [2],
  },
  {
    name: 'keys are independent of each other',
    model: 'kv',
    bars: [
      ['a', 'put @x "1"', 0, 1],
      ['a', 'put @y "1"', 2, 3],
      ['b', 'get @x', 4, 5, '1'],
      ['b', 'get @y', 4, 5, null],
      ['c', 'get @y', 4, 6, '1'],
    ].map((bar, i) => (i === 4 ? bar : i === 3 ? ['d', 'get @y', 1, 2, null] : bar) as unknown as Bar),
    is: 'linearizable',
  },
  {
    name: 'two swaps of the same value',
    model: 'cas-register',
    bars: [
      ['a', 'write 1', 0, 1],
      ['b', 'cas [1,2]', 2, 9, true],
      ['c', 'cas [1,3]', 2, 9, true],
    ],
    is: 'violated',
    window: [2, 3],
    sequential: 'fails',
  },
  {
    name: 'a swap that failed although nothing else could be there',
    model: 'cas-register',
    bars: [['a', 'cas [null,1]', 0, 1, false]],
    is: 'violated',
    window: [1],
  },
  {
    name: 'FIFO queue, figure 1(a) of Herlihy & Wing 1990: overlapping enqueues leave in either order',
    model: 'queue',
    bars: [
      ['a', 'enqueue "x"', 0, 4],
      ['b', 'enqueue "y"', 2, 6],
      ['b', 'dequeue', 8, 10, 'x'],
      ['a', 'dequeue', 9, 12, 'y'],
      ['a', 'enqueue "z"', 14, 16],
    ],
    is: 'linearizable',
  },
  {
    name: 'FIFO queue, figure 1(b): y leaves although x was there before it',
    model: 'queue',
    bars: [
      ['a', 'enqueue "x"', 0, 2],
      ['b', 'enqueue "y"', 4, 6],
      ['a', 'dequeue', 8, 10, 'y'],
    ],
    is: 'violated',
    window: [1, 3],
    sequential: 'holds',
  },
  {
    name: 'FIFO queue, figure 1(d): one value leaves twice',
    model: 'queue',
    bars: [
      ['a', 'enqueue "x"', 0, 8],
      ['a', 'dequeue', 10, 12, 'x'],
      ['b', 'dequeue', 6, 14, 'x'],
    ],
    is: 'violated',
    window: [3, 2],
  },
  {
    name: 'two holders of a mutex',
    model: 'mutex',
    bars: [
      ['a', 'acquire', 0, 1],
      ['b', 'acquire', 2, 3],
      ['a', 'release', 4, 5],
    ],
    is: 'violated',
    window: [1, 2],
  },
  {
    name: 'a mutex goes from hand to hand',
    model: 'mutex',
    bars: [
      ['a', 'acquire', 0, 1],
      ['b', 'acquire', 2, 9],
      ['c', 'acquire', 3, 4, false],
      ['a', 'release', 5, 6],
    ],
    is: 'linearizable',
  },
  {
    name: 'a whole read of a set misses what was added before',
    model: 'set',
    bars: [
      ['a', 'add 1', 0, 1],
      ['a', 'add 2', 2, 3],
      ['b', 'read', 4, 5, [1]],
    ],
    is: 'violated',
    window: [2, 3],
  },
]

describe('known histories', () => {
  test.each(table)('$model: $name', ({ model, bars, is, window, sequential, lag }) => {
    const operations = history(of(model), bars)
    expect(malformed(operations)).toBeUndefined()
    const verdict = judge(of(model), operations, stopped)
    expect(verdict.is).toBe(is)
    const explained = verdict.violations[0]?.explained
    if (window) expect(explained?.window.operations).toEqual(window)
    if (sequential) expect(explained?.sequential.is).toBe(sequential)
    if (lag !== undefined) expect(explained?.staleReads).toEqual(lag === null ? { is: 'fails' } : { is: 'holds', by: lag })
  })

  test('the points of a linearizable history, and the longest orders of one that is not', () => {
    const good = history(of('register'), [
      ['a', 'write 1', 0, 9],
      ['b', 'read', 1, 2, 1],
      ['c', 'write 2', 3, 4],
      ['b', 'read', 5, 6, 2],
    ])
    expect(judge(of('register'), good, stopped).order).toEqual([
      { id: 1, at: 0 },
      { id: 2, at: 1 },
      { id: 3, at: 3 },
      { id: 4, at: 5 },
    ])
    const bad = history(of('register'), [
      ['a', 'write 1', 0, 1],
      ['a', 'write 2', 2, 3],
      ['b', 'read', 4, 5, 1],
    ])
    expect(judge(of('register'), bad, stopped).violations[0]).toMatchObject({
      at: 3,
      explained: { attempts: [{ length: 2, tail: [1, 2], state: '2' }] },
    })
  })

  test('the key-value model is the key-value service', () => {
    const coins = coinsOf(7)
    const model = of('kv')
    let whole = service.init()
    let one: string | null = null
    for (let serial = 1; serial < 5000; serial++) {
      const drawn = service.draw({ readMix: 1, writeMix: 1, casMix: 2, keys: 1, valueBytes: 1 }, () => coins(2 ** 32), serial)
      const op =
        coins(4) > 0 ? drawn : coins(2) === 0 ? { op: 'delete' as const, key: 'k1' } : { op: 'append' as const, key: 'k1', value: 'x' }
      const { state, result } = service.apply(whole, op)
      const after = model.step(one, op, result)
      expect(after, `${serial} ${service.format(op)}`).toBe(state.get('k1') ?? null)
      expect(model.step(one, op, undefined)).toBe(after)
      if (typeof result === 'boolean') expect(model.step(one, op, !result)).toBeUndefined()
      if (model.changesNothing(op, result)) expect(after).toBe(one)
      whole = state
      one = after
    }
  })
})

describe('no history at all', () => {
  test.each<[string, Bar[], number, RegExp]>([
    ['returns before it was invoked', [['a', 'read', 5, 4]], 1, /returns at 4, before it was invoked at 5/],
    [
      'two operations of a client open at once',
      [
        ['a', 'write 1', 0, 5],
        ['a', 'read', 3, 6],
      ],
      2,
      /client a invokes it at 3 while its operation 1 is still open/,
    ],
    [
      'one after another of the same client that never ended',
      [
        ['a', 'write 1', 0],
        ['a', 'read', 3, 6],
      ],
      2,
      /its operation 1 is still open/,
    ],
  ])('%s', (_, bars, id, problem) => {
    const found = malformed(history(of('register'), bars))
    expect(found?.id).toBe(id)
    expect(found?.problem).toMatch(problem)
  })

  test('a client that gave up may go on', () => {
    const [write] = history(of('register'), [['a', 'write 1', 0]])
    const [read] = history(of('register'), [['a', 'read', 3, 6, 1]])
    expect(
      malformed([
        { ...(write as NonNullable<typeof write>), return: 2 },
        { ...(read as NonNullable<typeof read>), id: 2 },
      ]),
    ).toBeUndefined()
  })
})

describe('long histories', () => {
  const wish = { keys: 20, clients: 10, operations: 4000, unknownIn: 400 }

  test.each([1, 2, 3])('seed %i: a true history is linearizable', (seed) => {
    const { operations } = longHistory({ ...wish, seed })
    const verdict = judge(of('kv'), operations, stopped)
    expect(verdict.is).toBe('linearizable')
    expect(verdict.order?.length).toBeGreaterThanOrEqual(operations.filter((one) => one.outcome.is === 'ok').length)
  })

  test.each([1, 2, 3, 4, 5])('seed %i: a planted stale read is found, and named', (seed) => {
    const { operations, stale } = longHistory({ ...wish, seed, stale: true })
    const verdict = judge(of('kv'), operations, stopped)
    expect(verdict.is, `seed ${seed}, stale read ${stale}`).toBe('violated')
    expect(verdict.violations).toHaveLength(1)
    const explained = verdict.violations[0]?.explained
    expect(explained?.window.smallest).toBe(true)
    expect(explained?.window.operations).toContain(stale)
    expect(explained?.window.operations.length).toBeLessThanOrEqual(6)
    expect(explained?.staleReads?.is).toBe('holds')
  })
})

describe('limits', () => {
  const { operations } = longHistory({ seed: 1, keys: 1, clients: 8, operations: 300, unknownIn: 10, stale: true })

  test('steps: unknown, never a pass', () => {
    const verdict = judge(of('kv'), operations, { ...stopped, steps: 100 })
    expect(verdict).toMatchObject({ is: 'unknown', why: 'steps', undecided: 1, violations: [] })
    expect(verdict.order).toBeUndefined()
  })

  test('time: the clock that was handed in decides', () => {
    let ms = 0
    expect(judge(of('kv'), operations, { now: () => ms++, ms: 1 })).toMatchObject({ is: 'unknown', why: 'time' })
  })

  test('memory: unknown', () => {
    const verdict = judge(of('kv'), operations, { ...stopped, bytes: 4000 })
    expect(verdict).toMatchObject({ is: 'unknown', why: 'memory' })
    expect(verdict.bytes).toBeLessThan(8000)
  })

  test('a part that is violated stays so when another could not be judged', () => {
    const other = history(of('kv'), [
      ['z', 'put @z "1"', 0, 1],
      ['z', 'get @z', 2, 3, null],
    ])
    const verdict = judge(of('kv'), [...other.map((one) => ({ ...one, id: one.id + 1e6 })), ...operations], { ...stopped, steps: 100 })
    expect(verdict).toMatchObject({ is: 'violated', undecided: 1, violations: [{ part: 'z' }] })
  })

  test('it rests between slices and says how far it is', () => {
    const { operations: many } = longHistory({ seed: 2, keys: 10, clients: 10, operations: 20_000, unknownIn: 1000 })
    const run = judging(of('kv'), many, stopped)
    const seen: number[] = []
    let turn = run.next()
    for (; !turn.done; turn = run.next()) seen.push(turn.value.operations)
    expect(turn.value.is).toBe('linearizable')
    expect(seen.length).toBeGreaterThan(2)
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
    expect(seen.at(-1)).toBeLessThanOrEqual(many.length)
  })
})
