import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RunEvent } from '../../../protocols/core/event.ts'
import { messageId } from '../../../protocols/core/ids.ts'
import { CompiledQuery } from '../../../protocols/query/compile.ts'
import { passes } from '../../../protocols/query/evaluate.ts'
import { parseQuery } from '../../../protocols/query/parse.ts'
import { printQuery } from '../../../protocols/query/print.ts'
import { type Query, QueryError } from '../../../protocols/query/syntax.ts'
import { readEvent } from '../../../protocols/wire/chunkEvents.ts'
import { ChunkReader } from '../../../protocols/wire/chunkReader.ts'
import { bare, events, packed, queries, sendsOf, tables } from './anything.ts'

const encoder = new TextEncoder()

test('what is printed reads as the same', () => {
  fc.assert(
    fc.property(queries, (query) => {
      expect(bare(parseQuery(printQuery(query)))).toEqual(bare(query))
    }),
    { numRuns: 3000 },
  )
})

test('whatever is typed gives a query or says what is wrong within it', () => {
  const pieces = fc.constantFrom(
    'node:n1',
    'term>',
    '3',
    '(',
    ')',
    '"',
    'and',
    'or',
    'not',
    ' ',
    ':',
    'a,b',
    '..',
    '\\',
    'at>1x',
    'kind:drop',
    '=',
    'body.*.x',
    '*',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(pieces).map((parts) => parts.join('')),
      ),
      (text) => {
        try {
          const query = parseQuery(text)
          expect(bare(parseQuery(printQuery(query)))).toEqual(bare(query))
        } catch (error) {
          if (!(error instanceof QueryError)) throw error
          expect(error.message).not.toBe('')
          expect(error.hint).not.toBe('')
          expect(error.place.at).toBeGreaterThanOrEqual(0)
          expect(error.place.at).toBeLessThanOrEqual(text.length)
          expect(error.place.end).toBeGreaterThan(error.place.at)
        }
      },
    ),
    { numRuns: 3000 },
  )
})

/** As a log might tell of it: words that are recorded nowhere. */
const noteText = (note: string) => `is told by ${note.length} letters`

/** By the numbers of a chunk, as a recording is searched. */
function byNumbers(query: Query, list: readonly RunEvent[]): number[] {
  const sends = sendsOf(list)
  const letterOf = (message: number) => {
    const send = sends.get(message as never)
    return (
      send && {
        to: tables.endpoints.indexOf(send.to),
        type: tables.messageTypes.indexOf(send.type),
        bytes: () => encoder.encode(JSON.stringify(send.body)),
        letter: () => send,
      }
    )
  }
  const compiled = new CompiledQuery(query, tables, { letterOf, noteText })
  const reader = new ChunkReader(packed(list), tables)
  const found: number[] = []
  const { fromSeq, toSeq, fromUs } = compiled.bounds
  while (reader.next()) {
    if (!compiled.lets(reader)) continue
    found.push(reader.seq)
    expect(reader.seq >= fromSeq && reader.seq <= toSeq && reader.atUs >= fromUs).toBe(true)
  }
  return found
}

test('what is told from numbers is what is told from whole events', () => {
  let hits = 0
  fc.assert(
    fc.property(events, fc.array(queries, { minLength: 5, maxLength: 5 }), (list, asked) => {
      const reader = new ChunkReader(packed(list), tables)
      const read: RunEvent[] = []
      while (reader.next()) read.push(readEvent(reader))
      const sends = sendsOf(read)
      const around = { endpoints: tables.endpoints, letterOf: (message: number) => sends.get(message), noteText }
      for (const query of asked) {
        const plain = read.filter((event) => passes(query, event, around)).map(({ seq }) => seq)
        expect(byNumbers(query, read), printQuery(query)).toEqual(plain)
        if (plain.length > 0 && plain.length < read.length) hits++
      }
    }),
    { numRuns: 1500 },
  )
  expect(hits).toBeGreaterThan(1000) // else it compared nothing with nothing
})

const message = messageId(0, 1, 1)
const send = {
  kind: 'send',
  seq: 1,
  atUs: 1_000_000,
  life: 1,
  step: 4,
  lamport: 9,
  clock: [4, 0, 0, 0],
  message,
  from: 'n1',
  to: 'n2',
  type: 'Ask',
  body: { kind: 'Ask', term: 4, entries: [{ term: 3, op: 'put x' }] },
} as unknown as RunEvent
const said: RunEvent[] = [
  send,
  { kind: 'deliver', seq: 2, atUs: 1_600_000, message, copy: 0 },
  {
    kind: 'step',
    seq: 3,
    atUs: 1_600_100,
    node: 'n2',
    life: 1,
    step: 2,
    lamport: 10,
    clock: [4, 2, 0, 0],
    nowMs: 1600,
    input: { kind: 'message', message },
    sends: { first: 1, count: 0 },
    timers: [],
    persisted: 0,
    notes: [{ note: 'becomeLeader', data: { term: 4 } }],
    observation: { role: 'leader', epoch: 4, facts: { commitIndex: 7 } },
  } as unknown as RunEvent,
  { kind: 'drop', seq: 4, atUs: 2_000_000, message, copy: 1, why: { fault: 'f1' } } as unknown as RunEvent,
  {
    kind: 'action',
    seq: 5,
    atUs: 2_100_000,
    action: { do: 'arm', fault: { kind: 'cut', id: 'f1', target: { links: [['n1', 'n3']] } } },
  } as unknown as RunEvent,
]

test.each<[string, number[]]>([
  ['', [1, 2, 3, 4, 5]],
  ['node:n2', [1, 2, 3, 4]],
  ['node:n3', [5]],
  ['from:n1 to:n2', [1, 2, 4]],
  ['kind:drop or kind:step', [3, 4]],
  ['type:ask', [1, 2, 4]],
  ['type:A* not kind:send', [2, 4]],
  ['term>3', [1, 2, 3, 4]],
  ['body.term>3', [1, 2, 4]],
  ['note.term>3', [3]],
  ['fact.commitIndex:5..8', [3]],
  ['entries.0.term=3', [1, 2, 4]],
  ['entries.*.op:PUT', [1, 2, 4]],
  ['entries.length=1 kind:send', [1]],
  ['term!=4', []],
  ['at>+1.5s', [2, 3, 4, 5]],
  ['at:1s..1600ms', [1, 2]],
  ['seq<=2', [1, 2]],
  ['lamport>9', [3]],
  ['fault:f1', [4, 5]],
  ['note:becomeLeader', [3]],
  ['note:"becomes leader"', [3]],
  ['"becomes leader"', [3]],
  ['"is told by 12 letters"', [3]],
  ['note:"told by"', [3]],
  ['input:Ask', [3]],
  ['role:leader epoch=4', [3]],
  ['"put x"', [1]],
  ['not (kind:send or kind:deliver)', [3, 4, 5]],
  ['kind:send and not node:n2 or copy>0', [4]],
])('%s', (text, seqs) => {
  const around = { endpoints: tables.endpoints, letterOf: () => send as never, noteText }
  const query = parseQuery(text, tables)
  expect(said.filter((event) => passes(query, event, around)).map(({ seq }) => seq)).toEqual(seqs)
  expect(byNumbers(query, said)).toEqual(seqs)
})

test.each([
  ['kind:dropp', 5, 10, 'There is no kind called "dropp" here.', 'Did you mean drop?'],
  ['x type:step', 7, 11, 'There is no type of message called "step" here.', 'write kind:step'],
  ['node:n8', 5, 7, 'There is no node called "n8" here.', 'n1, n2, n3, clients'],
  ['term> 3', 0, 5, 'term> lacks a value.', 'without a space'],
  ['(node:n1', 0, 1, 'This parenthesis is not closed.', 'Close it'],
  ['node:n1)', 7, 8, 'Nothing is open here that could be closed.', 'Take the parenthesis away'],
  ['a or', 2, 4, 'Something to look for is missing behind "or".', 'Write or node:n1'],
  ['not', 0, 3, 'Something to look for is missing behind "not".', '"not"'],
  ['or a', 0, 1, 'Something to look for is missing here.', 'before the word'],
  ['say "hello', 4, 10, 'This quotation mark is not closed.', 'Close it'],
  ['seq>abc', 4, 7, 'seq is a number, and "abc" is none.', 'seq:100..200'],
  ['at>5h', 3, 5, '"5h" is no time.', 'at>+1.5s'],
  ['node>n1', 0, 7, 'node is no number', 'node:n2'],
  ['seq>1,2', 0, 7, 'seq> takes one value.', 'seq:1,2'],
])('%s: what is wrong, where, and what to do', (text, at, end, message, hint) => {
  let error: unknown
  try {
    parseQuery(text, tables)
  } catch (thrown) {
    error = thrown
  }
  expect(error).toBeInstanceOf(QueryError)
  const known = error as QueryError
  expect(known.message).toContain(message)
  expect(known.hint).toContain(hint)
  expect(known.place).toEqual({ at, end })
})

test('a query that is too deep is refused, not overflowed', () => {
  expect(() => parseQuery('('.repeat(900))).toThrow(QueryError)
  expect(() => parseQuery('not '.repeat(400))).toThrow(QueryError)
  expect(() => parseQuery('x'.repeat(3000))).toThrow(QueryError)
})
