/**
 * What the fast judge is compared with: every choice of operations that need not happen, in every order, kept if it respects the
 * clock (or each client's own order) and the model. Only for a handful of operations, and obvious on purpose.
 */
import type { Operation } from '../../../protocols/check/history.ts'
import type { Model } from '../../../protocols/check/model.ts'

interface Held<I> {
  readonly operation: Operation<I>
  /** It must be in the order. */
  readonly must: boolean
  /** Its output is what it said; otherwise it may have been any. */
  readonly believed: boolean
  readonly start: number
  readonly end: number
}

export const linearizable = <S, I>(model: Model<S, I>, history: readonly Operation<I>[]): boolean =>
  explainable(model, held(history), (a, b) => a.end < b.start)

/**
 * May the operations outside of `window` take effect or not, within their intervals and with any output? Judged up to `horizon`: what
 * was invoked later is left out, and what was open then need not have taken effect.
 */
export function linearizableWithout<S, I>(
  model: Model<S, I>,
  all: readonly Operation<I>[],
  window: readonly number[],
  horizon: number,
): boolean {
  const cut = held(all)
    .filter((one) => one.start <= horizon)
    .map((one) => ({ ...one, believed: window.includes(one.operation.id) }))
    .map((one) => ({
      ...one,
      must: one.must && one.believed && one.end <= horizon,
      end: one.end <= horizon ? one.end : Number.POSITIVE_INFINITY,
    }))
  return explainable(model, cut, (a, b) => a.end < b.start)
}

export const sequentiallyConsistent = <S, I>(model: Model<S, I>, history: readonly Operation<I>[]): boolean =>
  explainable(model, held(history), (a, b) => a.operation.client === b.operation.client && a.end < b.start)

export const linearizableWithLag = <S, I>(model: Model<S, I>, history: readonly Operation<I>[], lag: number): boolean =>
  explainable(
    model,
    held(history).map((one) => {
      const { outcome, input } = one.operation
      return outcome.is === 'ok' && model.changesNothing(input, outcome.output) ? { ...one, start: one.start - lag } : one
    }),
    (a, b) => a.end < b.start,
  )

function held<I>(history: readonly Operation<I>[]): Held<I>[] {
  return history
    .filter((operation) => operation.outcome.is !== 'refused')
    .map((operation) => {
      const must = operation.outcome.is === 'ok'
      return {
        operation,
        must,
        believed: must,
        start: operation.invoke,
        end: must ? (operation.return as number) : Number.POSITIVE_INFINITY,
      }
    })
}

function explainable<S, I>(model: Model<S, I>, all: readonly Held<I>[], precedes: (a: Held<I>, b: Held<I>) => boolean): boolean {
  const loose = all.filter((one) => !one.must)
  for (let choice = 0; choice < 2 ** loose.length; choice++) {
    const chosen = all.filter((one) => one.must || (choice & (1 << loose.indexOf(one))) !== 0)
    for (const order of permutations(chosen)) if (respects(order, precedes) && follows(model, order)) return true
  }
  return false
}

function* permutations<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length === 0) yield []
  for (const [i, first] of items.entries())
    for (const rest of permutations([...items.slice(0, i), ...items.slice(i + 1)])) yield [first, ...rest]
}

const respects = <T>(order: readonly T[], precedes: (a: T, b: T) => boolean): boolean =>
  order.every((later, i) => order.slice(0, i).every((earlier) => !precedes(later, earlier)))

function follows<S, I>(model: Model<S, I>, order: readonly Held<I>[]): boolean {
  let state: S | undefined = model.init()
  for (const { operation, believed } of order) {
    state = model.step(state, operation.input, believed && operation.outcome.is === 'ok' ? operation.outcome.output : undefined)
    if (state === undefined) return false
  }
  return true
}
