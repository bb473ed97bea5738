/** `synod export` and `synod import`: runs as files for others, and files of others as runs. */
import { LabError } from '../../contract/errors.ts'
import type { ExchangeProgress } from '../../contract/exchange.ts'
import { askedToEnd } from '../../ending.ts'
import { exportedText, formats } from '../../lab.ts'
import { openRun, withLab } from './openRun.ts'
import { bytes, type CommonOptions, Exit, print, printJson, seconds } from './terminal.ts'

export const EXPORTS = formats.map(({ name }) => name)
export const IMPORTS = formats.filter(({ recognises }) => recognises).map(({ name }) => name)
const JOB = 'cli'

interface ExportOptions extends CommonOptions {
  readonly as: string
}

/** To a file, or as text to standard output. */
export async function exportRun(name: string, file: string | undefined, options: ExportOptions): Promise<number> {
  const { as } = options
  const format = formats.find((one) => one.name === as)
  if (!format) throw new LabError('bad-request', `There is no format "${as}".`, `--as ${EXPORTS.join('|')}.`)
  const toStandard = file === undefined || file === '-'
  if (toStandard && !format.export) throw new LabError('bad-request', 'A run file cannot be written to standard output.', 'Name a file.')
  if (toStandard && options.json)
    throw new LabError('bad-request', 'Standard output cannot carry both the run and --json.', 'Name a file, or leave --json out.')
  return await withLab(options.data, async (lab, connection) => {
    const run = await openRun(lab, connection, name)
    if (toStandard) {
      const { file: from, status } = await lab.exported(run)
      for (const text of exportedText(from, status, format, () => {})) await write(text)
      return Exit.good
    }
    endOnSignal(() => void connection.call('exchange.stop', { job: JOB }))
    const progress = showProgress()
    connection.onChange((change) => change.kind === 'exchange' && progress(change.progress))
    const done = await connection.call('exchange.export', { run, as, job: JOB, path: file })
    const path = 'path' in done ? done.path : file
    await (options.json ? printJson({ run, as, file: path }) : print(`Exported ${run} as ${format.title} to ${path}`))
    return Exit.good
  })
}

interface ImportOptions extends CommonOptions {
  readonly as?: string
  readonly name?: string
}

export async function importRun(file: string, options: ImportOptions): Promise<number> {
  const { as, name } = options
  return await withLab(
    options.data,
    async (_, connection) => {
      endOnSignal(() => void connection.call('exchange.stop', { job: JOB }))
      const progress = showProgress()
      connection.onChange((change) => change.kind === 'exchange' && progress(change.progress))
      const from = { path: file }
      const summary = await connection.call('exchange.import', {
        ...{ job: JOB, from },
        ...(as === undefined ? {} : { as }),
        ...(name === undefined ? {} : { name }),
      })
      if (options.json) await printJson(summary)
      else {
        const { run, events, lengthUs, nodes, sizeBytes } = summary
        const { foreign } = await connection.call('run.overview', { run })
        await print(`Imported as ${run}: ${events} events of ${nodes} nodes, ${seconds(lengthUs)}, ${bytes(sizeBytes)}`)
        if (foreign) await print(missingIn(foreign).join('\n'))
      }
      return Exit.good
    },
    false,
  )
}

/** What a log of another program does not tell, and so cannot be shown. */
function missingIn({ clocks, times, completed }: { clocks: boolean; times: boolean; completed: number }): string[] {
  return [
    'It happened elsewhere: there are no states and nothing to check, since its protocol is not known.',
    ...(clocks ? [] : ['It has no vector clocks: what came first at two hosts is not known, and there are no messages.']),
    ...(times ? [] : ['It has no times: events stand a millisecond apart, in the order of the file.']),
    ...(completed === 0 ? [] : [`${completed} of its clocks left out what must have happened before; that was added.`]),
  ]
}

async function write(text: string): Promise<void> {
  if (process.stdout.write(text)) return
  await new Promise((resolve) => process.stdout.once('drain', resolve))
}

function endOnSignal(stop: () => void): void {
  void askedToEnd(() => process.exit(Exit.lab)).then(stop)
}

/** At most one line a second, on standard error. */
function showProgress(): (progress: ExchangeProgress) => void {
  let shownAt = performance.now()
  return ({ doing, done, total }) => {
    if (performance.now() - shownAt < 1000) return
    shownAt = performance.now()
    console.error(`${doing}: ${total === 0 ? 100 : Math.floor((100 * done) / total)} %`)
  }
}
