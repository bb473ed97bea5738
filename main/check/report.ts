/** A verdict on a history in words: what the pure judge says of indexes and states, with the operations told as people wrote them. */
import type { Eventual } from '../../protocols/check/eventual.ts'
import { guaranteeOf } from '../../protocols/check/guarantee.ts'
import type { Operation } from '../../protocols/check/history.ts'
import type { HistoryVerdict, PartViolation } from '../../protocols/check/linearizability.ts'
import type { AnyModel } from '../../protocols/check/model.ts'
import type { HistoryOperation, HistoryPoint, HistoryReport, HistoryViolation } from '../contract/history.ts'

const WHY = {
  time: 'the time limit came first',
  steps: 'the limit of steps came first',
  memory: 'the search would have taken more memory than it may',
} as const

/** Of an order, so many operations are told in words. */
const TOLD = 16

export interface ToldHistory {
  readonly model: AnyModel
  // biome-ignore lint/suspicious/noExplicitAny: the model knows its inputs
  readonly operations: readonly Operation<any>[]
  /** The event of an invocation, or the line of a file. */
  at(id: number): number
}

/** `order`: with the points of every operation, which is as much again as the history. */
export function report({ model, operations, at }: ToldHistory, verdict: HistoryVerdict, order: boolean): HistoryReport {
  const byId = new Map(operations.map((operation) => [operation.id, operation]))
  const tell = (id: number): HistoryOperation => {
    const { client, input, outcome, invoke, return: end } = byId.get(id) as Operation<unknown>
    return {
      id,
      at: at(id),
      client,
      text: model.describe(input),
      ...(outcome.is === 'ok' ? { answer: model.describeOutput(input, outcome.output) } : {}),
      invoke,
      ...(end === undefined ? {} : { return: end }),
    }
  }
  return {
    is: verdict.is,
    ...(verdict.why === undefined ? {} : { why: WHY[verdict.why] }),
    guarantee: guaranteeOf(verdict),
    model: model.name,
    operations: operations.length,
    unheard: operations.filter((operation) => operation.outcome.is === 'unknown').length,
    parts: verdict.parts,
    undecided: verdict.undecided,
    violations: verdict.violations.map((violation) => tellViolation(violation, tell, order)),
    ...(order && verdict.order ? { order: verdict.order } : {}),
  }
}

function tellViolation({ part, at, explained }: PartViolation, tell: (id: number) => HistoryOperation, order: boolean): HistoryViolation {
  const head = { ...(part === undefined ? {} : { part }), certain: tell(at) }
  if (explained === undefined) return head
  const { window, attempts, sequential, staleReads, eventual, behind } = explained
  const { from, to, smallest } = window
  return {
    ...head,
    explained: {
      window: { operations: window.operations.map(tell), from, to, smallest },
      attempts: attempts.map(({ length, tail, state }) => ({
        ...{ length, tail: tail.slice(-TOLD).map(tell), state },
        ...(order ? { points: pointsOf(tail.map(tell)) } : {}),
      })),
      sequential: sequential.is,
      ...(staleReads === undefined ? {} : { staleReads: staleReads.is === 'unknown' ? { is: 'unknown' } : staleReads }),
      ...(eventual === undefined ? {} : { eventual: tellEventual(eventual, tell) }),
      ...(behind === undefined ? {} : { behind: { versions: behind.versions, by: behind.by, read: tell(behind.id) } }),
    },
  }
}

/** The earliest points that keep the order. */
function pointsOf(operations: readonly HistoryOperation[]): HistoryPoint[] {
  let at = Number.NEGATIVE_INFINITY
  return operations.map(({ id, invoke }) => {
    at = Math.max(at, invoke)
    return { id, at }
  })
}

function tellEventual(
  eventual: Eventual,
  tell: (id: number) => HistoryOperation,
): NonNullable<NonNullable<HistoryViolation['explained']>['eventual']> {
  const said = (id: number) => {
    const { client, text, answer } = tell(id)
    return `${client}’s ${text} → ${answer ?? 'no answer'}`
  }
  if (eventual.is === 'holds') return { is: 'holds', within: eventual.within }
  if (eventual.is === 'unknown')
    return { is: 'unknown', why: eventual.why === 'unread' ? 'nobody read it after the last write' : 'a write has no end' }
  const [one = 0, other = 0] = eventual.differ ?? []
  const why =
    eventual.lost === undefined
      ? `after the last write, ${said(one)}, but ${said(other)}`
      : `${said(eventual.lost)} was acknowledged, and is lost`
  return { is: 'fails', why }
}
