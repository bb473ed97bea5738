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
}

export function foundIn(results: readonly SeedResult[]): SweepFound {
  const faults: { [kind: string]: number } = {}
  const failures = new Map<string, { kind: string; runs: number; firstSeed: number; why: string }>()
  let events = 0
  let operations = 0
  for (const result of results.toSorted((a, b) => a.seed - b.seed)) {
    events += result.events
    operations += result.operations
    for (const [kind, count] of Object.entries(result.faults)) faults[kind] = (faults[kind] ?? 0) + count
    if (result.is === 'pass') continue
    const kind = result.violated ?? result.failure ?? result.is
    const known = failures.get(kind)
    if (known) known.runs += 1
    else failures.set(kind, { kind, runs: 1, firstSeed: result.seed, why: result.why ?? '' })
  }
  return { runs: results.length, events, operations, faults, failures: [...failures.values()] }
}

export function sweepTable(found: SweepFound, { scenario, planned }: { scenario: string; planned: number }): string {
  const faults = Object.entries(found.faults).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const rows = [
    ['runs', found.runs === planned ? String(planned) : `${found.runs} of ${planned}`],
    ['events', String(found.events)],
    ['operations', String(found.operations)],
    ...faults.map(([kind, count]) => [kind, String(count)]),
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
