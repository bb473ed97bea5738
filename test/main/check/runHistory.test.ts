/** A run's clients speak in turn: what was heard before something was asked came first, be it within one microsecond. */
import { expect, test } from 'vitest'
import { RunHistory } from '../../../main/check/runHistory.ts'
import { readNdjson } from '../../../protocols/check/format.ts'
import { readJepsen } from '../../../protocols/check/jepsen.ts'
import { judge } from '../../../protocols/check/linearizability.ts'
import { findModel } from '../../../protocols/check/models/index.ts'
import { HistoryWriter, JepsenWriter } from '../../../protocols/check/write.ts'
import type { InvokeEvent, ReturnEvent } from '../../../protocols/core/event.ts'

const model = findModel('kv')
if (!model) throw new Error('there is no model of kv')
const limits = { now: () => 0, steps: 10_000, explained: 0 }

/** A write is answered at 7 us; at 7 us somebody asks, and is told that there is nothing. */
const words = [
  { kind: 'invoke', seq: 1, atUs: 5, operation: 1, client: 'a', op: { op: 'put', key: 'x', value: '1' } },
  { kind: 'return', seq: 2, atUs: 7, operation: 1, outcome: { is: 'ok', result: 'ok' } },
  { kind: 'invoke', seq: 3, atUs: 7, operation: 2, client: 'b', op: { op: 'get', key: 'x' } },
  { kind: 'return', seq: 4, atUs: 8, operation: 2, outcome: { is: 'ok', result: null } },
] as unknown as (InvokeEvent | ReturnEvent)[]

test('a stale read of the same microsecond is seen', () => {
  const history = new RunHistory()
  history.add(words)
  const told = history.told(model)
  if ('problem' in told) throw new Error(told.problem)
  expect(judge(model, told.operations, limits).is).toBe('violated')
})

test.each([
  { writer: () => new HistoryWriter(), read: readNdjson },
  { writer: () => new JepsenWriter(), read: readJepsen },
])('and goes out as one: $read.name', ({ writer, read }) => {
  const file = writer()
  const text = words.map((word) => (word.kind === 'invoke' ? file.invoked(word) : file.returned(word))).join('') + file.end()
  const reading = read(model, text)
  if ('bad' in reading) throw new Error(reading.bad.problem)
  expect(judge(model, reading.history.operations, limits).is).toBe('violated')
})
