/** `synod run`: a scenario from a file or a protocol, carried out without a window. */
import type { RunId } from '../../../protocols/core/ids.ts'
import { LabError } from '../../contract/errors.ts'
import { askedToEnd } from '../../ending.ts'
import type { Lab } from '../../lab.ts'
import { withLab } from './openRun.ts'
import { findScenario, progressLine, report } from './scenarios.ts'
import { bytes, type CommonOptions, Exit, print, printJson, seconds } from './terminal.ts'

interface RunOptions extends CommonOptions {
  readonly seed?: number
  readonly name?: string
}

export async function run(scenario: string, options: RunOptions): Promise<number> {
  let signal: NodeJS.Signals | undefined
  const asked = askedToEnd(() => process.exit(Exit.lab)).then((first) => {
    signal = first
    console.error('Ending the run ...')
    return undefined
  })
  return await withLab(
    options.data,
    async (lab, connection) => {
      const source = await findScenario(lab, scenario)
      const { seed, name } = options
      const starting = lab.startScenario(source.text, {
        fileName: source.fileName,
        onProgress: (progress) => signal ?? console.error(progressLine(progress)),
        ...(seed === undefined ? {} : { seed }),
        ...(name === undefined ? {} : { name }),
      })
      const started = await starting.catch((error: unknown) => {
        throw signal === undefined ? error : new LabError('run-ended', `The run was ended by ${signal} before it had begun.`)
      })
      console.error(`Run ${started.run} has begun.`)
      const outcome = await Promise.race([started.outcome, asked])
      if (outcome === undefined) return await interrupted(lab, started.run, signal)
      const summary = await connection.call('runs.stop', { run: started.run })
      const file = lab.fileOf(started.run)
      if (options.json) await printJson({ ...outcome, summary, file })
      else await print(report(outcome, `${summary.events} events, ${seconds(summary.lengthUs)}, ${bytes(summary.sizeBytes)}`, file))
      if (outcome.lost) return Exit.lab
      return outcome.is === 'pass' ? Exit.good : Exit.verdict
    },
    false,
  )
}

/** Ends the run in good order: what was recorded is whole. There is no verdict, which is said as the error that it is. */
async function interrupted(lab: Lab, run: RunId, signal: NodeJS.Signals | undefined): Promise<never> {
  const file = lab.fileOf(run)
  await lab.close()
  const message = `The run was ended by ${signal} before its scenario was: there is no verdict.`
  throw new LabError('run-ended', message, `What it recorded is in ${file}; synod check ${run} judges it.`)
}
