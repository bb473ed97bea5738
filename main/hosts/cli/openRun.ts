/** From what a person typed to a run: an id, the beginning of one, a name, or a file. */
import fs from 'node:fs'
import type { RunId } from '../../../protocols/core/ids.ts'
import type { RunSummary } from '../../contract/commands.ts'
import { LabError } from '../../contract/errors.ts'
import { createLab, type Lab, type LabConnection } from '../../lab.ts'

/** Opens a lab that only reads, does something with it, and closes it whatever happens. */
export async function withLab<T>(
  dataFolder: string,
  work: (lab: Lab, connection: LabConnection) => Promise<T>,
  readOnly = true,
): Promise<T> {
  const lab = await createLab({ dataFolder, host: 'cli', readOnly, onTrouble: (text) => console.error(text) })
  try {
    return await work(lab, lab.connect({ change: () => undefined }))
  } finally {
    await lab.close()
  }
}

/** Does something with the run that a person named, in a lab that only reads. */
export async function withRun<T>(
  name: string,
  { data }: { readonly data: string },
  work: (connection: LabConnection, run: RunId) => Promise<T>,
): Promise<T> {
  return await withLab(data, async (lab, connection) => await work(connection, await openRun(lab, connection, name)))
}

export const pastTheEnd = (asked: string, lastSeq: number): LabError =>
  new LabError('bad-request', `${asked} lies behind the end of the run.`, `Its last event is ${lastSeq}.`)

/** Rejects with `not-found`, naming what was meant and what there is. */
export async function openRun(lab: Lab, connection: LabConnection, name: string): Promise<RunId> {
  if (name.endsWith('.synod') && fs.existsSync(name)) return await lab.openFile(name)
  const runs = await connection.call('runs.list', {})
  const exact =
    runs.find((summary) => summary.run === name) ??
    only(
      runs.filter((summary) => summary.name === name),
      name,
    )
  const found =
    exact ??
    only(
      runs.filter((summary) => name !== '' && summary.run.startsWith(name)),
      name,
    )
  if (found) return found.run
  if (name.endsWith('.synod')) throw new LabError('not-found', `There is no file ${name}.`)
  const some = runs.slice(0, 5).map((summary) => summary.run)
  const hint =
    some.length === 0 ? `The library ${lab.dataFolder} has no runs.` : `The newest runs are ${some.join(', ')}; synod list shows all.`
  throw new LabError('not-found', `No run is called "${name}".`, hint)
}

function only(runs: readonly RunSummary[], name: string): RunSummary | undefined {
  if (runs.length <= 1) return runs[0]
  const ids = runs.slice(0, 5).map((summary) => summary.run)
  throw new LabError(
    'not-found',
    `"${name}" could be any of ${runs.length} runs.`,
    `Say which: ${ids.join(', ')}${runs.length > 5 ? ', ...' : ''}.`,
  )
}
