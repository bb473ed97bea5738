import { expect, test } from 'vitest'
import type { RunEvent } from '../../../protocols/core/event.ts'
import { faultId, messageId, nodeId } from '../../../protocols/core/ids.ts'
import { FlightLog, progress } from '../../../renderer/model/flights.ts'

const m = (number: number) => messageId(0, 1, number)
const send = (number: number, atUs: number): RunEvent => ({
  kind: 'send',
  seq: number,
  atUs,
  message: m(number),
  from: nodeId('n1'),
  to: nodeId('n2'),
  type: 'AppendEntries',
  body: null,
  life: 1,
  step: 1,
  lamport: 1,
  clock: [],
})
const deliver = (number: number, atUs: number, copy = 0): RunEvent => ({
  kind: 'deliver',
  seq: 100 + number,
  atUs,
  message: m(number),
  copy,
})

test('a message is on its link from its send to its arrival, and a trail longer', () => {
  const log = new FlightLog()
  log.take(send(1, 1000))
  log.take(deliver(1, 3000))
  expect(log.at(999)).toHaveLength(0)
  expect(log.at(2000)).toHaveLength(1)
  expect(log.at(3000)).toHaveLength(1)
  expect(log.at(3001)).toHaveLength(0)
  expect(log.at(3400, 500)).toHaveLength(1)
})

test('how far it has come follows the time it really took', () => {
  const log = new FlightLog()
  log.take(send(1, 1000))
  const flight = log.get(m(1))
  expect(flight && progress(flight, 1500)).toBeUndefined()
  log.take(deliver(1, 3000))
  expect(flight && progress(flight, 1500)).toBe(0.25)
  expect(flight && progress(flight, 9000)).toBe(1)
})

test('a duplicate that comes later does not end the flight of the original again', () => {
  const log = new FlightLog()
  log.take(send(1, 1000))
  log.take(deliver(1, 2000))
  log.take(deliver(1, 5000, 1))
  expect(log.get(m(1))?.endAtUs).toBe(2000)
})

test('what was lost says to what', () => {
  const log = new FlightLog()
  log.take(send(1, 1000))
  log.take({ kind: 'drop', seq: 3, atUs: 1200, message: m(1), copy: 0, why: { fault: faultId('f1') } })
  expect(log.get(m(1))).toMatchObject({ fate: 'lost', lostTo: 'f1', endAtUs: 1200 })
})

test('of very many messages the oldest that have arrived are forgotten, those on their way never', () => {
  const log = new FlightLog(100)
  log.take(send(1, 1))
  for (let i = 2; i < 300; i++) {
    log.take(send(i, i))
    log.take(deliver(i, i + 1))
  }
  expect(log.size).toBeLessThanOrEqual(101)
  expect(log.get(m(1))).toBeDefined()
})
