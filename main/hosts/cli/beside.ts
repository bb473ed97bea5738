/** `synod beside`: one script, two runs, and what their operations cost. */
import { parse } from 'yaml'
import type { RunId } from '../../../protocols/core/ids.ts'
import type { ComparedRun, CompareReport } from '../../contract/compare.ts'
import { LabError } from '../../contract/errors.ts'
import type { Lab, LabConnection, ScenarioOutcome } from '../../lab.ts'
import { type Beside, readBeside } from '../../scenario/beside.ts'
import { parseScenario } from '../../scenario/parse.ts'
import { withLab } from './openRun.ts'
import { findScenario, progressLine } from './scenarios.ts'
import { type CommonOptions, Exit, print, printJson, table } from './terminal.ts'

interface BesideOptions extends CommonOptions {
  readonly with?: readonly string[]
  readonly seed?: number
  /** On real processes, one run after the other. */
  readonly processes?: boolean
}

export async function beside(scenario: string, options: BesideOptions): Promise<number> {
  return await withLab(
    options.data,
    async (lab, connection) => {
      const { text, fileName } = await findScenario(lab, scenario)
      const wanted = options.with ? readBeside(options.with, parse) : parseScenario(text, fileName).beside
      if (!wanted || Object.keys(wanted).length === 0) {
        const hint = 'Say it as --with protocol=paxos or --with options.n=3, or in the scenario: beside: { protocol: paxos }.'
        throw new LabError('bad-request', 'What the run beside it has otherwise is not said.', hint)
      }
      const outcomes: ScenarioOutcome[] = []
      for (const other of [{}, wanted]) outcomes.push(await carryOut(lab, connection, { text, fileName, other }, options))
      const [first, second] = outcomes as [ScenarioOutcome, ScenarioOutcome]
      const report = await connection.call('runs.compare', { a: first.run, b: second.run })
      if (options.json) await printJson({ outcomes, report })
      else await print(besideTable(report, [first, second]))
      return outcomes.every(({ is }) => is === 'pass') ? Exit.good : Exit.verdict
    },
    false,
  )
}

interface Script {
  readonly text: string
  readonly fileName: string
  readonly other: Beside
}

async function carryOut(
  lab: Lab,
  connection: LabConnection,
  { text, fileName, other }: Script,
  options: BesideOptions,
): Promise<ScenarioOutcome> {
  const { name, run } = parseScenario(text, fileName)
  const words = Object.keys(other).length === 0 ? run.protocol : saidOf(other)
  const settings = {
    ...{ fileName, beside: other, name: `${name}: ${words}`.slice(0, 120) },
    onProgress: (progress: Parameters<typeof progressLine>[0]) => console.error(progressLine(progress)),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  }
  console.error(settings.name)
  if (!options.processes) return await lab.simulateScenario(text, settings)
  const started = await lab.startScenario(text, { ...settings, mode: 'real' })
  const outcome = await started.outcome
  await connection.call('runs.stop', { run: started.run as RunId })
  return outcome
}

const saidOf = (value: Beside): string =>
  Object.entries(value)
    .map(([key, inner]) =>
      typeof inner === 'object' && inner !== null ? saidOf(inner as Beside) : key === 'protocol' ? String(inner) : `${key} ${inner}`,
    )
    .join(', ')

function besideTable({ a, b }: CompareReport, [first, second]: readonly [ScenarioOutcome, ScenarioOutcome]): string {
  const one = (value: number | undefined, unit = '') => (value === undefined ? '-' : `${Number(value.toFixed(1))}${unit}`)
  const row = (label: string, of: (side: ComparedRun) => string) => [label, of(a), of(b)]
  const recoveries = Math.max(a.cost.recoveries.length, b.cost.recoveries.length)
  const after = Array.from({ length: recoveries }, (_, at) =>
    row(at === 0 ? 'served again after a crash' : '', ({ cost }) => {
      const it = cost.recoveries[at]
      return it ? `${it.node}: ${one(it.servedMs, ' ms')}, longest wait ${one(it.worstMs, ' ms')}` : '-'
    }),
  )
  return table([
    ['', 'A', 'B'],
    row('run', ({ summary }) => summary.run),
    row('protocol', ({ summary }) => `${summary.protocol}, ${summary.service}`),
    row('otherwise', ({ settings }) => settings.join(', ') || '-'),
    ['verdict', first.is, second.is],
    row('operations', ({ operations: { ok, asked } }) => `${ok} of ${asked} answered`),
    row('messages', ({ cost }) => `${cost.messages}, of them ${cost.routine} routine`),
    row('messages per operation', ({ cost }) => one(cost.messagesPerOperation)),
    row('bytes per operation', ({ cost }) => one(cost.bytesPerOperation)),
    row('message delays', ({ cost: { delays } }) => (delays ? `median ${delays.median}, 99 % within ${delays.p99}` : '-')),
    row('latency', ({ operations: { p50Ms, p99Ms } }) => `median ${one(p50Ms, ' ms')}, 99 % within ${one(p99Ms, ' ms')}`),
    ...after,
  ])
}
