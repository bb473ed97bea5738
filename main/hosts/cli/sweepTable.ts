/** What a sweep found, as data and as a table. */
import type { SeedResult } from '../../lab.ts'
import { table } from './terminal.ts'

export interface SweepFound {
  readonly runs: number
  readonly events: number
  readonly operations: number
  /** What befell the runs, by kind. */
  readonly faults: { readonly [kind: string]: number }
  /** Failures of the same kind together, with the first seed of each. */
  readonly failures: readonly { readonly kind: string; readonly runs: number; readonly firstSeed: number; readonly why: string }[]
  /** Of a scenario that is there to break something: under how many seeds it did, and the first under which it did not. That is no failure, unless it never did. */
  readonly breaks?: { readonly broken: number; readonly firstUnbroken?: number }
}

/** `breaks`: the scenario is there to break something. */
export function foundIn(results: readonly SeedResult[], breaks = false): SweepFound {
  const faults: { [kind: string]: number } = {}
  const failures = new Map<string, { kind: string; runs: number; firstSeed: number; why: string }>()
  let events = 0
  let operations = 0
  const broken = breaks ? results.filter(({ is }) => is === 'pass').length : 0
  let firstUnbroken: number | undefined
  for (const result of results.toSorted((a, b) => a.seed - b.seed)) {
    events += result.events
    operations += result.operations
    for (const [kind, count] of Object.entries(result.faults)) faults[kind] = (faults[kind] ?? 0) + count
    if (result.is === 'pass') continue
    if (result.failure === 'unbroken') firstUnbroken ??= result.seed
    if (result.failure === 'unbroken' && broken > 0) continue
    const kind = result.violated ?? result.failure ?? result.is
    const known = failures.get(kind)
    if (known) known.runs += 1
    else failures.set(kind, { kind, runs: 1, firstSeed: result.seed, why: result.why ?? '' })
  }
  return {
    ...{ runs: results.length, events, operations, faults, failures: [...failures.values()] },
    ...(breaks ? { breaks: { broken, ...(firstUnbroken === undefined ? {} : { firstUnbroken }) } } : {}),
  }
}

export function sweepTable(found: SweepFound, { scenario, planned }: { scenario: string; planned: number }): string {
  const faults = Object.entries(found.faults).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const { breaks } = found
  const unbroken = breaks?.firstUnbroken === undefined ? '' : `, not under seed ${breaks.firstUnbroken}`
  const rows = [
    ['runs', found.runs === planned ? String(planned) : `${found.runs} of ${planned}`],
    ['events', String(found.events)],
    ['operations', String(found.operations)],
    ...faults.map(([kind, count]) => [kind, String(count)]),
    ...(breaks ? [['broken, as it should be', `${breaks.broken} of ${found.runs}${unbroken}`]] : []),
    ['failures', String(found.failures.reduce((sum, { runs }) => sum + runs, 0))],
  ]
  const lines = [table(rows)]
  if (found.failures.length > 0) {
    const head = ['failure', 'runs', 'first seed', 'what']
    lines.push('', table([head, ...found.failures.map(({ kind, runs, firstSeed, why }) => [kind, String(runs), String(firstSeed), why])]))
    lines.push('', ...found.failures.map(({ firstSeed }) => `Repeat: synod sim ${scenario} --seed ${firstSeed}`))
  }
  return lines.join('\n')
}
