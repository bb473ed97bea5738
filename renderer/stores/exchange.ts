/** Runs going out and coming in: one job after another, how far it is, and its end. Where the host has no files of the person's, they are handed over. */
import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { RunSummary } from '../../main/contract/commands.ts'
import { LabError } from '../../main/contract/errors.ts'
import type { ExchangeProgress, FormatInfo } from '../../main/contract/exchange.ts'
import { chooseFile } from '../model/chooseFile.ts'
import { useLab } from './lab.ts'
import { useNotices } from './notices.ts'
import { useRun } from './run.ts'

export interface Job {
  readonly id: string
  /** "Exporting “A bad afternoon” as NDJSON" */
  readonly title: string
  /** From 0 to 1; undefined while nobody knows. */
  readonly done: number | undefined
}

/** A file that the person dropped or chose, or the path of one on the lab's machine. */
export type Source = { readonly file: File } | { readonly path: string }

export const useExchange = defineStore('exchange', () => {
  const lab = useLab()
  const run = useRun()
  const notices = useNotices()
  const jobs = shallowRef<readonly Job[]>([])
  const stops = new Map<string, AbortController>()
  const formats = computed<readonly FormatInfo[]>(() => lab.info?.formats ?? [])

  lab.onChange((change) => {
    if (change.kind === 'exchange') tell(change.job, change.progress)
  })

  function tell(id: string, { done, total }: Pick<ExchangeProgress, 'done' | 'total'>): void {
    jobs.value = jobs.value.map((job) => (job.id === id ? { ...job, done: total === 0 ? undefined : Math.min(1, done / total) } : job))
  }

  /** Does something under a name of its own, and says what went wrong, unless the person stopped it. */
  async function carryOut<T>(title: string, work: (id: string, signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    const id = crypto.randomUUID()
    const controller = new AbortController()
    stops.set(id, controller)
    jobs.value = [...jobs.value, { id, title, done: undefined }]
    controller.signal.addEventListener('abort', () => void lab.call('exchange.stop', { job: id }).catch(() => undefined))
    try {
      return await work(id, controller.signal)
    } catch (error) {
      if (controller.signal.aborted || (error instanceof LabError && error.code === 'stopped')) notices.tell(`${title}: stopped.`)
      else notices.fail(error)
      return undefined
    } finally {
      stops.delete(id)
      jobs.value = jobs.value.filter((job) => job.id !== id)
    }
  }

  /** To a file that the host's dialog asks for; in a browser, as a download. */
  async function exportRun(summary: RunSummary, format: FormatInfo): Promise<void> {
    const choose = lab.files?.choosePath
    const path = choose && (await notices.attempt(() => choose('save', `${fileName(summary)}.${format.extension}`)))
    if (choose && path === undefined) return
    const title = `Exporting “${summary.name}” as ${format.title}`
    const done = await carryOut(title, (job) =>
      lab.call('exchange.export', { run: summary.run, as: format.name, job, ...(path === undefined ? {} : { path }) }),
    )
    if (!done) return
    if ('ticket' in done) lab.files?.download?.(done.ticket, done.name)
    notices.tell('path' in done ? `Exported to ${done.path}` : `“${done.name}” goes to your downloads.`)
  }

  async function importFrom(source: Source): Promise<void> {
    const path = 'path' in source ? source.path : lab.files?.pathOf?.(source.file)
    const name = 'path' in source ? source.path.split(/[/\\]/).at(-1) : source.file.name
    const got = await carryOut(`Importing ${name}`, async (job, signal) => {
      if (path !== undefined && path !== '') return await lab.call('exchange.import', { job, from: { path } })
      const upload = lab.files?.upload
      if (!upload || !('file' in source))
        throw new LabError('bad-request', 'This window cannot read files by itself.', 'Use synod import in a terminal.')
      const ticket = await upload(source.file, (done) => tell(job, { done, total: source.file.size }), signal)
      return await lab.call('exchange.import', { job, from: { ticket } })
    })
    if (got) await notices.attempt(() => run.open(got.run))
  }

  /** Asks for a file with the host's dialog where it has one, else with the browser's. */
  async function choose(): Promise<void> {
    const dialog = lab.files?.choosePath
    if (dialog) {
      const path = await notices.attempt(() => dialog('open', ''))
      if (path !== undefined) await importFrom({ path })
      return
    }
    chooseFile((file) => void importFrom({ file }))
  }

  const stop = (id: string): void => stops.get(id)?.abort()

  return { jobs, formats, exportRun, importFrom, choose, stop }
})

export const fileName = (summary: RunSummary): string =>
  summary.name
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
    .toLowerCase() || 'run'
