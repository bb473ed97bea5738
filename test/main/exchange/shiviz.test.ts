import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readShiviz, shivizText } from '../../../main/exchange/shivizText.ts'
import { Desk, eventsIn, headerIn, simulatedRun } from './exchanged.ts'
import { assertExactClocks, graphAsShiviz, parseAsShiviz } from './shivizOracle.ts'

/** A log of random hosts that do things and send each other messages, in an order that respects causality. */
const log = fc
  .record({
    hosts: fc.uniqueArray(fc.stringMatching(/^[A-Za-z_{"é-][^\s]{0,5}$/u), { minLength: 1, maxLength: 6 }),
    deeds: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.boolean(), fc.string({ unit: 'binary', maxLength: 12 })), {
      minLength: 1,
      maxLength: 60,
    }),
  })
  .map(({ hosts, deeds }) => {
    const clocks = hosts.map(() => new Map<number, number>())
    const sent: Map<number, number>[] = []
    return deeds.map(([who, which, hears, said]) => {
      const host = who % hosts.length
      const clock = clocks[host] as Map<number, number>
      const message = hears && sent.length > 0 ? sent[which % sent.length] : undefined
      for (const [other, count] of message ?? []) clock.set(other, Math.max(clock.get(other) ?? 0, count))
      clock.set(host, Math.max(clock.get(host) ?? 0, 0) + 1)
      sent.push(new Map(clock))
      return {
        event: said,
        host: hosts[host] as string,
        clock: Object.fromEntries([...clock].map(([other, count]) => [hosts[other], count])) as { [host: string]: number },
      }
    })
  })
type Log = typeof log extends fc.Arbitrary<infer L> ? L : never

const textOf = (events: Log): string =>
  events.map(({ event, host, clock }) => `${shivizText(event)}\n${host} ${JSON.stringify(clock)}\n`).join('')

test('random logs: ShiViz reads what is exported, the same edges, and it comes back as the same text', () => {
  fc.assert(
    fc.property(log, fc.boolean(), (events, shuffled) => {
      using desk = new Desk()
      const text = textOf(shuffled ? [...events].reverse() : events)
      const run = desk.importText(text)
      const exported = desk.export(run, 'shiviz')
      const before = parseAsShiviz(textOf(events))
      const after = parseAsShiviz(exported)
      assertExactClocks(after)
      expect(graphAsShiviz(after)).toEqual(graphAsShiviz(before))
      const entry = ({ host, clock }: (typeof after)[number]) => `${host} ${JSON.stringify(Object.entries(clock).sort())}`
      expect(after.map(entry).sort()).toEqual(before.map(entry).sort())
      expect(desk.export(desk.importText(exported), 'shiviz')).toBe(exported)
      if (!shuffled) expect(after.map(({ event }) => event.trim())).toEqual(before.map(({ event }) => event.trim()))
    }),
    { numRuns: 25 },
  )
})

test('a log is read as ShiViz’ own expression reads it, whatever its texts are', () => {
  const nasty = fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.constantFrom('n1 {"n1":1}', ' {}', '{', 'a {b} c', '\r', ' '))
  fc.assert(
    fc.property(fc.array(nasty, { minLength: 1, maxLength: 8 }), (texts) => {
      const text = texts.map((one, i) => `${shivizText(one)}\nh ${JSON.stringify({ h: i + 1 })}\n`).join('')
      const lines = text.split('\n').map((line, i) => ({ text: line, number: i + 1 }))
      const ours = [...readShiviz('FILE', lines.slice(0, -1))]
      const theirs = parseAsShiviz(text)
      expect(ours.map((event) => event.text.trim())).toEqual(theirs.map(({ event }) => event.trim()))
      expect(ours.map((event) => event.clock)).toEqual(theirs.map(({ clock }) => clock))
    }),
  )
})

test.each([7, 11, 12])(
  'a simulated run with crashes and restarts, seed %i: exact clocks, and the same text again',
  async (seed) => {
    using desk = new Desk()
    const run = await simulatedRun(desk, seed)
    const text = desk.export(run, 'shiviz')
    const read = parseAsShiviz(text)
    assertExactClocks(read)
    const steps = eventsIn(run).filter(({ kind }) => kind === 'step').length
    expect(read.filter(({ host }) => host !== 'clients').length).toBeGreaterThanOrEqual(steps)
    const again = desk.importText(text)
    expect(headerIn(again).foreign).toMatchObject({ format: 'shiviz', clocks: true, times: false, completed: 0 })
    expect(desk.export(again, 'shiviz')).toBe(text)
    // A new life remembers nothing of others: without restarts this would show less.
    const restarts = eventsIn(run).filter((event) => event.kind === 'node' && event.change.is === 'up' && event.change.life > 1)
    expect(restarts.length).toBeGreaterThan(0)
  },
  60_000,
)

test('messages are inferred from the clocks, and direct ones alone', () => {
  using desk = new Desk()
  const run = desk.importText('a1\na {"a":1}\nb1\nb {"a":1,"b":1}\nc1\nc {"a":1,"b":1,"c":1}\na2\na {"a":2}\nc2\nc {"a":2,"b":1,"c":2}\n')
  expect(eventsIn(run).map((event) => event.kind === 'local' && [event.host, event.step, event.text, event.after, event.lamport])).toEqual([
    ['a', 1, 'a1', [], 1],
    ['b', 1, 'b1', [1], 2],
    ['c', 1, 'c1', [2], 3],
    ['a', 2, 'a2', [], 2],
    ['c', 2, 'c2', [4], 4],
  ])
})

test('lines may stand host by host, and the clock before its text as GoVector has it', () => {
  using desk = new Desk()
  const hostByHost = 'b1\nb {"a":1,"b":1}\nb2\nb {"a":1,"b":2}\na1\na {"a":1}\n'
  expect(eventsIn(desk.importText(hostByHost)).map((event) => event.kind === 'local' && event.text)).toEqual(['a1', 'b1', 'b2'])
  const govector = 'a {"a":1}\nInitialization Complete\na {"a":2}\nSending\nb {"b":1, "a":2}\nReceived\n'
  expect(eventsIn(desk.importText(govector)).map((event) => event.kind === 'local' && event.text)).toEqual([
    'Initialization Complete',
    'Sending',
    'Received',
  ])
})

test('a clock that forgot what an event before it knew is completed, and that is counted', () => {
  using desk = new Desk()
  const run = desk.importText('a1\na {"a":1}\nb1\nb {"a":1,"b":1}\nb2\nb {"b":2}\nc1\nc {"b":2,"c":1}\n')
  expect(headerIn(run).foreign?.completed).toBe(2)
  expect(eventsIn(run).map((event) => event.kind === 'local' && event.clock)).toEqual([
    [1, 0, 0, 0],
    [1, 1, 0, 0],
    [1, 2, 0, 0],
    [1, 2, 1, 0],
  ])
})

test.each([
  ['a1\na {"a":2}\n', 'FILE:2: the own entry of a must start at 1, and the first is 2.'],
  ['x\na {"a":1}\ny\na {"a":3}\n', 'FILE:4: the own entry of a goes from 1 to 3; it must rise by 1 from event to event.'],
  ['x\na {"a":1}\ny\na {"a":1}\n', 'FILE:4: a has its event 1 a second time'],
  ['x\na {"a":1,"b":4}\ny\nb {"b":1}\n', 'FILE:2: its clock names event 4 of b, which has 1.'],
  ['x\na {"a":1,"z":1}\n', 'FILE:2: its clock names z, which has no event in this log.'],
  ['x\na {"a":1,"b":1}\ny\nb {"a":1,"b":1}\n', 'FILE:2: its clock names event 1 of b, which itself comes after it'],
  ['x\na {"b":1}\n', 'FILE:2: the clock of this event has no entry of its own host, "a".'],
  ['x\na {"a":1.5}\n', 'FILE:2: the entry of a in the clock is 1.5; it must be a whole number from 0.'],
  ['x\na {"a":1}\ny\na {"a":2', 'FILE:3: no host and clock follow the text of this event'],
  ['x\na {"a":1}\nlost\n', 'FILE:3: no host and clock follow the text of this event'],
  ['x\na {"a":1}\ny\na {a:2}\n', 'FILE:4: the clock of a is not JSON'],
  ['x\na {"a":1}\na {"a":2}\n', 'FILE:3: a host and its clock stand here without the text of an event'],
  [`x\n${'h'.repeat(101)} {"${'h'.repeat(101)}":1}\n`, 'FILE:2: a host has a name of 1 to 100 characters'],
])('a wrong log is refused with its line, and nothing is left: %j', (text, why) => {
  using desk = new Desk()
  expect(desk.refusal(text)).toContain(why)
})

test('sixty-three hosts and no more', () => {
  using desk = new Desk()
  const hosts = (count: number) => Array.from({ length: count }, (_, i) => `x\nh${i} {"h${i}":1}\n`).join('')
  expect(headerIn(desk.importText(hosts(63))).nodes.slice(0, 11)).toEqual(Array.from({ length: 11 }, (_, i) => `h${i}`))
  expect(desk.refusal(hosts(64))).toContain('FILE:128: h63 is one host too many: a run has at most 63.')
})
