import { expect, test } from 'vitest'
import type { RunEvent } from '../../../protocols/core/event.ts'
import type { ArmedFault } from '../../../protocols/core/fault.ts'
import { faultId, messageId, nodeIds } from '../../../protocols/core/ids.ts'
import { advance, decodeMoment, encodeMoment, firstMoment, type Moment } from '../../../protocols/core/moment.ts'

const nodes = nodeIds(2)
const [n1, n2] = nodes as [(typeof nodes)[0], (typeof nodes)[0]]
const first = messageId(0, 1, 1)
const second = messageId(0, 1, 2)
const stamp = { life: 1, step: 1, lamport: 1, clock: [1, 0, 0] }
const observation = { role: 'leader', epoch: 3, leader: n1, facts: { commitIndex: 4 } } as const
const fault: ArmedFault = { id: faultId('f1'), kind: 'cut', target: { links: [[n1, n2]] } }

type Bare<E> = E extends RunEvent ? Omit<E, 'seq' | 'atUs'> : never
const bare: Bare<RunEvent>[] = [
  { kind: 'node', node: n1, change: { is: 'up', pid: 100, life: 1 } },
  {
    kind: 'step',
    node: n1,
    nowMs: 0,
    input: { kind: 'start', recovered: 0 },
    sends: { first: 1, count: 2 },
    timers: [],
    persisted: 0,
    notes: [],
    observation,
    ...stamp,
  },
  { kind: 'send', message: first, from: n1, to: n2, type: 'AppendEntries', body: {}, ...stamp },
  { kind: 'send', message: second, from: n1, to: n2, type: 'AppendEntries', body: {}, ...stamp },
  { kind: 'action', action: { do: 'arm', fault } },
  { kind: 'hold', message: second, fault: fault.id },
  { kind: 'deliver', message: first, copy: 0 },
  { kind: 'deliver', message: first, copy: 1 },
  { kind: 'node', node: n1, change: { is: 'paused' } },
  { kind: 'node', node: n1, change: { is: 'resumed' } },
  { kind: 'action', action: { do: 'lift', fault: fault.id } },
  { kind: 'drop', message: second, copy: 0, why: { fault: fault.id } },
  { kind: 'node', node: n1, change: { is: 'down', asked: true, reason: 'crashed' } },
  { kind: 'node', node: n1, change: { is: 'wiped' } },
  { kind: 'action', action: { do: 'timeScale', scale: 20 } },
  { kind: 'action', action: { do: 'load', load: null } },
  { kind: 'reject', where: 'link n1 -> n2', why: 'a bad frame' },
  { kind: 'action', action: { do: 'clock', node: n1, skewMs: 40, driftPpm: 0 } },
  { kind: 'action', action: { do: 'disk', node: n2, syncMs: { min: 5, max: 9 } } },
  { kind: 'action', action: { do: 'clock', node: n1, skewMs: 0, driftPpm: 0 } },
  { kind: 'action', action: { do: 'disk', node: n2, syncMs: null } },
  { kind: 'action', action: { do: 'end' } },
]
const events = bare.map((event, i) => ({ ...event, seq: i + 1, atUs: (i + 1) * 10 }) as RunEvent)

const momentAt = (seq: number): Moment => {
  const moment = firstMoment(nodes, 1)
  for (const event of events.slice(0, seq)) advance(moment, event)
  return moment
}

test('nodes are what their events make of them', () => {
  expect(momentAt(0).nodes.get(n1)).toMatchObject({ status: 'starting', observation: undefined })
  expect(momentAt(1).nodes.get(n1)).toMatchObject({ status: 'up', pid: 100, life: 1, step: 0 })
  expect(momentAt(2).nodes.get(n1)).toMatchObject({ step: 1, observation })
  expect(momentAt(9).nodes.get(n1)?.status).toBe('paused')
  expect(momentAt(10).nodes.get(n1)?.status).toBe('up')
  expect(momentAt(13).nodes.get(n1)).toMatchObject({
    status: 'down',
    pid: undefined,
    observation: undefined,
    reason: 'crashed',
    wiped: false,
  })
  expect(momentAt(14).nodes.get(n1)?.wiped).toBe(true)
  expect(momentAt(14).nodes.get(n2)?.status).toBe('starting')
})

test('messages are in flight from their send until the original arrives or is dropped', () => {
  expect([...momentAt(4).inFlight.keys()]).toEqual([first, second])
  expect(momentAt(6).inFlight.get(second)?.held).toBe(fault.id)
  expect([...momentAt(7).inFlight.keys()]).toEqual([second])
  expect([...momentAt(8).inFlight.keys()]).toEqual([second])
  expect(momentAt(12).inFlight.size).toBe(0)
})

test('a message is held until the gate lets it go, alone or with the fault, and on its way until it arrives', () => {
  const held = () => [...moment.inFlight.values()].map(({ held }) => held)
  const release = { do: 'release', fault: fault.id, message: first } as const
  const gates: Bare<RunEvent>[] = [
    { kind: 'hold', message: first, fault: fault.id },
    { kind: 'hold', message: second, fault: fault.id },
    { kind: 'action', action: release },
    { kind: 'action', action: { do: 'lift', fault: fault.id } },
  ]
  const moment = momentAt(5)
  const seen = gates.map((event, i) => {
    advance(moment, { ...event, seq: 6 + i, atUs: 60 + i } as RunEvent)
    return held()
  })
  expect(seen).toEqual([
    [fault.id, undefined],
    [fault.id, fault.id],
    [undefined, fault.id],
    [undefined, undefined],
  ])
})

test('faults, the time scale and the end are followed', () => {
  expect(momentAt(5).faults.get(fault.id)).toEqual(fault)
  expect(momentAt(11).faults.size).toBe(0)
  expect(momentAt(15).timeScale).toBe(20)
  expect(momentAt(17).ended).toBe(false)
  expect(momentAt(22)).toMatchObject({ ended: true, seq: 22, atUs: 220 })
})

test('clocks and disks are followed until they are right again', () => {
  expect(momentAt(19).nodes.get(n1)?.clock).toEqual({ skewMs: 40, driftPpm: 0 })
  expect(momentAt(20).nodes.get(n2)?.syncMs).toEqual({ min: 5, max: 9 })
  expect(momentAt(21).nodes.get(n1)?.clock).toBeUndefined()
  expect(momentAt(22).nodes.get(n2)?.syncMs).toBeUndefined()
})

test('an event that is in already changes nothing', () => {
  const moment = momentAt(9)
  for (const event of events.slice(0, 9)) advance(moment, event)
  expect(encodeMoment(moment)).toEqual(encodeMoment(momentAt(9)))
})

test('a moment goes on from its encoding as from itself, wherever it is cut', () => {
  const whole = encodeMoment(momentAt(events.length))
  for (let seq = 0; seq <= events.length; seq++) {
    const moment = decodeMoment(JSON.parse(JSON.stringify(encodeMoment(momentAt(seq)))))
    for (const event of events.slice(seq)) advance(moment, event)
    expect(JSON.parse(JSON.stringify(encodeMoment(moment)))).toEqual(JSON.parse(JSON.stringify(whole)))
  }
})

test('an encoded moment is a copy: the moment goes on without it', () => {
  const moment = momentAt(5)
  const text = JSON.stringify(encodeMoment(moment))
  const data = encodeMoment(moment)
  for (const event of events.slice(5)) advance(moment, event)
  expect(JSON.stringify(data)).toBe(text)
})
