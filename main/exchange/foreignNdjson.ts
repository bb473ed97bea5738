/** NDJSON of other programs: one event a line, with its host and its text, and as far as it is known its vector clock and its time. */
import type { Json } from '../../protocols/core/json.ts'
import type { ForeignEvent } from './foreign.ts'
import { badLine, type Line } from './lines.ts'
import { filled, jsonOf } from './runNdjson.ts'
import { checkedClock } from './shivizText.ts'

const FORM = 'Each line is like: {"host":"a","event":"what happened","clock":{"a":1},"time":12.5}; clock and time may be left out.'

export function* readForeign(file: string, lines: Iterable<Line>): Generator<ForeignEvent> {
  let firstMs: number | undefined
  for (const line of filled(lines)) {
    const value = jsonOf(file, line)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badLine(file, line.number, 'it is not an object', FORM)
    const { host, event, clock, time, ...rest } = value as { readonly [key: string]: Json }
    if (typeof host !== 'string') throw badLine(file, line.number, 'it has no text called host', FORM)
    if (typeof event !== 'string') throw badLine(file, line.number, 'it has no text called event', FORM)
    const ms = time === undefined ? undefined : millisecondsOf(file, line.number, time)
    firstMs ??= ms
    yield {
      ...{ line: line.number, host, text: event },
      ...(clock === undefined ? {} : { clock: checkedClock(file, line.number, host, clock) }),
      ...(ms === undefined ? {} : { atUs: Math.max(0, Math.round((ms - (firstMs ?? 0)) * 1000)) }),
      ...(Object.keys(rest).length === 0 ? {} : { data: rest }),
    }
  }
}

/** A number of milliseconds, or a date as ISO 8601 has it. */
function millisecondsOf(file: string, line: number, time: Json): number {
  const ms = typeof time === 'string' ? Date.parse(time) : time
  if (typeof ms !== 'number' || !(Math.abs(ms) < 3e12 * 1000))
    throw badLine(file, line, `its time is ${JSON.stringify(time)}; it must be milliseconds, or a date like 2026-01-02T03:04:05.678Z`)
  return ms
}
