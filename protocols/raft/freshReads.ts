/**
 * Reads that never look back (dissertation §6.4), judged by the observer: an answer stands for a state that holds everything that
 * any server knew to be committed when the read was asked. Looks at requests, replies and indexes alone.
 */
import type { NodeId } from '../core/ids.ts'
import type { Judge, JudgedStep } from '../core/invariant.ts'
import { lastIndex } from './log.ts'
import type { RaftMessage } from './messages.ts'
import type { RaftState } from './state.ts'

export function freshReads(): Judge<RaftState, RaftMessage> {
  let committed = 0
  /** What was committed when each read was asked that has no answer yet, by the request's id. */
  const asked = new Map<number, { readonly node: NodeId; readonly index: number }>()
  return {
    judge({ node, input, after, effects }) {
      if (input.kind === 'start') {
        for (const [id, read] of asked) if (read.node === node) asked.delete(id)
        if (after.nodes.length === 1) committed = Math.min(committed, lastIndex(after.log)) // what it lost was promised to nobody
      }
      if (input.kind === 'request' && input.request.kind === 'query') asked.set(input.id, { node, index: committed })
      if (after.commitIndex > committed) committed = after.commitIndex
      if (asked.size === 0) return undefined
      let stale: string | undefined
      for (const effect of effects) {
        if (effect.kind !== 'reply') continue
        const read = asked.get(effect.id)
        if (read === undefined) continue
        asked.delete(effect.id)
        if (effect.outcome.kind !== 'ok' || after.lastApplied >= read.index) continue
        stale = `${node} answers read ${effect.id} as of entry ${after.lastApplied}; entry ${read.index} was committed when it was asked.`
      }
      return stale
    },
  }
}

/** Who answers a read in the very step in which it is asked relies on a lease: nobody may have been elected after it. */
export function leaderLease(): Judge<RaftState, RaftMessage> {
  let lastTerm = 0
  let lastLeader: NodeId | undefined
  return {
    judge({ node, input, after, effects }) {
      if (after.role === 'leader' && after.currentTerm > lastTerm) {
        lastTerm = after.currentTerm
        lastLeader = node
      }
      if (after.currentTerm >= lastTerm) return undefined
      const what = answeredAlone(input, effects)
      return what === undefined
        ? undefined
        : `${node} answers ${what} alone in term ${after.currentTerm}; ${lastLeader} leads term ${lastTerm}.`
    },
  }
}

function answeredAlone(
  input: JudgedStep<RaftState, RaftMessage>['input'],
  effects: JudgedStep<RaftState, RaftMessage>['effects'],
): string | undefined {
  if (input.kind === 'request' && input.request.kind === 'query') {
    const { id } = input
    return effects.some((effect) => effect.kind === 'reply' && effect.id === id && effect.outcome.kind === 'ok') ? `read ${id}` : undefined
  }
  if (input.kind !== 'message' || input.message.kind !== 'ReadIndex') return undefined
  const isGranted = effects.some((effect) => effect.kind === 'send' && effect.message.kind === 'ReadIndexReply')
  return isGranted ? `${input.from}, which asks for the read index,` : undefined
}
