/**
 * The log that ShiViz reads (https://bitbucket.org/bestchai/shiviz): an event's text on one line, on the next its host and
 * its vector clock as JSON, matched by ShiViz' default expression. GoVector writes the two lines the other way round.
 */

import type { ForeignEvent } from './foreign.ts'
import { badLine, type Line } from './lines.ts'

/** ShiViz' default. `.` stops at every line terminator of the language, so no text may hold any. */
export const SHIVIZ_EXPRESSION = /(?<event>.*)\n(?<host>\S*) (?<clock>{.*})/g

const CLOCK_LINE = /^(\S*) (\{.*\})\s*$/
const TERMINATORS = /[\n\r\u2028\u2029]+/g

/** A text as it can stand on the first of the two lines: on one line, not blank, and not to be taken for a host and its clock. */
export function shivizText(text: string): string {
  const line = text.replace(TERMINATORS, ' ')
  if (line.trim() === '') return '-'
  return line.replace(/^(\S*) \{/, '$1  {')
}

export const isClockLine = (text: string): boolean => CLOCK_LINE.test(text)

/** The events of a log, in the order of the file. Throws a LabError that names the line. */
export function* readShiviz(file: string, lines: Iterable<Line>): Generator<ForeignEvent> {
  let clockFirst: boolean | undefined
  let held: Line | undefined
  for (const line of lines) {
    const text = line.number === 1 ? line.text.replace(/^\uFEFF/, '') : line.text
    const isClock = isClockLine(text)
    clockFirst ??= isClock
    if (clockFirst) {
      if (held) {
        yield eventOf(file, held, text)
        held = undefined
      } else if (isClock) held = { ...line, text }
      else if (text.trim() !== '') throw badLine(file, line.number, 'a host and its clock are due, like: n1 {"n1":1}')
      continue
    }
    if (isClock) {
      if (!held) throw badLine(file, line.number, 'a host and its clock stand here without the text of an event on the line before')
      yield eventOf(file, { ...line, text }, held.text)
      held = undefined
      continue
    }
    if (held && held.text.trim() !== '') throw lonely(file, held)
    held = { ...line, text }
  }
  if (held && (clockFirst || held.text.trim() !== '')) throw lonely(file, held)
}

const lonely = (file: string, { number, text }: Line) =>
  badLine(
    file,
    number,
    isClockLine(text)
      ? 'no text of an event follows this host and clock'
      : 'no host and clock follow the text of this event, like: n1 {"n1":1}',
    'The file may have been cut short; nothing was imported.',
  )

function eventOf(file: string, { text: clockText, number }: Line, text: string): ForeignEvent {
  const [, host = '', json = ''] = CLOCK_LINE.exec(clockText) ?? []
  let clock: unknown
  try {
    clock = JSON.parse(json)
  } catch (error) {
    throw badLine(file, number, `the clock of ${host} is not JSON: ${(error as Error).message}`)
  }
  return { line: number, host, text, clock: checkedClock(file, number, host, clock) }
}

/** Throws a LabError when it is no vector clock of an event at `host`. */
export function checkedClock(file: string, line: number, host: string, clock: unknown): { readonly [host: string]: number } {
  if (typeof clock !== 'object' || clock === null || Array.isArray(clock))
    throw badLine(file, line, 'a clock is an object of hosts and numbers')
  for (const [name, entry] of Object.entries(clock))
    if (!Number.isInteger(entry) || entry < 0 || entry > 0xffffffff)
      throw badLine(file, line, `the entry of ${name} in the clock is ${JSON.stringify(entry)}; it must be a whole number from 0`)
  const own = Object.hasOwn(clock, host) ? (clock as { [host: string]: number })[host] : 0
  if (!own) throw badLine(file, line, `the clock of this event has no entry of its own host, ${JSON.stringify(host)}`)
  return clock as { [host: string]: number }
}
