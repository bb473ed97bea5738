/** Random events over few names, so that random queries find some of them; and random queries. */
import fc from 'fast-check'
import type { RunEvent, SendEvent } from '../../../protocols/core/event.ts'
import { type EndpointId, endpointIds, messageId, nodeIds } from '../../../protocols/core/ids.ts'
import { FIELDS } from '../../../protocols/query/fields.ts'
import type { Query, TestTerm, Value } from '../../../protocols/query/syntax.ts'
import type { ChunkTables } from '../../../protocols/wire/chunk.ts'
import { writeEvent } from '../../../protocols/wire/chunkEvents.ts'
import { ChunkWriter } from '../../../protocols/wire/chunkWriter.ts'

export const tables: ChunkTables = {
  endpoints: endpointIds(nodeIds(3)),
  messageTypes: ['Ask', 'AskReply', 'ClientRequest'],
  timers: ['election', 'heartbeat'],
}
const of = <T>(...values: readonly T[]) => fc.constantFrom(...values)
const n = fc.integer({ min: 0, max: 6 })
const node = of(...nodeIds(3))
const ends = of(...(tables.endpoints as EndpointId[]))
const word = of('x', 'Leader', 'aB', 'put', '"', 'a b', '', 'ü', '3')
const leaf = fc.oneof(word, n, fc.boolean(), fc.constant(null))
const keys = of('term', 'key', 'entries', 'kind', 'a"b')
const body = fc.dictionary(
  keys,
  fc.oneof(leaf, fc.array(fc.oneof(leaf, fc.dictionary(keys, leaf)), { maxLength: 3 }), fc.dictionary(keys, leaf)),
)
const stamp = { life: fc.integer({ min: 1, max: 2 }), step: n, lamport: n, clock: fc.constant([1, 2, 3, 4]) }
const message = fc
  .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 12 }))
  .map(([from, number]) => messageId(from, 1, number))
const fault = of('f1', 'f2', 'f11')
const input = fc.oneof(
  fc.record({ kind: fc.constant('start'), recovered: n }),
  fc.record({ kind: of('message', 'request'), message }),
  fc.record({ kind: fc.constant('durable'), mark: n }),
  fc.record({ kind: fc.constant('timer'), name: of(...tables.timers) }),
)
const observation = fc.record(
  { role: of('leader', 'candidate', 'follower'), epoch: n, leader: node, facts: fc.dictionary(keys, leaf) },
  { requiredKeys: ['role', 'epoch', 'facts'] },
)
const target = fc.oneof(
  fc.constant({ all: true }),
  fc.record({ links: fc.array(fc.tuple(ends, ends), { minLength: 1, maxLength: 2 }) }),
  fc.constant({ groups: [['n1'], ['n2', 'n3']] }),
)
const kinds = {
  step: fc.record(
    {
      ...{ node, ...stamp, nowMs: n, input, sends: fc.constant({ first: 1, count: 0 }), timers: fc.constant([]), persisted: n },
      notes: fc.array(fc.record({ note: of('becomeLeader', 'backUp', 'x'), data: body }), { maxLength: 2 }),
      observation,
    },
    { requiredKeys: ['node', 'life', 'step', 'lamport', 'clock', 'nowMs', 'input', 'sends', 'timers', 'persisted', 'notes'] },
  ),
  send: fc.record({ from: fc.integer({ min: 0, max: 3 }), to: ends, type: of(...tables.messageTypes), ...stamp, body }),
  deliver: fc.record({ message, copy: of(0, 0, 1) }),
  drop: fc.record({ message, copy: of(0, 1), why: fc.oneof(of('receiver-down', 'overflow'), fc.record({ fault })) }),
  hold: fc.record({ message, fault }),
  checkpoint: fc.record({ node, life: fc.integer({ min: 1, max: 2 }), step: n, hash: word, state: body }),
  node: fc.record({ node, change: of({ is: 'up', pid: 3, life: 2 }, { is: 'down', asked: true, reason: 'x' }, { is: 'paused' }) }),
  action: fc.record({
    action: fc.oneof(
      fc.record({ do: fc.constant('arm'), fault: fc.record({ kind: fc.constant('cut'), id: fault, target }) }),
      fc.record({ do: fc.constant('lift'), fault }),
      fc.record({ do: fc.constant('release'), fault, message }),
      fc.record({ do: fc.constant('node'), node, what: of('crash', 'restart') }),
      fc.record({ do: fc.constant('timeScale'), scale: n }),
    ),
  }),
  invoke: fc.record({ ...stamp, operation: n, client: of('c1', 'you'), op: body }),
  return: fc.record({
    ...{ ...stamp, operation: n, client: of('c1', 'you') },
    outcome: fc.oneof(fc.record({ is: fc.constant('ok'), result: leaf }), fc.record({ is: of('refused', 'unknown'), why: word })),
  }),
  reject: fc.record({ where: word, why: word }),
  local: fc.record({ host: ends, ...stamp, text: word, after: fc.constant([]), data: body }),
  output: fc.record({ node, stream: of('out', 'err'), line: word }),
}

/** Events of a run, numbered; every message is sent once. Times need not grow. */
export const events: fc.Arbitrary<RunEvent[]> = fc
  .array(
    fc.oneof(
      { arbitrary: fc.tuple(fc.constant('send'), kinds.send), weight: 4 },
      ...Object.entries(kinds).map(([kind, fields]) => ({
        arbitrary: fc.tuple(fc.constant(kind), fields as fc.Arbitrary<object>),
        weight: 1,
      })),
    ),
    { maxLength: 40 },
  )
  .chain((list) =>
    fc
      .array(fc.integer({ min: 0, max: 4_000_000 }), { minLength: list.length, maxLength: list.length })
      .map((times) => numbered(list, times)),
  )

function numbered(list: readonly [string, object][], times: readonly number[]): RunEvent[] {
  const sent = [0, 0, 0, 0]
  return list.map(([kind, fields], i) => {
    const event = { kind, seq: i + 1, atUs: times[i], ...fields } as unknown as RunEvent
    if (event.kind !== 'send') return event
    const from = event.from as unknown as number
    sent[from] = (sent[from] as number) + 1
    return { ...event, life: 1, message: messageId(from, 1, sent[from] as number), from: tables.endpoints[from] as EndpointId }
  })
}

/** As a chunk. */
export function packed(list: readonly RunEvent[]): Uint8Array {
  const writer = new ChunkWriter(tables)
  writer.begin(1, 0)
  for (const event of list) writeEvent(writer, event)
  return writer.written().slice()
}

export const sendsOf = (list: readonly RunEvent[]): Map<number, SendEvent> =>
  new Map(list.flatMap((event) => (event.kind === 'send' ? [[event.message, event]] : [])))

const place = { at: 0, end: 0 }
const value = (text: string, quoted = false, to?: string): Value => ({ text, quoted, place, ...(to === undefined ? {} : { to }) })
const anyOf = (...texts: readonly string[]) =>
  fc
    .array(fc.tuple(of(...texts), fc.boolean()), { minLength: 1, maxLength: 2 })
    .map((list) => list.map(([text, quoted]) => value(text, quoted || !/^\S+$/.test(text))))
const NAMES: { readonly [field: string]: readonly string[] } = {
  ...{ node: ['n1', 'N2', 'clients', 'n*', 'n9'], from: ['n1', 'clients'], to: ['n2', '*'], leader: ['n1', 'n3'] },
  ...{
    type: ['Ask', 'ask*', 'AskReply', '*Re*'],
    fault: ['f1', '*', 'f1*'],
    client: ['c1', 'you'],
    input: ['timer', 'election', 'Ask', 'message', '*'],
  },
}
const numbers = of('0', '1', '2.5', '3', '-1')
const times = of('+1.5s', '2', '1500ms', '90us')
const numberValues = (one: fc.Arbitrary<string>) =>
  fc.oneof(
    fc.array(one, { minLength: 1, maxLength: 2 }).map((list) => list.map((text) => value(text))),
    fc.tuple(one, one).map(([low, high]) => [value(low, false, high)]),
  )
const test = (field: string, operator: TestTerm['operator'], values: readonly Value[]): TestTerm => ({
  is: 'test',
  field,
  operator,
  values,
  place,
})

const known: fc.Arbitrary<TestTerm> = of(...FIELDS).chain((field) => {
  const equal = of<TestTerm['operator']>(':', '=', '!=')
  if (field.sort === 'name')
    return fc.tuple(equal, anyOf(...(NAMES[field.name] ?? field.values ?? []))).map(([is, values]) => test(field.name, is, values))
  if (field.sort === 'text')
    return fc
      .tuple(equal, anyOf('x', 'leader', 'becomes leader', 'back', 'put', '3', 'overflow'))
      .map(([is, values]) => test(field.name, is, values))
  const one = field.sort === 'time' ? times : numbers
  return fc.oneof(
    fc.tuple(equal, numberValues(one)).map(([is, values]) => test(field.name, is, values)),
    fc.tuple(of<TestTerm['operator']>('<', '<=', '>', '>='), one).map(([is, text]) => test(field.name, is, [value(text)])),
  )
})
const paths = of(
  ...[
    'term',
    'key',
    'entries.length',
    'entries.0',
    'entries.*.term',
    'entries.term',
    'body.term',
    'note.term',
    'note.*',
    'fact.key',
    'op.key',
  ],
  ...['result', 'did.scale', 'did.is', 'data.term', 'scale', 'state.term', 'state.entries.1', 'kind.x', 'pid'],
)
const path: fc.Arbitrary<TestTerm> = fc
  .oneof(
    fc.tuple(
      paths,
      of<TestTerm['operator']>(':', '=', '!='),
      fc.oneof(anyOf('x', '3', 'true', 'null', 'a b', '', 'ü'), numberValues(numbers)),
    ),
    fc.tuple(
      paths,
      of<TestTerm['operator']>('<', '<=', '>', '>='),
      fc.oneof(numbers, of('x', 'A')).map((text) => [value(text)]),
    ),
  )
  .map(([field, operator, values]) => test(field, operator, values))
const text: fc.Arbitrary<Query> = of(
  'x',
  'leader',
  'becomes leader',
  'ask',
  'n1',
  'term',
  '{',
  '"',
  'a b',
  'not',
  'a=b',
  'election',
  'ü',
  'SEND',
  '3',
  'ab',
).map((it) => ({ is: 'text', text: it, place }))

/** In the form in which the parser gives them: parts of one sort lie flat. */
export const queries: fc.Arbitrary<Query> = fc.letrec<{ query: Query }>((tie) => ({
  query: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    known as fc.Arbitrary<Query>,
    path as fc.Arbitrary<Query>,
    text,
    tie('query').map((part): Query => ({ is: 'not', part })),
    fc
      .tuple(of<'and' | 'or'>('and', 'or'), fc.array(tie('query'), { minLength: 2, maxLength: 3 }))
      .map(([is, parts]): Query => ({ is, parts: parts.flatMap((part) => (part.is === is ? part.parts : [part])) })),
  ),
})).query

/** Places left out, so that queries can be compared. */
export const bare = (query: Query): unknown => JSON.parse(JSON.stringify(query, (key, part) => (key === 'place' ? undefined : part)))
