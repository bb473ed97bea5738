/**
 * The results of a sweep in a file of their own, so that it can be resumed: a line of JSON that says what was swept, then one
 * for each seed as it was done. A seed always comes out alike, so a result is good as long as the scenario and the program are
 * the same; a file of others is refused.
 */
import fs from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { hashText } from '../../protocols/core/hash.ts'
import { LabError } from '../contract/errors.ts'
import { asLabError } from '../labBorder.ts'
import type { SeedResult } from './sweep.ts'

const FORMAT = 1

const headerSchema = z.strictObject({
  format: z.literal(FORMAT),
  synod: z.string(),
  scenario: z.string(),
  /** A hash of the scenario's text. */
  text: z.string(),
  protocol: z.string(),
  protocolVersion: z.int(),
  /** What is counted, in the order of each result's `coverage`. */
  kinds: z.array(z.string()),
})
/** What was swept, and all besides the seed that decides what comes out. */
export type SweepHeader = Omit<z.infer<typeof headerSchema>, 'format'>

const count = z.int().min(0)
const resultSchema = z.strictObject({
  seed: count,
  is: z.enum(['pass', 'fail', 'unknown']),
  failure: z.enum(['safety', 'liveness', 'expectation', 'unbroken']).optional(),
  violated: z.string().optional(),
  why: z.string().optional(),
  events: count,
  operations: count,
  faults: z.record(z.string(), count),
  coverage: z.array(count),
})

/** What to do about results that do not count any more. */
export const ANEW = 'Without --resume the sweep begins anew, and what it finds takes the place of that file.'

/** One file for each scenario: by its name or path, not by its text, so that a scenario that changed is noticed. */
export function sweepFileOf(dataFolder: string, scenario: string): string {
  const isFile = fs.existsSync(scenario)
  const name = path.basename(scenario).replace(/\.ya?ml$/, '')
  const safe = name.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 80)
  return path.join(dataFolder, 'sweeps', `${safe}-${hashText(isFile ? path.resolve(scenario) : scenario).slice(0, 8)}.ndjson`)
}

/** Every method throws a LabError (`disk`) when the file cannot be written. */
export class SweepFile {
  readonly file: string
  /** What the file held when it was opened, without what lay in two pieces. */
  readonly earlier: readonly SeedResult[]
  /** What was not as it should be, and was mended. */
  readonly mended: string | undefined
  #fd: number
  /** Up to here the file is whole lines. */
  #end: number

  private constructor(file: string, fd: number, end: number, earlier: readonly SeedResult[] = [], mended?: string) {
    this.file = file
    this.#fd = fd
    this.#end = end
    this.earlier = earlier
    this.mended = mended
  }

  /** Takes the place of what was there, at once and whole: another sweep that still writes into it disturbs nothing. */
  static begin(file: string, header: SweepHeader): SweepFile {
    const fresh = `${file}.${process.pid}`
    return orLabError(`The sweep's results cannot be kept in ${file}`, () => {
      fs.mkdirSync(path.dirname(file), { recursive: true })
      const fd = fs.openSync(fresh, 'w')
      try {
        const kept = new SweepFile(file, fd, 0)
        kept.#write(`${JSON.stringify({ format: FORMAT, ...header })}\n`)
        fs.renameSync(fresh, file)
        return kept
      } catch (error) {
        fs.closeSync(fd)
        fs.rmSync(fresh, { force: true })
        throw error
      }
    })
  }

  /** Undefined when there is no such file. Throws a LabError (`bad-request`) when its results are not those of this sweep, or cannot be read. */
  static resume(file: string, header: SweepHeader): SweepFile | undefined {
    return orLabError(`The sweep kept in ${file} cannot be resumed`, () => {
      if (!fs.existsSync(file)) return undefined
      const fd = fs.openSync(file, 'r+')
      try {
        const text = fs.readFileSync(fd, 'utf8')
        const whole = text.slice(0, text.lastIndexOf('\n') + 1)
        const [first = '', ...lines] = whole.split('\n').slice(0, -1)
        checkHeader(file, first, header)
        const read = lines.map((line, index) => readResult(file, line, index + 2, header.kinds.length))
        // Two that resumed it at once have both found the same.
        const earlier = [...new Map(read.map((result) => [result.seed, result])).values()]
        const end = Buffer.byteLength(whole)
        if (whole === text) return new SweepFile(file, fd, end, earlier)
        fs.ftruncateSync(fd, end)
        const mended = `The last line of ${file} was not whole: it was cut off, and its seed is simulated again.`
        return new SweepFile(file, fd, end, earlier, mended)
      } catch (error) {
        fs.closeSync(fd)
        throw error
      }
    })
  }

  append(result: SeedResult): void {
    orLabError(`The results of the sweep cannot be kept any more in ${this.file}`, () => this.#write(`${JSON.stringify(result)}\n`))
  }

  close(): void {
    fs.closeSync(this.#fd)
  }

  /** A full disk takes the beginning of a line: then nothing of it stays. */
  #write(line: string): void {
    const bytes = Buffer.from(line)
    try {
      let written = 0
      while (written < bytes.length) written += fs.writeSync(this.#fd, bytes, written, bytes.length - written, this.#end + written)
    } catch (error) {
      fs.ftruncateSync(this.#fd, this.#end)
      throw error
    }
    this.#end += bytes.length
  }
}

function checkHeader(file: string, line: string, header: SweepHeader): void {
  const parsed = headerSchema.safeParse(json(line))
  if (!parsed.success) {
    const { format } = (json(line) ?? {}) as { format?: unknown }
    const what =
      typeof format === 'number' && format !== FORMAT ? `is of format ${format}, and this Synod reads ${FORMAT}` : 'keeps no sweep'
    throw new LabError('bad-request', `${file} ${what}: there is nothing to resume.`, ANEW)
  }
  const { format: _, ...kept } = parsed.data
  if (kept.text !== header.text)
    throw new LabError(
      'bad-request',
      `The scenario ${header.scenario} has changed since it was swept: what ${file} keeps is of another one.`,
      ANEW,
    )
  const made = (by: SweepHeader) => `Synod ${by.synod} with ${by.protocol}, version ${by.protocolVersion}`
  if (made(kept) !== made(header))
    throw new LabError(
      'bad-request',
      `What ${file} keeps was found by ${made(kept)}; this is ${made(header)}, to which a seed means another run.`,
      ANEW,
    )
  if (kept.kinds.join() !== header.kinds.join())
    throw new LabError(
      'bad-request',
      `What ${file} keeps was counted by another build of ${made(header)}, which declares other messages, timers or notes.`,
      ANEW,
    )
}

function readResult(file: string, line: string, number: number, kinds: number): SeedResult {
  const parsed = resultSchema.safeParse(json(line))
  if (parsed.success && parsed.data.coverage.length === kinds) return parsed.data as SeedResult
  throw new LabError('bad-request', `${file}, line ${number}, is not the result of a seed: the file was changed.`, ANEW)
}

function json(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function orLabError<T>(doing: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    if (error instanceof LabError) throw error
    const { code, message, hint } = asLabError(error)
    throw new LabError(
      code === 'internal' ? 'disk' : code,
      `${doing}. ${message}.`,
      hint ?? 'Make room for it, or name another folder with --data.',
    )
  }
}
