import fc from 'fast-check'
import { expect, test } from 'vitest'
import { importRun } from '../../../main/exchange/importing.ts'
import { RunReader } from '../../../main/recorder/reader.ts'
import { Replay } from '../../../main/replay/replay.ts'
import { runId } from '../../../protocols/core/ids.ts'
import { recordToy, toyHeader } from '../recorder/runFiles.ts'
import { Desk, eventsIn, headerIn, simulatedRun } from './exchanged.ts'

function headOf(file: string): { readonly lastSeq: number } {
  const reader = new RunReader(file)
  reader.close()
  return { lastSeq: reader.lastSeq }
}
const textsOf = (file: string): string[] => eventsIn(file).map((event) => JSON.stringify(event))

async function judged(file: string) {
  const replay = new Replay(runId('r'), new RunReader(file), { onVerdict: () => undefined })
  try {
    const verdict = await replay.check()
    return { verdict, states: [...Array(10).keys()].map((i) => replay.states(Math.floor((verdict.lastSeq * (i + 1)) / 10))) }
  } finally {
    replay.close()
  }
}

test('a simulated run comes back byte for byte: events, numbers, states, checks, moments and marks', async () => {
  using desk = new Desk()
  const run = await simulatedRun(desk, 7)
  const text = desk.export(run, 'ndjson')
  const again = desk.importText(text)
  expect(textsOf(again)).toEqual(textsOf(run))
  expect(desk.export(again, 'ndjson')).toBe(text)
  expect(headerIn(again)).toEqual(headerIn(run))
  const before = await judged(run)
  expect(before.verdict.is).toBe('pass')
  expect(await judged(again)).toEqual(before)
  const [one, other] = [new RunReader(run), new RunReader(again)]
  expect(other.marks()).toEqual(one.marks())
  expect(other.moment(other.lastSeq)).toEqual(one.moment(one.lastSeq))
  one.close()
  other.close()
}, 60_000)

test('bookmarks go with it, and one behind the end is left out', async () => {
  using desk = new Desk()
  const run = desk.fresh('toy.synod')
  recordToy(run, 3, 40)
  const bookmarks = [
    { id: 'b1', seq: 2, atUs: 17, note: 'here it\nbegan: "ä"' },
    { id: 'b7', seq: 9, atUs: 90.5, note: '' },
  ]
  const marksIn = (file: string) => {
    const reader = new RunReader(file)
    const found = reader.bookmarks()
    reader.close()
    return found
  }
  const bare = desk.export(run, 'ndjson')
  const text = bare.replace('"bookmarks":[]', () => `"bookmarks":${JSON.stringify(bookmarks)}`)
  expect(text).not.toBe(bare)
  const again = desk.importText(text)
  expect(marksIn(again)).toEqual(bookmarks)
  expect(desk.export(again, 'ndjson')).toBe(text)
  const { lastSeq } = headOf(run)
  expect(marksIn(desk.importText(text.replace('"seq":9,', `"seq":${lastSeq + 1},`)))).toEqual(bookmarks.slice(0, 1))
  // As older versions wrote it.
  expect(marksIn(desk.importText(text.replace(/,"bookmarks":\[.*?\]\}\n/, '}\n')))).toEqual([])
  expect(desk.refusal(text.replace('"id":"b1"', '"id":7'))).toContain('bookmarks.0.id')
})

test('random runs of every shape come back byte for byte', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 80 }), (seed, steps) => {
      using desk = new Desk()
      const run = desk.fresh('toy.synod')
      recordToy(run, seed, steps)
      const text = desk.export(run, 'ndjson')
      const again = desk.importText(text)
      expect(textsOf(again)).toEqual(textsOf(run))
      expect(desk.export(again, 'ndjson')).toBe(text)
    }),
    { numRuns: 25 },
  )
})

test('an imported run goes out and in as NDJSON, too', () => {
  using desk = new Desk()
  const run = desk.importText('a1\na {"a":1}\nb1\nb {"a":1,"b":1}\n')
  const text = desk.export(run, 'ndjson')
  const again = desk.importText(text)
  expect(desk.export(again, 'ndjson')).toBe(text)
  expect(headerIn(again).foreign).toEqual(headerIn(run).foreign)
})

test('lines of other programs: clocks, times and whatever else they say', () => {
  using desk = new Desk()
  const run = desk.importText(
    `${[
      { host: 'api', event: 'asks', clock: { api: 1 }, time: '2026-01-02T03:04:05.000Z', level: 'info' },
      { host: 'db', event: 'answers', clock: { api: 1, db: 1 }, time: '2026-01-02T03:04:05.250Z', rows: 3 },
    ]
      .map((line) => JSON.stringify(line))
      .join('\r\n')}\r\n`,
  )
  expect(headerIn(run)).toMatchObject({ nodes: ['api', 'db'], foreign: { format: 'ndjson', clocks: true, times: true } })
  expect(eventsIn(run)).toMatchObject([
    { host: 'api', text: 'asks', atUs: 0, after: [], data: { level: 'info' } },
    { host: 'db', text: 'answers', atUs: 250_000, after: [1], data: { rows: 3 } },
  ])
})

test('without clocks a run opens all the same, and says what is not known', async () => {
  using desk = new Desk()
  const run = desk.importText('{"host":"b","event":"one"}\n{"host":"a","event":"two"}\n{"host":"b","event":"three"}\n')
  expect(headerIn(run)).toMatchObject({ nodes: ['a', 'b'], foreign: { clocks: false, times: false } })
  expect(eventsIn(run).map((event) => event.kind === 'local' && [event.host, event.step, event.clock, event.lamport, event.atUs])).toEqual([
    ['b', 1, [], 0, 0],
    ['a', 1, [], 0, 1000],
    ['b', 2, [], 0, 2000],
  ])
  const { verdict, states } = await judged(run)
  expect(verdict).toMatchObject({ is: 'unknown', why: expect.stringContaining('happened elsewhere') })
  expect(states.at(-1)?.nodes[0]).toMatchObject({ node: 'a', status: 'up', problem: expect.stringContaining('happened elsewhere') })
})

const header = (events: number, more: object = {}) =>
  JSON.stringify({ synod: 'run', version: 1, events, status: 'ended', header: { ...toyHeader, ...more } })
const line = (rest: object) => JSON.stringify({ seq: 1, atUs: 0, ...rest })
const step = {
  ...{ kind: 'step', node: 'n1', life: 1, step: 1, lamport: 1, clock: [1, 0, 0, 0, 0], nowMs: 1, input: { kind: 'start', recovered: 0 } },
  ...{ sends: { first: 1, count: 0 }, timers: [], persisted: 0, notes: [] },
}

test.each([
  ['', 'FILE is empty.'],
  ['hello\nworld\n', 'FILE is in no format that can be imported.'],
  [Buffer.from([0x1f, 0x8b, 8, 0, 200, 201]), 'FILE is in no format that can be imported.'],
  [Buffer.concat([Buffer.from('{"host":"a","event":"x"}\n{"host":"'), Buffer.from([0xff, 0xfe])]), 'FILE:2: it is not text in UTF-8.'],
  ['{"host":"a","event":"x"}\n{"host":"a","ev', 'FILE:2: this line is not JSON'],
  ['{"host":"a"}\n', 'FILE:1: it has no text called event. Each line is like'],
  ['{"host":"a","event":"x","clock":{"a":1}}\n{"host":"a","event":"y"}\n', 'FILE:2: it has no clock, other than the events before it.'],
  ['{"host":"a b","event":"x"}\n', 'FILE:1: a host has a name of 1 to 100 characters without spaces, not "a b".'],
  ['{"host":"a","event":"x","time":"soon"}\n', 'FILE:1: its time is "soon"'],
  ['{"client":"a","operation":"get","key":"x","invoke":0}\n', 'FILE is a history of operations'],
  ['{:process 0, :type :invoke, :f :get}\n', 'FILE is a history of operations'],
  [`${header(2)}\n${line({ ...step })}\n`, 'FILE:2: the file ends after 1 of 2 events. It was cut short'],
  [`${header(0)}\n${line({ ...step })}\n`, 'FILE:2: there is more behind the 0 events'],
  [`${header(1)}\n${line({ ...step, seq: 4 })}\n`, 'FILE:2: it is event 4, where 1 is due.'],
  [`${header(1)}\n${line({ kind: 'dance' })}\n`, 'FILE:2: there is no kind of event called "dance".'],
  [`${header(1)}\n${line({ ...step, node: 'n9' })}\n`, 'FILE:2: this step does not fit: n9 is not in this run.'],
  [`${header(1)}\n${line({ ...step, life: -1 })}\n`, 'FILE:2: this step does not fit: life'],
  [`${header(1)}\n${line({ ...step, extra: 1 })}\n`, 'FILE:2: this step does not fit: Unrecognized key'],
  [`${header(1)}\n${line({ ...step, persisted: 70_000 })}\n`, 'FILE:2: this step does not fit: persisted'],
  [`${header(1)}\n${line({ kind: 'deliver', message: 1, copy: 0.5 })}\n`, 'FILE:2: this deliver does not fit: copy'],
  [`${header(1, { nodes: ['x y'] })}\n`, 'FILE:1: the line that says what the run is does not fit: header.nodes'],
  [`${header(1, { nodes: ['a'] })}\n`, 'FILE:1: the line that says what the run is does not fit: header.nodes'],
  [header(1).replace('"version":1', '"version":9'), 'FILE was written by a newer Synod'],
])('what is none is refused with its line, and nothing is left: %#', (text, why) => {
  using desk = new Desk()
  expect(desk.refusal(text)).toContain(why)
})

test('a line that no memory holds is refused before it is read', () => {
  using desk = new Desk()
  const file = desk.text(`{"host":"a","event":"${'x'.repeat(65 * 1024 * 1024)}"}\n`)
  const work = () => importRun({ from: file, to: desk.fresh('run.synod'), name: 'x', pulse: () => {} })
  expect(work).toThrow(/:1: it is longer than 67108864 bytes/)
})

test('a run that was cut off anywhere is refused', async () => {
  using desk = new Desk()
  const run = desk.fresh('toy.synod')
  recordToy(run, 5, 30)
  const text = desk.export(run, 'ndjson')
  fc.assert(
    fc.property(fc.integer({ min: 1, max: text.length - 2 }), (length) => {
      using inner = new Desk()
      expect(inner.refusal(text.slice(0, length))).toMatch(/FILE/)
    }),
    { numRuns: 40 },
  )
})
