/** Snapshots (§7), judged by the observer: they stand for what was applied, wherever they come from, and nothing goes back. */
import type { NodeId } from '../core/ids.ts'
import type { Judge } from '../core/invariant.ts'
import { sameJson } from './ledger.ts'
import { lastIndex, termAt } from './log.ts'
import type { RaftMessage } from './messages.ts'
import type { RaftState, Snapshot } from './state.ts'

type Taken = { readonly node: NodeId; readonly snapshot: Snapshot }

export function snapshotSafety(): Judge<RaftState, RaftMessage> {
  /** Terms of entries that were applied, by index. */
  const terms: number[] = []
  /** The first server's snapshot as of an entry. */
  const taken = new Map<number, Taken>()

  function judgeSnapshot(node: NodeId, snapshot: Snapshot): string | undefined {
    const { lastIncludedIndex: index, lastIncludedTerm: term, state } = snapshot
    if (terms[index] !== term) return `${node} has a snapshot up to entry ${index} of term ${term}, which nobody applied.`
    const first = taken.get(index)
    if (first === undefined) {
      taken.set(index, { node, snapshot })
      if (taken.size > SNAPSHOTS_KEPT) taken.delete(taken.keys().next().value as number)
      return undefined
    }
    if (first.snapshot === snapshot || sameJson(first.snapshot.state as never, state as never)) return undefined
    return `${node} and ${first.node} have different snapshots up to entry ${index}.`
  }

  return {
    judge({ node, before, after }) {
      if (before === undefined && after.nodes.length === 1) {
        // A server alone may have lost what it had promised to nobody.
        terms.length = Math.min(terms.length, lastIndex(after.log) + 1)
        for (const index of taken.keys()) if (index > lastIndex(after.log)) taken.delete(index)
      }
      const { snapshot } = after
      const isNew = snapshot !== undefined && snapshot !== before?.snapshot
      const installed = isNew ? snapshot.lastIncludedIndex : 0
      for (let index = Math.max(before?.lastApplied ?? 0, installed) + 1; index <= after.lastApplied; index++) {
        const term = termAt(after.log, index)
        if (term !== undefined) terms[index] ??= term
      }
      if (before !== undefined) {
        for (const field of ['commitIndex', 'lastApplied'] as const) {
          if (after[field] < before[field]) return `${node} goes back from ${field} ${before[field]} to ${after[field]}.`
        }
        if (after.log.baseIndex < before.log.baseIndex)
          return `The log of ${node} began at ${before.log.baseIndex + 1}, and now at ${after.log.baseIndex + 1}.`
      }
      return isNew ? judgeSnapshot(node, snapshot) : undefined
    },
  }
}

const SNAPSHOTS_KEPT = 200
