/** The library as a tree: branches stand below the runs that they left. */
import type { RunSummary } from '../../main/contract/commands.ts'

export interface TreeRun {
  readonly summary: RunSummary
  /** How many runs of the list it descends from. */
  readonly depth: number
}

/** In the order of the list; a branch whose parent is not in the list stands for itself. A run that claims to descend from itself does not. */
export function treeOf(runs: readonly RunSummary[]): TreeRun[] {
  const known = new Map(runs.map((summary) => [summary.run, summary]))
  const isRoot = (summary: RunSummary): boolean => {
    const seen = new Set([summary.run])
    for (let of = summary.branch?.of; of !== undefined; of = known.get(of)?.branch?.of) {
      if (seen.has(of)) return true // a circle, which only a forged file makes
      seen.add(of)
    }
    return summary.branch === undefined || !known.has(summary.branch.of)
  }
  const below = new Map<string, RunSummary[]>()
  const roots: RunSummary[] = []
  for (const summary of runs) {
    if (isRoot(summary)) roots.push(summary)
    else below.set(summary.branch?.of as string, [...(below.get(summary.branch?.of as string) ?? []), summary])
  }
  const placed: TreeRun[] = []
  const place = (summary: RunSummary, depth: number) => {
    placed.push({ summary, depth })
    for (const branch of below.get(summary.run) ?? []) place(branch, depth + 1)
  }
  for (const root of roots) place(root, 0)
  return placed
}
