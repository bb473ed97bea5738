/** How a command ends and speaks: exit codes, tables, JSON, and a reader that goes away early. */
import { InvalidArgumentError } from 'commander'
import { type ErrorCode, LabError } from '../../contract/errors.ts'

export const Exit = { good: 0, verdict: 1, usage: 2, lab: 3 } as const

export interface CommonOptions {
  readonly json: boolean
  readonly data: string
}

/** What the caller named or wrote is wrong; everything else is the lab's own failure. */
const USAGE: readonly ErrorCode[] = [
  'bad-request',
  'bad-scenario',
  'not-found',
  'bad-run-file',
  'newer-run-file',
  'bad-import',
  'run-not-live',
]

/** Carries a command out and sets the exit code. The work resolves to it. */
export async function carryOut(options: CommonOptions, work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work()
  } catch (error) {
    const known = error instanceof LabError ? error : new LabError('internal', String((error as Error)?.message ?? error))
    if (options.json) console.log(JSON.stringify({ error: known.toFailure() }))
    console.error(`${known.message}${known.hint === undefined ? '' : `\n${known.hint}`}`)
    process.exitCode = USAGE.includes(known.code) ? Exit.usage : Exit.lab
  }
}

/** Waits for a slow reader, so that a long run is never held in memory. */
export async function print(line: string): Promise<void> {
  if (process.stdout.write(`${line}\n`)) return
  await new Promise((resolve) => process.stdout.once('drain', resolve))
}

export const printJson = (value: unknown): Promise<void> => print(JSON.stringify(value, undefined, 2))

/** Columns as wide as their widest cell; the last one is not padded. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows) for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length)
  const line = (row: readonly string[]) =>
    row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0))).join('  ')
  return rows.map(line).join('\n')
}

export const seconds = (us: number): string => `${(us / 1e6).toFixed(1)} s`

export function bytes(count: number): string {
  if (count < 10_000) return `${count} B`
  return count < 10_000_000 ? `${Math.round(count / 1000)} kB` : `${Math.round(count / 1_000_000)} MB`
}

/** For commander: a whole number from 0. */
export function readCount(text: string): number {
  const count = Number(text)
  if (!/^[0-9]+$/.test(text) || !Number.isSafeInteger(count)) throw new InvalidArgumentError('a whole number is meant')
  return count
}

/** For commander: an event, and perhaps a seed: `1200` or `1200:7`. */
export function readPlace(text: string): { readonly seq: number; readonly seed?: number } {
  const [seq, seed, ...rest] = text.split(':')
  if (rest.length > 0) throw new InvalidArgumentError('an event, or an event and a seed like 1200:7, is meant')
  return { seq: readCount(seq ?? ''), ...(seed === undefined ? {} : { seed: readCount(seed) }) }
}

/** For commander: `1..200`. */
export function readRange(text: string): { readonly first: number; readonly last: number } {
  const [first, last] = text.split('..')
  if (first === undefined || last === undefined || text.split('..').length !== 2)
    throw new InvalidArgumentError('a range like 1..200 is meant')
  const range = { first: readCount(first), last: readCount(last) }
  if (range.first > range.last) throw new InvalidArgumentError('its first is above its last')
  if (range.last > 4_294_967_295) throw new InvalidArgumentError('a seed is at most 4294967295')
  return range
}
