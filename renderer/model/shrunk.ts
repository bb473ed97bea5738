/** The smallest run that fails as another one does: what a shrinker left in the library. */
import type { RunSummary } from '../../main/contract/commands.ts'

export const hasFailed = ({ violations, verdict, shrunk }: RunSummary): boolean =>
  violations > 0 || verdict === 'fail' || shrunk !== undefined

/** Of the shrunk runs of the same scenario the one with the fewest events; undefined when there is none, or `summary` is it. */
export function smallestFailing(runs: readonly RunSummary[], summary: RunSummary): RunSummary | undefined {
  if (summary.scenario === undefined || !hasFailed(summary)) return undefined
  const same = runs.filter(
    ({ shrunk, scenario, protocol, status }) =>
      shrunk !== undefined && scenario === summary.scenario && protocol === summary.protocol && status !== 'unreadable',
  )
  const [smallest] = same.sort((a, b) => a.events - b.events)
  return smallest === undefined || smallest.run === summary.run ? undefined : smallest
}
