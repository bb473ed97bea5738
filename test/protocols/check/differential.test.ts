/** The fast judge against the obvious one, on thousands of small histories: the verdict, the order, the window, the weaker verdicts. */
import { describe, expect, test } from 'vitest'
import type { Operation } from '../../../protocols/check/history.ts'
import { malformed } from '../../../protocols/check/history.ts'
import { judge } from '../../../protocols/check/linearizability.ts'
import type { AnyModel } from '../../../protocols/check/model.ts'
import { models } from '../../../protocols/check/models/index.ts'
import { seedsOf } from '../../support/seeds.ts'
import { linearizable, linearizableWithLag, linearizableWithout, sequentiallyConsistent } from './bruteForce.ts'
import { randomHistory } from './histories.ts'

const SEEDS = 600
const seeds = seedsOf('differential', SEEDS)

describe.each(models.map((model) => [model.name, model] as const))('%s', (_, model) => {
  const seen = { linearizable: 0, violated: 0 }

  test.each([
    ['few lies', { lies: 1, unknown: 1 }],
    ['many lies', { lies: 5, unknown: 0 }],
    ['many of unknown outcome', { lies: 3, unknown: 5 }],
  ])('agrees with brute force: %s', (lies, wish) => {
    for (const seed of seeds) {
      const operations = randomHistory(model, seed, { operations: 4 + (seed % 3), clients: 3, ...wish })
      const told = `seed ${seed} ${model.name}, ${lies}: ${tell(model, operations)}`
      expect(malformed(operations), told).toBeUndefined()
      const verdict = judge(model, operations, { now: () => 0 })
      expect(verdict.is, told).toBe(linearizable(model, operations) ? 'linearizable' : 'violated')
      seen[verdict.is as 'violated']++
      if (verdict.order) expectOrder(model, operations, verdict.order, told)
      for (const violation of verdict.violations) expectExplained(model, operations, violation, told)
    }
  })

  test('saw both kinds of histories', () => {
    expect(seen.linearizable).toBeGreaterThan(SEEDS / 40)
    expect(seen.violated).toBeGreaterThan(SEEDS / 40)
  })
})

type Verdict = ReturnType<typeof judge>

/** Every operation that answered is in the order, with a point in its interval, and the model gives what it answered. */
function expectOrder(model: AnyModel, operations: readonly Operation<unknown>[], order: NonNullable<Verdict['order']>, told: string): void {
  const ids = order.map((point) => point.id)
  expect(new Set(ids).size, told).toBe(ids.length)
  for (const { id, outcome } of operations) if (outcome.is === 'ok') expect(ids, told).toContain(id)
  const states = new Map<string | undefined, unknown>()
  let last = Number.NEGATIVE_INFINITY
  for (const { id, at } of order) {
    const operation = operations.find((one) => one.id === id) as Operation<unknown>
    expect(at, told).toBeGreaterThanOrEqual(Math.max(last, operation.invoke))
    if (operation.outcome.is === 'ok') expect(at, told).toBeLessThanOrEqual(operation.return as number)
    last = at
    const key = model.key(operation.input)
    const state = model.step(
      states.get(key) ?? model.init(),
      operation.input,
      operation.outcome.is === 'ok' ? operation.outcome.output : undefined,
    )
    expect(state, told).toBeDefined()
    states.set(key, state)
  }
}

function expectExplained(
  model: AnyModel,
  all: readonly Operation<unknown>[],
  violation: Verdict['violations'][number],
  told: string,
): void {
  const part = (operation: Operation<unknown>) => violation.part === undefined || model.part?.(operation.input) === violation.part
  const operations = model.name === 'set' ? all.filter(part) : all
  const { window, sequential, staleReads } = violation.explained as NonNullable<typeof violation.explained>
  expect(window.smallest, told).toBe(true)
  expect(linearizableWithout(model, operations, window.operations, window.to), `${told} window ${window.operations}`).toBe(false)
  for (const id of window.operations)
    expect(
      linearizableWithout(
        model,
        operations,
        window.operations.filter((other) => other !== id),
        window.to,
      ),
      `${told} window ${window.operations} without ${id}`,
    ).toBe(true)
  expect(sequential.is, told).toBe(sequentiallyConsistent(model, operations) ? 'holds' : 'fails')
  if (staleReads?.is === 'holds') {
    expect(linearizableWithLag(model, operations, staleReads.by), `${told} lag ${staleReads.by}`).toBe(true)
    expect(linearizableWithLag(model, operations, staleReads.by - 1), `${told} lag ${staleReads.by} - 1`).toBe(false)
  } else if (staleReads) {
    expect(staleReads.is, told).toBe('fails')
    expect(linearizableWithLag(model, operations, 1e6), told).toBe(false)
  }
}

const tell = (model: AnyModel, operations: readonly Operation<unknown>[]): string =>
  operations
    .map(
      ({ id, client, input, outcome, invoke, return: end }) =>
        `${id} ${client} ${model.describe(input)} [${invoke}..${end ?? ''}] ${outcome.is === 'ok' ? JSON.stringify(outcome.output) : outcome.is}`,
    )
    .join('; ')
