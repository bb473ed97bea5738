import { expect, test } from 'vitest'
import type { RunEvent } from '../../../protocols/core/event.ts'
import { EventPages, PAGE } from '../../../renderer/model/pages.ts'

const event = (seq: number): RunEvent => ({ kind: 'reject', seq, atUs: seq, where: 'here', why: 'so' })
const events = (from: number, to: number): RunEvent[] => Array.from({ length: to - from + 1 }, (_, i) => event(from + i))

test('an event is found by its number, at the edges of pages too', () => {
  const pages = new EventPages()
  pages.put(events(1, 2 * PAGE + 1))
  for (const seq of [1, PAGE, PAGE + 1, 2 * PAGE, 2 * PAGE + 1]) expect(pages.get(seq)?.seq).toBe(seq)
  expect(pages.get(2 * PAGE + 2)).toBeUndefined()
})

test('a page is whole only when nothing of it is missing up to the end of the run', () => {
  const pages = new EventPages()
  pages.put(events(1, 10))
  pages.put(events(12, 20))
  expect(pages.has(0, 10)).toBe(true)
  expect(pages.has(0, 20)).toBe(false)
  pages.put([event(11)])
  expect(pages.has(0, 20)).toBe(true)
  expect(pages.has(1, 2 * PAGE)).toBe(false)
})

test('the pages that were not used for longest are forgotten', () => {
  const pages = new EventPages()
  for (let page = 0; page < 200; page++) {
    pages.put([event(page * PAGE + 1)])
    pages.has(0, 1) // page 0 stays in use
  }
  expect(pages.get(1)).toBeDefined()
  expect(pages.get(PAGE + 1)).toBeUndefined()
  expect(pages.get(199 * PAGE + 1)).toBeDefined()
})

test('what was asked is known while the event that asked is here, in a page or alone', () => {
  const pages = new EventPages()
  const asked = (seq: number, operation: number) =>
    ({ kind: 'invoke', seq, operation, op: { op: 'get', key: `k${operation}` } }) as unknown as RunEvent
  pages.put([asked(1, 7)])
  pages.putLoose([asked(PAGE + 5, 8)])
  expect([7, 8, 9].map((operation) => pages.opOf(operation))).toEqual([{ op: 'get', key: 'k7' }, { op: 'get', key: 'k8' }, undefined])
  for (let page = 1; page <= 120; page++) pages.put([event(page * PAGE + 1)])
  expect([7, 8].map((operation) => pages.opOf(operation))).toEqual([undefined, { op: 'get', key: 'k8' }])
})
