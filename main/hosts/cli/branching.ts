/** `synod branch` and `synod compare`: another future of a run, and two runs side by side. */
import type { ComparedRun, CompareReport } from '../../contract/compare.ts'
import { askedToEnd } from '../../ending.ts'
import { createLab } from '../../lab.ts'
import { openRun, withLab } from './openRun.ts'
import { type CommonOptions, Exit, print, printJson, seconds, table } from './terminal.ts'

interface BranchOptions extends CommonOptions {
  readonly at: number
  readonly mode?: 'simulation' | 'processes'
  readonly heal?: boolean
  readonly seed?: number
  readonly name?: string
  /** Milliseconds that it goes on for. */
  readonly for: number
}

/** The branch goes on for a while, or until somebody ends it, and is kept. */
export async function branch(parent: string, options: BranchOptions): Promise<number> {
  const { at: seq, mode, heal = false, seed, name, data } = options
  return await withLab(
    data,
    async (lab, connection) => {
      const of = await openRun(lab, connection, parent)
      const { run } = await connection.call('run.branch', {
        ...{ run: of, seq, heal },
        ...(mode === undefined ? {} : { mode: mode === 'processes' ? ('real' as const) : mode }),
        ...(seed === undefined ? {} : { seed }),
        ...(name === undefined ? {} : { name }),
      })
      console.error(`${run} goes on from event ${seq} of ${of}; Ctrl-C ends it.`)
      let timer: NodeJS.Timeout | undefined
      const enough = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, options.for)
      })
      await Promise.race([enough, askedToEnd(() => process.exit(Exit.lab))])
      clearTimeout(timer)
      const summary = await connection.call('runs.stop', { run })
      const verdict = await connection.call('run.check', { run })
      const file = lab.fileOf(run)
      if (options.json) await printJson({ run, of, at: seq, summary, verdict, file })
      else await print(`${verdict.is}  ${summary.name}: ${summary.events} events, ${seconds(summary.lengthUs)}\n${file}`)
      return verdict.is === 'pass' ? Exit.good : Exit.verdict
    },
    false,
  )
}

export async function compare(first: string, second: string, options: CommonOptions): Promise<number> {
  const lab = await createLab({ dataFolder: options.data, host: 'cli', readOnly: true, onTrouble: (text) => console.error(text) })
  try {
    const connection = lab.connect({ change: () => undefined })
    const [a, b] = [await openRun(lab, connection, first), await openRun(lab, connection, second)]
    const report = await connection.call('runs.compare', { a, b })
    if (options.json) await printJson(report)
    else await print(describe(report))
    return Exit.good
  } finally {
    await lab.close()
  }
}

function describe({ a, b, text, nodes, operations, differing }: CompareReport): string {
  const ms = (value: number | undefined) => (value === undefined ? '-' : `${value.toFixed(1)} ms`)
  const row = (label: string, of: (side: ComparedRun) => string) => [label, of(a), of(b)]
  const figures = [
    ['', 'A', 'B'],
    row('run', ({ summary }) => summary.name),
    row('events', ({ summary }) => String(summary.events)),
    row('leaders', ({ leaders }) => leaders.map(({ node, epoch }) => `${node} (${epoch})`).join(' ') || '-'),
    row(a.progress?.fact ?? b.progress?.fact ?? 'progress', ({ progress }) => (progress ? String(progress.value) : '-')),
    row('operations', ({ operations: { asked, ok } }) => `${ok} of ${asked} answered`),
    row('p50', ({ operations: { p50Ms } }) => ms(p50Ms)),
    row('p99', ({ operations: { p99Ms } }) => ms(p99Ms)),
  ]
  const parts = nodes.map(({ node, shared, a: inA, b: inB }) => [node, `${shared} steps alike`, inA?.text ?? '-', inB?.text ?? '-'])
  const others = operations.map(({ client, number, op, a: inA, b: inB }) => [`${client} ${number}`, op, inA, inB])
  const end = differing > operations.length ? [`... and ${differing - operations.length} more`] : []
  return [
    text,
    '',
    table(figures),
    '',
    table(parts),
    '',
    `${differing} operations came out otherwise`,
    ...(others.length > 0 ? [table(others)] : []),
    ...end,
  ].join('\n')
}
