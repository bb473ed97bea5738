/** Histories from files: what a line means, and that every kind of bad input is refused with its place. */
import { describe, expect, test } from 'vitest'
import { ednForms } from '../../../protocols/check/edn.ts'
import { type HistoryReading, readNdjson } from '../../../protocols/check/format.ts'
import { readJepsen } from '../../../protocols/check/jepsen.ts'
import { judge } from '../../../protocols/check/linearizability.ts'
import type { AnyModel } from '../../../protocols/check/model.ts'
import { findModel, models } from '../../../protocols/check/models/index.ts'

const of = (name: string): AnyModel => findModel(name) as AnyModel
const good = (reading: HistoryReading) => {
  if ('bad' in reading) throw new Error(JSON.stringify(reading.bad))
  return reading.history
}
const lines = (...objects: object[]): string => objects.map((object) => `${JSON.stringify(object)}\n`).join('')

describe('NDJSON', () => {
  test('ok, refused, unknown with and without the time at which the client gave up', () => {
    const history = good(
      readNdjson(
        of('kv'),
        `\n${lines(
          { client: 'a', operation: 'put', key: 'x', input: '1', invoke: 0, return: 5 },
          { client: 'a', operation: 'get', key: 'x', output: '1', invoke: 6, return: 7.5 },
          { client: 1, operation: 'put', key: 'x', input: '2', outcome: 'unknown', invoke: 0, return: 9 },
          { client: 1, operation: 'delete', key: 'x', outcome: 'refused', invoke: 9, return: 9 },
          { client: 'c', operation: 'cas', key: 'x', input: { expect: null, value: '3' }, invoke: 1 },
          { client: 'd', operation: 'cas', key: 'x', input: ['1', '3'], output: false, invoke: 1, return: 2 },
        )}`,
      ),
    )
    expect(
      history.operations.map(({ id, client, input, outcome, return: end }) => [id, client, of('kv').describe(input), outcome, end]),
    ).toEqual([
      [2, 'a', 'put x 1', { is: 'ok', output: null }, 5],
      [3, 'a', 'get x', { is: 'ok', output: '1' }, 7.5],
      [4, '1', 'put x 2', { is: 'unknown' }, 9],
      [5, '1', 'delete x', { is: 'refused' }, 9],
      [6, 'c', 'cas x (none) 3', { is: 'unknown' }, undefined],
      [7, 'd', 'cas x 1 3', { is: 'ok', output: false }, 2],
    ])
  })

  test('every operation that a model says it knows is one it reads', () => {
    const inputs: { [model: string]: { [operation: string]: unknown } } = {
      kv: { cas: ['a', 'b'] },
      'cas-register': { cas: [1, 2] },
      lock: { acquire: { ms: 1 }, release: {}, write: { value: 'v' }, announce: {}, read: {}, holder: {} },
    }
    for (const model of models)
      for (const { form } of model.operations) {
        const [operation = ''] = form.split(' ')
        const line = { client: 'a', operation, key: 'x', input: inputs[model.name]?.[operation] ?? 'v', invoke: 0 }
        expect(good(readNdjson(model, lines(line))).operations, `${model.name} ${form}`).toHaveLength(1)
      }
  })

  test.each<[string, string, number, number | undefined, RegExp]>([
    ['a broken line', `${lines({ client: 'a', operation: 'read', invoke: 0 })}{"client":"a",,}\n`, 2, 15, /not JSON/],
    ['a line cut off', '{"client":"a","operation":"re', 1, undefined, /not JSON/],
    ['a misspelt field', lines({ client: 'a', operation: 'read', invoke: 0, retrun: 1 }), 1, undefined, /retrun/],
    ['no client', lines({ operation: 'read', invoke: 0 }), 1, undefined, /client/],
    ['a time that is a text', lines({ client: 'a', operation: 'read', invoke: '0' }), 1, undefined, /invoke/],
    [
      'an unknown operation',
      lines({ client: 'a', operation: 'incr', invoke: 0 }),
      1,
      undefined,
      /"incr" is no operation of the model register. It knows read, write VALUE/,
    ],
    ['an output of unknown outcome', lines({ client: 'a', operation: 'read', output: 1, invoke: 0 }), 1, undefined, /no return/],
    [
      'a return before the invocation',
      `\n${lines({ client: 'a', operation: 'read', invoke: 5, return: 4 })}`,
      2,
      undefined,
      /returns at 4, before it was invoked at 5/,
    ],
    ['an outcome without a return', lines({ client: 'a', operation: 'read', invoke: 5, outcome: 'ok' }), 1, undefined, /no return time/],
    [
      'two operations of a client open at once',
      lines({ client: 'a', operation: 'read', invoke: 5, return: 9 }, { client: 'a', operation: 'write', input: 1, invoke: 2, return: 6 }),
      1,
      undefined,
      /invokes it at 5 while the operation of line 2 is still open/,
    ],
  ])('%s', (_, text, line, column, problem) => {
    const reading = readNdjson(of('register'), text)
    if (!('bad' in reading)) throw new Error('it was read')
    expect(reading.bad.problem).toMatch(problem)
    expect(reading.bad.line).toBe(line)
    if (column !== undefined) expect(reading.bad.column).toBe(column)
  })

  test('a broken line late in a large file', () => {
    const many = Array.from({ length: 50_000 }, (_, i) => ({ client: 'a', operation: 'write', input: i, invoke: 2 * i, return: 2 * i + 1 }))
    expect(readNdjson(of('register'), `${lines(...many)}{"client"\n${lines(...many)}`)).toMatchObject({ bad: { line: 50_001 } })
  })
})

describe('EDN', () => {
  test('reads what the notation knows', () => {
    const text = `; a comment
      nil true -1 2.5e1 12N 9007199254740993 :key sym "a\\n\\u0041\\"" \\a \\newline
      [1, 2] (3) #{4} {:a {"b" [nil]}, 5 6} #inst "2020" #_ ignored #my.Record{:x 1} ()`
    expect([...ednForms(text)].map((form) => form.value)).toEqual([
      null,
      true,
      -1,
      25,
      12,
      '9007199254740993',
      'key',
      'sym',
      'a\nA"',
      'a',
      '\n',
      [1, 2],
      [3],
      [4],
      { a: { b: [null] }, 5: 6 },
      '2020',
      { x: 1 },
      [],
    ])
  })

  test.each<[string, string, number, number]>([
    ['a map that does not end', '{:a 1}\n{:b', 2, 4],
    ['a vector that does not end', '[{:a 1}\n', 2, 1],
    ['a key without a value', '{:a 1 :b}', 1, 10],
    ['a bracket that closes nothing', '{:a 1}\n  ]', 2, 3],
    ['the wrong bracket', '[{:a 1]', 1, 7],
    ['a string that does not end', '{:a "x}', 1, 8],
    ['a number that is none', '{:a 12x}', 1, 8],
    ['a key that stands twice', '{:a 1 :a 2}', 1, 12],
    ['more behind the list', '[1] 2', 1, 5],
    ['nesting without end', '{:a '.repeat(100), 1, 258],
  ])('%s', (_, text, line, column) => {
    expect(() => [...ednForms(text)]).toThrow(expect.objectContaining({ line, column }))
  })
})

describe('Jepsen', () => {
  const register = `
{:process 0, :type :invoke, :f :write, :value 1, :time 10, :index 0}
{:process 1, :type :invoke, :f :read, :value nil, :time 12, :index 1}
{:process :nemesis, :type :info, :f :start, :value nil, :time 13}
{:process 0, :type :ok, :f :write, :value 1, :time 14}
{:process 1, :type :ok, :f :read, :value 1, :time 15}
{:process 0, :type :invoke, :f :cas, :value [1 2], :time 16}
{:process 1, :type :invoke, :f :cas, :value [5 6], :time 17}
{:process 0, :type :info, :f :cas, :value [1 2], :time 18, :error :timeout}
{:process 1, :type :fail, :f :cas, :value [5 6], :time 19}
{:process 1, :type :invoke, :f :read, :value nil, :time 20}
`
  test('invocations and their ends become operations; the nemesis is left out', () => {
    const history = good(readJepsen(of('cas-register'), register))
    expect(
      history.operations.map(({ id, client, input, outcome, invoke, return: end }) => [
        history.lineOf(id),
        client,
        input.op,
        outcome,
        invoke,
        end,
      ]),
    ).toEqual([
      [2, '0', 'write', { is: 'ok', output: null }, 10, 14],
      [3, '1', 'read', { is: 'ok', output: 1 }, 12, 15],
      [7, '0', 'cas', { is: 'unknown' }, 16, 18],
      [8, '1', 'cas', { is: 'refused' }, 17, 19],
      [11, '1', 'read', { is: 'unknown' }, 20, undefined],
    ])
    expect(judge(of('cas-register'), history.operations, { now: () => 0 }).is).toBe('linearizable')
  })

  test('a whole vector of records, as test.edn has it, and records with a tag', () => {
    const vector = `[${register.replaceAll('{:process', '#jepsen.history.Op{:process')}]`
    expect(good(readJepsen(of('cas-register'), vector)).operations).toEqual(good(readJepsen(of('cas-register'), register)).operations)
  })

  test('independent keys are objects of their own', () => {
    const text = `
{:process 0, :type :invoke, :f :write, :value [1 7]}
{:process 0, :type :ok, :f :write, :value [1 7]}
{:process 0, :type :invoke, :f :cas, :value ["b" [nil 3]]}
{:process 0, :type :ok, :f :cas, :value ["b" [nil 3]]}
{:process 0, :type :invoke, :f :read, :value [1 nil]}
{:process 0, :type :ok, :f :read, :value [1 3]}
{:process 0, :type :invoke, :f :read, :value ["b" nil]}
{:process 0, :type :ok, :f :read, :value ["b" 3]}`
    const history = good(readJepsen(of('cas-register'), text))
    const verdict = judge(of('cas-register'), history.operations, { now: () => 0 })
    expect(verdict).toMatchObject({ is: 'violated', parts: 2, violations: [{ part: '1' }] })
    expect(history.lineOf(verdict.violations[0]?.at ?? 0)).toBe(6)
  })

  test('swaps alone are not taken for keys', () => {
    const text = '{:process 0, :type :invoke, :f :cas, :value [nil 2]} {:process 0, :type :ok, :f :cas, :value [nil 2]}'
    expect(good(readJepsen(of('cas-register'), text)).operations[0]?.input).toEqual({ op: 'cas', expect: null, value: 2 })
  })

  test('a set that is read whole', () => {
    const text = `
{:process 0, :type :invoke, :f :add, :value 1} {:process 0, :type :ok, :f :add, :value 1}
{:process 1, :type :invoke, :f :read, :value nil} {:process 1, :type :ok, :f :read, :value #{}}`
    expect(judge(of('set'), good(readJepsen(of('set'), text)).operations, { now: () => 0 }).is).toBe('violated')
  })

  test.each<[string, string, number, RegExp]>([
    [
      'two open operations',
      '\n{:process 0 :type :invoke :f :read}\n{:process 0 :type :invoke :f :write :value 1}',
      3,
      /process 0 invokes write while its read of line 2 is still open/,
    ],
    ['an end without a beginning', '{:process 0 :type :ok :f :read :value 1}', 1, /had invoked nothing/],
    [
      'an end of something else',
      '{:process 0 :type :invoke :f :read}\n{:process 0 :type :ok :f :write :value 1}',
      2,
      /it had invoked read/,
    ],
    ['an unknown operation', '\n\n{:process 0 :type :invoke :f :incr :value 1}', 3, /"incr" is no operation/],
    ['no type', '{:process 0 :f :read}', 1, /:type/],
    ['no map', '1', 1, /a record is a map/],
    ['a file cut off', '{:process 0 :type :invoke :f :read}\n{:process 0 :type', 2, /ends before the }/],
  ])('%s', (_, text, line, problem) => {
    const reading = readJepsen(of('register'), text)
    if (!('bad' in reading)) throw new Error('it was read')
    expect(reading.bad.problem).toMatch(problem)
    expect(reading.bad.line).toBe(line)
  })
})
