/** The commands that read: the library, the protocols, and one recorded run. */
import { counted } from '../../../protocols/core/wording.ts'
import { misspeltIn } from '../../../protocols/query/misspelt.ts'
import { parseQuery } from '../../../protocols/query/parse.ts'
import { pathsOf } from '../../../protocols/query/paths.ts'
import { findProtocol } from '../../../protocols/registry.ts'
import type { Compared, LabInfo, ProtocolInfo, RunSummary, Verdict } from '../../contract/commands.ts'
import { LabError } from '../../contract/errors.ts'
import { describeHistory, RUN_WORDS } from './histories.ts'
import { pastTheEnd, withLab, withRun } from './openRun.ts'
import { bytes, type CommonOptions, Exit, print, printJson, seconds, table } from './terminal.ts'

const PAGE = 1000

export async function list(options: CommonOptions): Promise<number> {
  return await withLab(options.data, async (lab, connection) => {
    const runs = await connection.call('runs.list', {})
    if (options.json) await printJson(runs)
    else if (runs.length === 0) await print(`The library ${lab.dataFolder} has no runs.`)
    else
      await print(
        table([['RUN', 'NAME', 'PROTOCOL', 'NODES', 'STATUS', 'VERDICT', 'EVENTS', 'LENGTH', 'SIZE', 'STARTED'], ...runs.map(runRow)]),
      )
    return Exit.good
  })
}

function runRow(run: RunSummary): string[] {
  const verdict = run.violations > 0 ? counted(run.violations, 'violation') : (run.verdict ?? '')
  const { protocol, service, nodes, status, events, lengthUs, sizeBytes, startedAt } = run
  return [
    run.run,
    run.name,
    `${protocol}/${service}`,
    String(nodes),
    status,
    verdict,
    String(events),
    seconds(lengthUs),
    bytes(sizeBytes),
    startedAt,
  ]
}

export async function protocols(options: CommonOptions): Promise<number> {
  return await withLab(options.data, async (lab) => {
    const info = (await lab.dispatch('lab.info', {})) as LabInfo
    await (options.json ? printJson(info.protocols) : print(info.protocols.map(describeProtocol).join('\n\n')))
    return Exit.good
  })
}

function describeProtocol(protocol: ProtocolInfo): string {
  const { min, max, usual } = protocol.clusterSize
  const rows = [
    ...protocol.optionSpecs.map((spec) => [
      '  option',
      spec.name,
      JSON.stringify(spec.value),
      `${spec.help}${spec.unit === undefined ? '' : ` (${spec.unit})`}`,
    ]),
    ...protocol.services.map((name) => ['  service', name === '*' ? 'any' : name, '', '']),
    ...protocol.scenarios.map((scenario) => [
      '  scenario',
      `${protocol.name}/${scenario.name}`,
      '',
      scenario.simulationOnly ? `${scenario.title} (in simulation only)` : scenario.title,
    ]),
    ...protocol.invariants.map((one) => ['  invariant', one.name, '', one.statement]),
  ]
  return `${protocol.name}: ${protocol.title} (${min} to ${max} nodes, usually ${usual}${protocol.membership ? '; nodes can be added and removed during a run' : ''})\n${protocol.summary}\n${protocol.source}\n${table(rows)}`
}

interface EventsOptions extends CommonOptions {
  readonly from: number
  readonly limit?: number
  readonly where?: string
}

/** NDJSON with or without `--json`: it is what a pipe wants. */
export async function events(name: string, options: EventsOptions): Promise<number> {
  return await withRun(name, options, async (connection, run) => {
    const { lastSeq } = await connection.call('run.overview', { run })
    if (options.from > lastSeq + 1) throw pastTheEnd(`--from ${options.from}`, lastSeq)
    const where = options.where ?? ''
    let printed = 0
    let left = options.limit ?? Number.POSITIVE_INFINITY
    let from: number | undefined = options.from
    while (from !== undefined && left > 0) {
      const page: Awaited<ReturnType<typeof connection.call<'run.events'>>> = await connection.call('run.events', {
        run,
        from,
        limit: Math.min(PAGE, left),
        where,
      })
      if (page.events.length > 0) await print(page.events.map((event) => JSON.stringify(event)).join('\n'))
      left -= page.events.length
      printed += page.events.length
      from = page.next
    }
    if (printed === 0 && where !== '') await askBack(where, (await connection.call('run.overview', { run })).config.protocol)
    return Exit.good
  })
}

/** Nothing was found: perhaps nothing is called so. It goes beside what is printed, and changes nothing of it. */
async function askBack(where: string, protocol: string): Promise<void> {
  const known = findProtocol(protocol)
  if (!known) return
  for (const { field, meant } of misspeltIn(parseQuery(where), pathsOf(known)))
    console.error(`Nothing found, and nothing known here is called ${field}. Did you mean ${meant}?`)
}

/** Exit code 1 unless every invariant was judged and holds, and the history is linearizable. */
export async function check(name: string | undefined, options: CommonOptions & { readonly limitMs: number }): Promise<number> {
  if (name === undefined) throw new LabError('bad-request', 'Name a run, or a file with --history.', 'synod check --help says more.')
  return await withRun(name, options, async (connection, run) => {
    const verdict = await connection.call('run.check', { run, history: { limitMs: options.limitMs } })
    const history = verdict.history === undefined ? [] : ['', describeHistory(verdict.history, RUN_WORDS)]
    await (options.json ? printJson({ run, ...verdict }) : print([describeVerdict(verdict), ...history].join('\n')))
    return verdict.is === 'pass' && (verdict.history?.is ?? 'linearizable') === 'linearizable' ? Exit.good : Exit.verdict
  })
}

function describeVerdict(verdict: Verdict): string {
  const rows = verdict.invariants.map((one) => [one.violations === 0 ? 'ok' : `${one.violations}×`, one.name, one.statement])
  const violations = verdict.violations.map((one) => `event ${one.seq}, ${one.node}: ${one.invariant}: ${one.text}`)
  const divergence = verdict.divergence === undefined ? [] : [verdict.divergence]
  const why = verdict.why === undefined ? '' : `: ${verdict.why}`
  return [
    table(rows),
    ...violations,
    ...divergence,
    ...(verdict.compared === undefined ? [] : [describeCompared(verdict.compared)]),
    `Verdict: ${verdict.is}${why} (judged ${verdict.judgedSeq} of ${verdict.lastSeq} events)`,
  ].join('\n')
}

function describeCompared(compared: Compared): string {
  const { steps, messages, timers, notes, observations, checkpoints, records, unsent } = compared
  const lost = unsent === 0 ? '' : unsent === 1 ? ' One message never left its node.' : ` ${unsent} messages never left their node.`
  return (
    `Run again, bit for bit as recorded: ${counted(steps, 'step')}, ${counted(messages, 'message')}, ${counted(timers, 'timer')}, ${counted(notes, 'note')}, ` +
    `${counted(observations, 'observation')}, ${counted(checkpoints, 'state')}; ${counted(records, 'persisted record')} by number.${lost}`
  )
}
