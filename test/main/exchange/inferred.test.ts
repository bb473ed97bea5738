/**
 * What is inferred of logs from elsewhere, against the log itself: a random computation whose messages are known gives clocks, the
 * clocks alone are imported, and happened-before, the Hasse diagram, ranks, chains and arrows must be those of the computation.
 * An event may take in several messages at once.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BlockWriter, takeRows } from '../../../protocols/causality/block.ts'
import { chainBetween } from '../../../protocols/causality/chain.ts'
import { Columns } from '../../../protocols/causality/columns.ts'
import { cutAt, isConsistent, messagesAcross } from '../../../protocols/causality/cut.ts'
import { Gatherer } from '../../../protocols/causality/gather.ts'
import { hasseOf } from '../../../protocols/causality/hasse.ts'
import { Messages } from '../../../protocols/causality/messages.ts'
import { compareRows } from '../../../protocols/causality/order.ts'
import { Ranks } from '../../../protocols/causality/rank.ts'
import type { LocalEvent } from '../../../protocols/core/event.ts'
import { Drawing } from '../../../renderer/panels/spacetime/drawing.ts'
import { Desk, eventsIn, headerIn } from './exchanged.ts'
import { graphAsShiviz, parseAsShiviz } from './shivizOracle.ts'

interface Deed {
  /** "h1:3". */
  readonly id: string
  readonly host: string
  readonly clock: { readonly [host: string]: number }
  /** All that happened before it, by walking. */
  readonly past: ReadonlySet<string>
}

/** Who acts, and what each takes in: earlier events, by where they are counted from the end. */
const computation = fc
  .record({
    hosts: fc.integer({ min: 2, max: 5 }),
    deeds: fc.array(fc.tuple(fc.nat(), fc.array(fc.nat({ max: 7 }), { maxLength: 4 })), { minLength: 1, maxLength: 45 }),
  })
  .map(({ hosts, deeds }): Deed[] => {
    const done: Deed[] = []
    for (const [who, heard] of deeds) {
      const host = `h${who % hosts}`
      const causes = [done.findLast((deed) => deed.host === host), ...heard.map((back) => done.at(-1 - (back % (done.length || 1))))]
      const past = new Set(causes.flatMap((cause) => (cause ? [cause.id, ...cause.past] : [])))
      const own = [...past].filter((id) => id.startsWith(`${host}:`)).length + 1
      // A vector clock, from its meaning: of each host, how many events happened before or are this one.
      const clock: { [host: string]: number } = { [host]: own }
      for (const id of past) {
        const [other = ''] = id.split(':')
        if (other !== host) clock[other] = (clock[other] ?? 0) + 1
      }
      done.push({ id: `${host}:${own}`, host, clock, past })
    }
    return done
  })

const textOf = (deeds: readonly Deed[]): string => deeds.map(({ id, host, clock }) => `${id}\n${host} ${JSON.stringify(clock)}\n`).join('')

/** As the window has it: gathered, packed in small pieces, and taken in. */
function columnsOf(file: string): { columns: Columns; events: LocalEvent[] } {
  const events = eventsIn(file) as LocalEvent[]
  const gatherer = new Gatherer(headerIn(file))
  const columns = new Columns(gatherer.endpoints)
  for (let next = 0; next < events.length; ) {
    const block = new BlockWriter(next + 1, 7, gatherer.endpoints)
    for (const event of events.slice(next, next + 7)) block.add(gatherer.take(event))
    next += block.rows
    takeRows(columns, block.bytes())
  }
  return { columns, events }
}

test('happened-before, Hasse diagram, ranks, chains, cuts and arrows are those of the computation', () => {
  let several = 0
  fc.assert(
    fc.property(computation, (deeds) => {
      using desk = new Desk()
      const { columns, events } = columnsOf(desk.importText(textOf(deeds)))
      const byId = new Map(deeds.map((deed) => [deed.id, deed]))
      const idOf = (row: number) => (events[row - 1] as LocalEvent).text
      const pastOf = (row: number) => (byId.get(idOf(row)) as Deed).past
      const rows = events.map(({ seq }) => seq)
      for (const a of rows)
        for (const b of rows) {
          const { is } = compareRows(columns, a, b)
          const wanted = a === b ? 'same' : pastOf(b).has(idOf(a)) ? 'before' : pastOf(a).has(idOf(b)) ? 'after' : 'concurrent'
          expect(is, `${idOf(a)} and ${idOf(b)}`).toBe(wanted)
        }

      // An edge of the order's Hasse diagram: nothing lies between.
      const covers = deeds.flatMap((deed) =>
        [...deed.past].flatMap((id) => ([...deed.past].some((other) => byId.get(other)?.past.has(id)) ? [] : [`${id} -> ${deed.id}`])),
      )
      const messages = Messages.of(columns)
      const hasse = hasseOf(
        columns,
        messages,
        Array.from({ length: columns.points }, (_, i) => i + 1),
      )
      const idOfPoint = (index: number) => idOf(columns.pointRow[hasse.points[index] as number] as number)
      expect(hasse.edges.map(({ from, to }) => `${idOfPoint(from)} -> ${idOfPoint(to)}`).sort()).toEqual(covers.sort())
      const across = ({ from, to }: { from: number; to: number }) => idOfPoint(from).split(':')[0] !== idOfPoint(to).split(':')[0]
      for (const edge of hasse.edges) expect(edge.kind).toBe(across(edge) ? 'message' : 'program')

      const ranks = new Ranks(columns)
      ranks.grow()
      const depth = new Map<string, number>()
      for (const { id, past } of deeds) depth.set(id, 1 + Math.max(0, ...[...past].map((before) => depth.get(before) as number)))
      for (const row of rows) expect(ranks.of[columns.point[row] as number]).toBe(depth.get(idOf(row)))

      // The arrows are what ShiViz would draw of the same log, in every window that sees the whole.
      const drawing = new Drawing(columns, 'rank')
      drawing.grow()
      const arrows: string[] = []
      for (const lane of drawing.messages.keys())
        drawing.eachTo(lane, 0, drawing.end, (send, end) => arrows.push(`${idOf(send)} -> ${idOf(end)}`))
      expect(arrows.sort()).toEqual(graphAsShiviz(parseAsShiviz(textOf(deeds))))
      for (const { after } of events) if (after.length > 1) several++

      for (const b of rows) {
        const hops = hopsTo(events, b)
        for (const a of rows) {
          const chain = chainBetween(columns, a, b)
          expect(chain?.length, `${idOf(a)} to ${idOf(b)}`).toBe(hops.get(a))
          for (const { send, delivery } of chain ?? []) expect(events[delivery - 1]?.after).toContain(send)
        }
      }

      const cut = cutAt(columns, Math.ceil(events.length / 2)).map((tick, lane) => (lane % 2 === 0 ? Math.max(0, tick - 1) : tick + 1))
      expect(messagesAcross(columns, cut, 1).early.length === 0).toBe(isConsistent(columns, cut))
    }),
    { numRuns: 60 },
  )
  expect(several).toBeGreaterThan(0)
})

/** By row, with how few messages it leads to `end`, along lanes and by what the events say they follow. */
function hopsTo(events: readonly LocalEvent[], end: number): Map<number, number> {
  const hops = new Map([[end, 0]])
  for (let changed = true; changed; ) {
    changed = false
    const better = (row: number | undefined, count: number) => {
      if (row === undefined || count >= (hops.get(row) ?? Number.POSITIVE_INFINITY)) return
      hops.set(row, count)
      changed = true
    }
    for (const { seq, host, after } of events) {
      const count = hops.get(seq)
      if (count === undefined) continue
      better(events.findLast((event) => event.seq < seq && event.host === host)?.seq, count)
      for (const cause of after) better(cause, count + 1)
    }
  }
  return hops
}

test('out as a log for ShiViz and in again, happened-before is the same', () => {
  fc.assert(
    fc.property(computation, (deeds) => {
      using desk = new Desk()
      const first = desk.importText(textOf(deeds))
      const again = desk.importText(desk.export(first, 'shiviz'))
      const relation = (file: string): string[] => {
        const { columns, events } = columnsOf(file)
        return events.flatMap((a) => events.map((b) => `${a.text} ${compareRows(columns, a.seq, b.seq).is} ${b.text}`)).sort()
      }
      expect(relation(again)).toEqual(relation(first))
      expect(eventsIn(again).map((event) => event.kind === 'local' && event.after.length)).toEqual(
        eventsIn(first).map((event) => event.kind === 'local' && event.after.length),
      )
    }),
    { numRuns: 30 },
  )
})
