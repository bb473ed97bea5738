/**
 * Raft's five safety properties (Fig. 3) and what its reads promise, judged by an observer who sees every step of every server. Each judge keeps what
 * it saw, so a step costs what it changed. The judges look at states alone and share no code with the rules they judge.
 */
import type { NodeId } from '../core/ids.ts'
import type { Invariant, Judge, JudgedStep } from '../core/invariant.ts'
import { configurationSafety } from './configurationSafety.ts'
import { electionRestriction } from './electionRestriction.ts'
import { freshReads, leaderLease } from './freshReads.ts'
import { ByIndex, EntryTable, lacks, oneAlone, sameEntry } from './ledger.ts'
import { type Entry, entryAt, type Log, lastIndex, termAt } from './log.ts'
import type { RaftMessage } from './messages.ts'
import { snapshotSafety } from './snapshotSafety.ts'
import type { RaftState } from './state.ts'

type RaftJudge = Judge<RaftState, RaftMessage>
type RaftJudgedStep = JudgedStep<RaftState, RaftMessage>

/** Remembers who led each term. */
function electionSafety(): RaftJudge {
  const leaders = new Map<number, NodeId>()
  return {
    judge({ node, after }) {
      if (after.role !== 'leader') return undefined
      const other = leaders.get(after.currentTerm)
      if (other === undefined) leaders.set(after.currentTerm, node)
      return other === undefined || other === node ? undefined : `${node} leads term ${after.currentTerm}, which ${other} led.`
    },
  }
}

function leaderAppendOnly(): RaftJudge {
  return {
    judge(step) {
      const { node, before, after } = step
      if (before?.role !== 'leader' || after.log === before.log) return undefined
      const changed = firstWritten(step, before.log)
      if (changed > lastIndex(before.log)) return undefined
      const still = after.role === 'leader' && after.currentTerm === before.currentTerm
      return still ? `${node} leads term ${after.currentTerm} and changed its own entry ${changed}.` : undefined
    },
  }
}

/**
 * By induction along the log: two entries of one index and term must be the same and must follow entries of the same
 * term. Checked when an entry enters a log, so a step costs what it wrote; a start costs the log, as it does the server.
 */
function logMatching(): RaftJudge {
  const seen = new EntryTable()
  const logs = new Map<NodeId, Log>()
  return {
    judge(step, states) {
      const { node, before, after } = step
      const known = logs.get(node)
      if (known === after.log) return undefined
      logs.set(node, after.log)
      seen.first.forget(before, after, states)
      for (let index = firstWritten(step, known); index <= lastIndex(after.log); index++) {
        const entry = entryAt(after.log, index) as Entry
        const previousTerm = termAt(after.log, index - 1) as number
        const other = seen.enter(node, index, entry, previousTerm)
        if (other === undefined) continue
        const what = `Entry ${index} of term ${entry.term}`
        if (!sameEntry(other.entry, entry)) return `${what} differs between ${node} and ${other.node}.`
        if (other.previousTerm !== previousTerm) {
          return `${what} follows an entry of term ${previousTerm} on ${node} and of term ${other.previousTerm} on ${other.node}.`
        }
      }
      return undefined
    },
  }
}

/**
 * The log of a leader at its election holds everything committed in earlier terms; what it appends later is of its own
 * term and cannot have been. Knowing that logs match (judged apart), the last committed entry stands for all before it.
 */
function leaderCompleteness(): RaftJudge {
  /** For each term: the last entry committed in it. */
  const committed = new Map<number, { index: number; entryTerm: number; by: NodeId }>()
  const elected: { term: number; node: NodeId; log: Log }[] = []
  let frontier = 0
  function forgetUnsynced(last: number): void {
    if (last >= frontier) return
    committed.clear()
    frontier = last
  }
  return {
    judge({ node, before, after }) {
      const term = after.currentTerm
      if (oneAlone(before, after)) forgetUnsynced(lastIndex(after.log))
      if (after.role === 'leader' && !(before?.role === 'leader' && before.currentTerm === term)) {
        elected.push({ term, node, log: after.log })
        // Elections can be seen late, but not by a hundred terms: the logs of older leaders need not be kept.
        if (elected.length > ELECTIONS_KEPT) elected.shift()
        for (const [inTerm, { index, entryTerm, by }] of committed) {
          if (inTerm < term && lacks(after.log, index, entryTerm)) return lacking(node, term, index, entryTerm, inTerm, by)
        }
      }
      const index = after.commitIndex
      if (index <= frontier || index <= (before?.commitIndex ?? 0)) return undefined
      frontier = index
      const entryTerm = termAt(after.log, index)
      if (entryTerm === undefined) return `${node} counts entry ${index} as committed and does not have it.`
      committed.set(term, { index, entryTerm, by: node })
      for (const leader of elected) {
        if (leader.term > term && lacks(leader.log, index, entryTerm)) {
          return lacking(leader.node, leader.term, index, entryTerm, term, node)
        }
      }
      return undefined
    },
  }
}

const ELECTIONS_KEPT = 100

const lacking = (node: NodeId, term: number, index: number, entryTerm: number, inTerm: number, by: NodeId): string =>
  `${node} leads term ${term} without entry ${index} of term ${entryTerm}, which ${by} committed in term ${inTerm}.`

/** Servers may apply an entry again after a restart; it must be the same one. */
function stateMachineSafety(): RaftJudge {
  const applied = new ByIndex<{ entry: Entry; node: NodeId }>()
  return {
    judge({ node, before, after }, states) {
      if (oneAlone(before, after)) applied.cutAfter(lastIndex(after.log))
      applied.forget(before, after, states)
      // What came with a snapshot is judged of the snapshot.
      const installed = after.snapshot === before?.snapshot ? 0 : (after.snapshot?.lastIncludedIndex ?? 0)
      for (let index = Math.max(before?.lastApplied ?? 0, installed) + 1; index <= after.lastApplied; index++) {
        const entry = entryAt(after.log, index)
        if (entry === undefined) return `${node} applied entry ${index}, which it does not have.`
        const first = applied.get(index)
        if (first === undefined) applied.set(index, { entry, node })
        else if (!sameEntry(first.entry, entry)) {
          return `${node} applied at index ${index} an entry of term ${entry.term}; ${first.node} had applied another, of term ${first.entry.term}.`
        }
      }
      return undefined
    },
  }
}

/**
 * The lowest index at which `after` may differ from `known`, the log last seen of this node. Logs change at their end, so
 * going back from there to the first entry that is still the same one finds it; what the step wrote to its disk says so too.
 */
function firstWritten(step: RaftJudgedStep, known: Log | undefined): number {
  if (known === undefined || step.before === undefined || known !== step.before.log) return step.after.log.baseIndex + 1
  const { log } = step.after
  const base = Math.max(known.baseIndex, log.baseIndex)
  let index = Math.max(base, Math.min(lastIndex(known), lastIndex(log)))
  while (index > base && entryAt(known, index) !== entryAt(log, index)) index--
  let first = index + 1
  for (const effect of step.effects) {
    if (effect.kind !== 'persist') continue
    const { from, snapshot } = effect.record as { readonly from?: number; readonly snapshot?: unknown }
    if (from !== undefined && snapshot === undefined && from < first) first = from
  }
  return first
}

export const invariants: readonly Invariant<RaftState, RaftMessage>[] = [
  {
    name: 'Election Safety',
    statement: 'At most one leader can be elected in a given term.',
    source: 'Raft Fig. 3, §5.2',
    judge: electionSafety,
  },
  {
    name: 'Leader Append-Only',
    statement: 'A leader never overwrites or deletes entries in its log; it only appends new entries.',
    source: 'Raft Fig. 3, §5.3',
    judge: leaderAppendOnly,
  },
  {
    name: 'Log Matching',
    statement:
      'If two logs contain an entry with the same index and term, then the logs are identical in all entries up through the given index.',
    source: 'Raft Fig. 3, §5.3',
    judge: logMatching,
  },
  {
    name: 'Leader Completeness',
    statement:
      'If a log entry is committed in a given term, then that entry will be present in the logs of the leaders for all higher-numbered terms.',
    source: 'Raft Fig. 3, §5.4',
    judge: leaderCompleteness,
  },
  {
    name: 'Election Restriction',
    statement: 'When a leader commits an entry, no server that lacks it could win an election by the logs as they are.',
    source: 'Raft §5.4.1, §5.4.2, Fig. 8',
    judge: electionRestriction,
  },
  {
    name: 'State Machine Safety',
    statement:
      'If a server has applied a log entry at a given index to its state machine, no other server will ever apply a different log entry for the same index.',
    source: 'Raft Fig. 3, §5.4.3',
    judge: stateMachineSafety,
  },
  {
    name: 'Configuration Safety',
    statement:
      'Any two configurations by which servers could decide something at the same time have no two majorities without a server in common.',
    source: 'Raft dissertation §4.1, §4.3',
    judge: configurationSafety,
  },
  {
    name: 'Snapshot Safety',
    statement: 'A snapshot stands for what was applied up to its last entry, is the same on every server, and moves nothing back.',
    source: 'Raft §7, dissertation §5',
    judge: snapshotSafety,
  },
  {
    name: 'Fresh Reads',
    statement: 'The answer to a read stands for a state that holds everything that was committed when the read was asked.',
    source: 'Raft §8, dissertation §6.4',
    judge: freshReads,
  },
  {
    name: 'Leader Lease',
    statement: 'While a leader answers reads alone, nobody is elected in a later term.',
    source: 'Raft dissertation §6.4.1',
    judge: leaderLease,
  },
]
