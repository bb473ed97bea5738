/** Snapshots (§7), judged by the observer: they stand for what was applied, wherever they come from, and nothing goes back. */
import type { NodeId } from '../core/ids.ts'
import type { Judge } from '../core/invariant.ts'
import type { Json } from '../core/json.ts'
import { ByIndex, sameJson } from './ledger.ts'
import { entryAt, lastIndex } from './log.ts'
import type { RaftMessage } from './messages.ts'
import type { RaftState, Snapshot } from './state.ts'

type Taken = { readonly node: NodeId; readonly snapshot: Snapshot }

export function snapshotSafety(): Judge<RaftState, RaftMessage> {
  /** Terms of entries that were applied, by index. */
  const terms = new ByIndex<number>()
  /** Configurations that were applied, by index. */
  const configurations = new Map<number, Json>()
  /** The first server's snapshot as of an entry. */
  const taken = new Map<number, Taken>()

  function judgeSnapshot(node: NodeId, snapshot: Snapshot): string | undefined {
    const { lastIncludedIndex: index, lastIncludedTerm: term, state } = snapshot
    if (!terms.hasForgotten(index) && terms.get(index) !== term)
      return `${node} has a snapshot up to entry ${index} of term ${term}, which nobody applied.`
    const { index: made, ...lastConfig } = snapshot.lastConfig
    const applied = Math.max(0, ...[...configurations.keys()].filter((at) => at <= index))
    if (made !== applied || (made > 0 && !sameJson(configurations.get(made) as Json, lastConfig as never))) {
      return `${node} has a snapshot up to entry ${index} with the configuration of entry ${made}; that of entry ${applied} was applied.`
    }
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
    judge({ node, before, after }, states) {
      terms.forget(before, after, states)
      if (before === undefined && after.nodes.length === 1) {
        // A server alone may have lost what it had promised to nobody.
        terms.cutAfter(lastIndex(after.log))
        for (const index of configurations.keys()) if (index > lastIndex(after.log)) configurations.delete(index)
        for (const index of taken.keys()) if (index > lastIndex(after.log)) taken.delete(index)
      }
      const { snapshot } = after
      const isNew = snapshot !== undefined && snapshot !== before?.snapshot
      const installed = isNew ? snapshot.lastIncludedIndex : 0
      for (let index = Math.max(before?.lastApplied ?? 0, installed) + 1; index <= after.lastApplied; index++) {
        const entry = entryAt(after.log, index)
        if (entry === undefined) continue
        if (terms.get(index) === undefined) terms.set(index, entry.term)
        if (entry.kind !== 'config' || configurations.has(index)) continue
        const { term: _, kind: __, ...configuration } = entry
        configurations.set(index, configuration as unknown as Json)
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
