/** Judges what the clients saw with the judge that the real lab has: its thread and its words are main/check's, which no window can load. */
import type { HistoryOperation, HistoryReport } from '../../../main/contract/history.ts'
import { guaranteeOf } from '../../../protocols/check/guarantee.ts'
import type { Operation } from '../../../protocols/check/history.ts'
import { judge } from '../../../protocols/check/linearizability.ts'
import { kv } from '../../../protocols/check/models/kv.ts'
import type { InvokeEvent, RunEvent } from '../../../protocols/core/event.ts'
import type { KvOperation } from '../../../protocols/services/kv.ts'

export function historyOf(events: readonly RunEvent[], nowMs: () => number = () => performance.now()): HistoryReport {
  const { operations, seqs } = operationsIn(events)
  const verdict = judge(kv, operations, { now: nowMs, ms: 5000 })
  const byId = new Map(operations.map((operation) => [operation.id, operation]))
  const tell = (id: number): HistoryOperation => {
    const { client, input, outcome, invoke, return: end } = byId.get(id) as Operation<KvOperation>
    const answer = outcome.is === 'ok' ? { answer: kv.describeOutput(input, outcome.output) } : {}
    return { id, at: seqs.get(id) ?? 0, client, text: kv.describe(input), ...answer, invoke, ...(end === undefined ? {} : { return: end }) }
  }
  return {
    is: verdict.is,
    ...(verdict.why === undefined ? {} : { why: `the limit of ${verdict.why} came first` }),
    guarantee: guaranteeOf(verdict),
    model: kv.name,
    operations: operations.length,
    unheard: operations.filter(({ outcome }) => outcome.is === 'unknown').length,
    parts: verdict.parts,
    undecided: verdict.undecided,
    ...(verdict.order ? { order: verdict.order } : {}),
    violations: verdict.violations.map(({ part, at, explained }) => ({
      ...(part === undefined ? {} : { part }),
      certain: tell(at),
      ...(explained
        ? {
            explained: {
              window: { ...explained.window, operations: explained.window.operations.map(tell) },
              attempts: explained.attempts.map(({ length, tail, state }) => {
                const told = tail.map(tell)
                let from = 0
                const points = told.map(({ id, invoke }) => {
                  from = Math.max(from, invoke)
                  return { id, at: from }
                })
                return { length, tail: told, state, points }
              }),
              sequential: explained.sequential.is,
              ...(explained.staleReads === undefined || explained.staleReads.is === 'unknown' ? {} : { staleReads: explained.staleReads }),
            },
          }
        : {}),
    })),
  }
}

function operationsIn(events: readonly RunEvent[]) {
  const invokes = new Map<number, InvokeEvent>()
  const operations = new Map<number, Operation<KvOperation>>()
  const seqs = new Map<number, number>()
  for (const event of events) {
    if (event.kind === 'invoke') {
      invokes.set(event.operation, event)
      seqs.set(event.operation, event.seq)
      const input = event.op as unknown as KvOperation
      operations.set(event.operation, { id: event.operation, client: event.client, input, outcome: { is: 'unknown' }, invoke: event.atUs })
    }
    const before = event.kind === 'return' ? operations.get(event.operation) : undefined
    if (event.kind !== 'return' || !before) continue
    const { outcome } = event
    operations.set(event.operation, {
      ...before,
      outcome: outcome.is === 'ok' ? { is: 'ok', output: outcome.result } : { is: outcome.is },
      return: event.atUs,
    })
  }
  return { operations: [...operations.values()], seqs }
}
