/** `synod shrink`: a failing run of the library as the smallest scenario that fails the same way, on whatever it ran on. */
import fs from 'node:fs'
import path from 'node:path'
import type { RunId } from '../../../protocols/core/ids.ts'
import type { Violation } from '../../contract/commands.ts'
import { LabError } from '../../contract/errors.ts'
import { askedToEnd } from '../../ending.ts'
import { headerIn, type Lab, type LabConnection, noViolation, type Rate, type ShrunkReal, shrinkFile } from '../../lab.ts'
import { openRun, withLab } from './openRun.ts'
import { shrinkAll, shrunkReport } from './shrinking.ts'
import { type CommonOptions, Exit, print, printJson } from './terminal.ts'

interface ShrinkRunOptions extends CommonOptions {
  readonly times: number
}

export async function shrinkRun(name: string, options: ShrinkRunOptions): Promise<number> {
  if (options.times < 1) throw new LabError('bad-request', '--times 0: it must be tried at least once.')
  const controller = new AbortController()
  void askedToEnd(() => process.exit(Exit.lab)).then(() => {
    console.error('Ending; the smallest that was found is kept ...')
    controller.abort()
  })
  const { signal } = controller
  return await withLab(
    options.data,
    async (lab, connection) => {
      const run = await openRun(lab, connection, name)
      const file = fs.existsSync(run) ? run : lab.fileOf(run)
      const { config, scenario } = headerIn(file)
      if (config.mode === 'simulation') {
        if (scenario === undefined) {
          const hint = 'synod futures says when it became inevitable.'
          throw new LabError('bad-request', 'A simulation that people played with has no scenario to shrink.', hint)
        }
        const [shrunk] = await shrinkAll(lab, [{ text: scenario, fileName: run, seed: config.seed }], signal)
        if (!shrunk) return Exit.lab
        await (options.json ? printJson(shrunk) : print(shrunkReport(shrunk)))
        return Exit.good
      }
      const [violation] = (await connection.call('run.check', { run })).violations
      if (!violation) throw noViolation()
      const shrunk = await real(lab, connection, file, violation, { times: options.times, signal })
      const kept = keep(lab, shrunk)
      await (options.json ? printJson({ failure: violation.invariant, ...kept }) : print(describe(violation, kept)))
      if (signal.aborted) return Exit.lab
      return shrunk.whole.reproduced > 0 ? Exit.good : Exit.verdict
    },
    false,
  )
}

async function real(
  lab: Lab,
  connection: LabConnection,
  file: string,
  violation: Violation,
  { times, signal }: { times: number; signal: AbortSignal },
): Promise<ShrunkReal> {
  return await shrinkFile({
    ...{ file, violation, times, signal },
    onProgress: (text) => console.error(text),
    async attempt(text) {
      const { run, outcome } = await lab.startScenario(text)
      const { violated, verdict } = await outcome
      await connection.call('runs.stop', { run })
      const found = violated ?? verdict?.violations[0]?.invariant
      return { run, failed: found === violation.invariant }
    },
    async forget(run) {
      await connection.call('runs.delete', { run: run as RunId })
    },
  })
}

/** In the folder of the run's own things, which goes with the run. */
function keep(lab: Lab, shrunk: ShrunkReal): ShrunkReal & { readonly scenario?: string } {
  if (shrunk.run === undefined) return shrunk
  const folder = path.join(path.dirname(lab.fileOf(shrunk.run as RunId)), shrunk.run)
  fs.mkdirSync(folder, { recursive: true })
  const scenario = path.join(folder, 'scenario.yaml')
  fs.writeFileSync(scenario, shrunk.text)
  return { ...shrunk, scenario }
}

const rate = ({ reproduced, of }: Rate): string => `${reproduced} of ${of}`

function describe({ invariant }: Violation, shrunk: ShrunkReal & { readonly scenario?: string }): string {
  const { whole, smallest, deeds, attempts, isMinimal, text, run, scenario } = shrunk
  if (scenario === undefined)
    return `${invariant}: not reproduced in ${whole.of} attempts on real processes. More may find it: --times ${2 * whole.of}.`
  return [
    `${invariant}: shrunk from ${deeds.from} deeds (reproduced ${rate(whole)}) to ${deeds.to} (reproduced ${rate(smallest)}) in ${attempts} attempts.`,
    ...(isMinimal ? [] : ['Ended early: it could be smaller.']),
    ...text.trimEnd().split('\n'),
    `Run ${run}`,
    `Repeat: synod run ${scenario}`,
  ].join('\n')
}
