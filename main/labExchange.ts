/**
 * Exports and imports, as the lab answers for them: each a job that says how far it is and can be stopped. A window that
 * has no files of its own, in a browser, is given and gives them by ticket: they lie in a folder of the lab meanwhile.
 */
import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import type { RunId } from '../protocols/core/ids.ts'
import type { ParsedRequest, Responses, RunSummary } from './contract/commands.ts'
import { LabError } from './contract/errors.ts'
import type { ExchangeProgress } from './contract/exchange.ts'
import { type EndedStatus, exchange, formats } from './exchange/index.ts'
import type { Handlers } from './labBorder.ts'
import type { RunLibrary } from './recorder/index.ts'

export interface ExchangeWorld {
  readonly library: RunLibrary
  /** The file of a run, whether or not it is in the library, with all that is known of it written; and how it ended. */
  source(run: RunId): Promise<{ readonly file: string; readonly name: string; readonly status: EndedStatus }>
  tell(job: string, progress: ExchangeProgress): void
  /** The library has another run. */
  added(summary: RunSummary): RunSummary
}

/** A file of the lab's own, for somebody at the other end of a host. */
export interface TicketFile {
  readonly file: string
  readonly name: string
}

export class LabExchange {
  readonly #world: ExchangeWorld
  readonly #folder: string
  readonly #jobs = new Map<string, AbortController>()
  readonly #running = new Set<Promise<unknown>>()
  readonly #tickets = new Map<string, TicketFile>()

  constructor(world: ExchangeWorld) {
    this.#world = world
    this.#folder = path.join(world.library.dataFolder, 'exchange')
  }

  commands<From>(): Pick<Handlers<From>, 'exchange.export' | 'exchange.import' | 'exchange.stop'> {
    return {
      'exchange.export': (request) => this.export(request),
      'exchange.import': async (request) => this.#world.added(await this.import(request)),
      'exchange.stop': ({ job }) => {
        this.stop(job)
        return null
      },
    }
  }

  async export({ run, as, job, path: to }: ParsedRequest<'exchange.export'>): Promise<Responses['exchange.export']> {
    const format = formats.find(({ name }) => name === as)
    if (!format)
      throw new LabError('bad-request', `There is no format "${as}".`, `Known are ${formats.map(({ name }) => name).join(', ')}.`)
    return await this.#carryOut(job, async (options) => {
      const { file, name, status } = await this.#world.source(run)
      if (to !== undefined) {
        if (path.resolve(to) === path.resolve(file)) throw new LabError('bad-request', `${to} is the run itself.`, 'Choose another file.')
        await exchange({ do: 'export', from: file, to, status, as }, options)
        return { path: path.resolve(to) }
      }
      const { ticket, file: own } = this.handIn(`${fileNameOf(name)}.${format.extension}`)
      await exchange({ do: 'export', from: file, to: own, status, as }, options).catch((error) => {
        this.drop(ticket)
        throw error
      })
      return { ticket, name: this.handOut(ticket)?.name ?? '' }
    })
  }

  async import({ job, from, as, name }: ParsedRequest<'exchange.import'>): Promise<RunSummary> {
    const { library } = this.#world
    const handed = 'ticket' in from ? this.handOut(from.ticket) : undefined
    if ('ticket' in from && !handed)
      throw new LabError('not-found', 'The file that was handed in is not there any more.', 'Choose it again.')
    const source = handed?.file ?? ('path' in from ? path.resolve(from.path) : '')
    const called = name ?? bareName(handed?.name ?? source)
    try {
      return await this.#carryOut(job, async (options) => {
        const part = library.partOf(called)
        await exchange({ do: 'import', from: source, to: part, name: called, ...(handed ? { shown: handed.name } : {}), as }, options)
        return library.adopt(part, called)
      })
    } finally {
      if ('ticket' in from) this.drop(from.ticket)
    }
  }

  stop(job: string): void {
    this.#jobs.get(job)?.abort()
  }

  /** A place for a file that somebody hands in or is to be handed. */
  handIn(name: string): TicketFile & { readonly ticket: string } {
    const ticket = randomUUID()
    mkdirSync(this.#folder, { recursive: true })
    const file = path.join(this.#folder, ticket)
    this.#tickets.set(ticket, { file, name })
    return { ticket, file, name }
  }

  handOut(ticket: string): TicketFile | undefined {
    const known = this.#tickets.get(ticket)
    return known && statSync(known.file, { throwIfNoEntry: false }) ? known : undefined
  }

  drop(ticket: string): void {
    const known = this.#tickets.get(ticket)
    this.#tickets.delete(ticket)
    if (known) rmSync(known.file, { force: true })
  }

  /** What an earlier lab left behind. */
  tidy(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async close(): Promise<void> {
    for (const job of this.#jobs.values()) job.abort()
    await Promise.allSettled(this.#running)
    this.tidy()
  }

  async #carryOut<T>(
    job: string,
    work: (options: { readonly signal: AbortSignal; onProgress(progress: ExchangeProgress): void }) => Promise<T>,
  ): Promise<T> {
    if (this.#jobs.has(job)) throw new LabError('bad-request', `There is a job called "${job}" already.`)
    const end = new AbortController()
    this.#jobs.set(job, end)
    const done = work({ signal: end.signal, onProgress: (progress) => this.#world.tell(job, progress) })
    this.#running.add(done)
    try {
      return await done
    } finally {
      this.#jobs.delete(job)
      this.#running.delete(done)
    }
  }
}

/** A run's name as that of a file. */
const fileNameOf = (name: string): string =>
  name
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase()
    .slice(0, 80) || 'run'

/** The name of a file without its folder and without the endings that formats have. */
function bareName(file: string): string {
  const base = file.split(/[/\\]/).at(-1) ?? file
  const ending = formats.map(({ extension }) => `.${extension}`).find((end) => base.endsWith(end) && base.length > end.length)
  return (ending ? base.slice(0, -ending.length) : base.replace(/(?<=.)\.[A-Za-z0-9]{1,8}$/, '')).slice(0, 120) || 'run'
}
