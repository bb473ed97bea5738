/** Verdicts on one link, without a network. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ArmedFault, NetworkFaultInput } from '../../../protocols/core/fault.ts'
import { networkFaultSchema } from '../../../protocols/core/fault.ts'
import { faultId } from '../../../protocols/core/ids.ts'
import type { Json } from '../../../protocols/core/json.ts'
import { LinkFate, type Verdict } from '../../../protocols/net/link.ts'

const NETWORK = { delayMs: 0, jitterMs: 0 }
let made = 0
/** `all` on a single link is that link. */
function fault(input: { kind: NetworkFaultInput['kind']; [key: string]: unknown }): ArmedFault {
  made += 1
  return { ...networkFaultSchema.parse({ target: { all: true }, ...input }), id: faultId(`f${made}`) }
}

const message = (type = 'AppendEntries', body: Json = {}) => ({ type, body: () => body })

function fate(faults: ArmedFault[], over: Partial<ConstructorParameters<typeof LinkFate>[0]> = {}): LinkFate {
  const link = new LinkFate({ seed: 1, from: 0, to: 1, network: NETWORK, ...over })
  for (const [index, one] of faults.entries()) link.arm(one, index + 1)
  return link
}

/** Verdicts for `count` messages, one a millisecond. */
const judged = (link: LinkFate, count: number): Verdict[] => Array.from({ length: count }, (_, index) => link.judge(index, message()))
const kinds = (verdicts: Verdict[]): string => verdicts.map(({ kind }) => kind[0]).join('')

/** The order in which messages arrive when time goes on: by due time, equal times in order of entering. */
function arrivals(verdicts: Verdict[]): number[] {
  return verdicts
    .flatMap((verdict, index) => {
      if (verdict.kind === 'pass') return [{ index, dueMs: index }]
      return verdict.kind === 'deliver' ? [{ index, dueMs: verdict.dueMs }] : []
    })
    .sort((a, b) => a.dueMs - b.dueMs || a.index - b.index)
    .map(({ index }) => index)
}

test('a link without faults lets everything pass, and is clear', () => {
  const link = fate([])
  expect(link.isClear(0)).toBe(true)
  expect(kinds(judged(link, 5))).toBe('ppppp')
})

const anyFault: fc.Arbitrary<ArmedFault> = fc
  .oneof(
    fc.record({ kind: fc.constant('delay' as const), delayMs: fc.nat({ max: 50 }), jitterMs: fc.nat({ max: 60 }) }),
    fc.record({ kind: fc.constant('loss' as const), probability: fc.double({ min: 0, max: 1, noNaN: true }) }),
    fc.record({
      kind: fc.constant('duplicate' as const),
      probability: fc.double({ min: 0, max: 1, noNaN: true }),
      copies: fc.integer({ min: 1, max: 5 }),
    }),
    fc.record({ kind: fc.constant('cut' as const), rule: fc.record({ probability: fc.double({ min: 0, max: 1, noNaN: true }) }) }),
    fc.record({ kind: fc.constant('hold' as const), rule: fc.record({ skip: fc.nat({ max: 9 }), count: fc.integer({ min: 1, max: 9 }) }) }),
  )
  .map(fault)
const anyReorder = fc
  .record({ probability: fc.double({ min: 0, max: 1, noNaN: true }), windowMs: fc.nat({ max: 90 }) })
  .map((more) => fault({ kind: 'reorder', ...more }))

test('the same seed, link and faults give the same verdicts, whoever asks', () => {
  fc.assert(
    fc.property(fc.nat(), fc.array(fc.oneof(anyFault, anyReorder), { maxLength: 4 }), (seed, faults) => {
      expect(judged(fate(faults, { seed }), 60)).toEqual(judged(fate(faults, { seed }), 60))
    }),
  )
})

test('another seed, link or fault throws other dice', () => {
  const half = fault({ kind: 'loss', probability: 0.5 })
  const pattern = (over: Partial<ConstructorParameters<typeof LinkFate>[0]>) => kinds(judged(fate([half], over), 64))
  const patterns = [pattern({}), pattern({ seed: 2 }), pattern({ from: 1, to: 0 }), pattern({ to: 2 })]
  const second = new LinkFate({ seed: 1, from: 0, to: 1, network: NETWORK })
  second.arm(half, 2)
  patterns.push(kinds(judged(second, 64)))
  expect(new Set(patterns).size).toBe(5)
})

test('messages that passed while the link was clear count: the n-th keeps its fate', () => {
  const half = fault({ kind: 'loss', probability: 0.5 })
  const whole = judged(fate([half]), 40)
  const link = fate([])
  link.passed(15)
  link.arm(half, 1)
  expect(judged(link, 25)).toEqual(whole.slice(15))
})

test('the link stays first-in first-out under every fault but reorder', () => {
  fc.assert(
    fc.property(fc.nat(), fc.array(anyFault, { minLength: 1, maxLength: 4 }), (seed, faults) => {
      const order = arrivals(judged(fate(faults, { seed }), 80))
      expect(order).toEqual([...order].sort((a, b) => a - b))
    }),
  )
})

test('reorder lets later messages overtake, for no longer than its window', () => {
  const verdicts = judged(fate([fault({ kind: 'reorder', probability: 0.3, windowMs: 20 })]), 300)
  const order = arrivals(verdicts)
  expect(order).not.toEqual([...order].sort((a, b) => a - b))
  for (const [index, verdict] of verdicts.entries()) {
    if (verdict.kind === 'deliver') expect(verdict.dueMs - index).toBeLessThanOrEqual(20)
    else expect(verdict.kind).toBe('pass')
  }
})

test('delay draws from delayMs ± jitterMs and never below 0', () => {
  const waits = (delayMs: number, jitterMs: number) =>
    Array.from({ length: 400 }, (_, index) => {
      // far apart, so that no message waits for the one before
      const link = fate([fault({ kind: 'delay', delayMs, jitterMs })], { seed: index })
      const verdict = link.judge(1000, message())
      return verdict.kind === 'deliver' ? verdict.dueMs - 1000 : 0
    })
  const usual = waits(200, 50)
  expect(Math.min(...usual)).toBeGreaterThanOrEqual(150)
  expect(Math.max(...usual)).toBeLessThanOrEqual(250)
  expect(Math.max(...usual) - Math.min(...usual)).toBeGreaterThan(90)
  expect(Math.min(...waits(10, 50))).toBe(0)
  expect(new Set(waits(30, 0))).toEqual(new Set([30]))
})

test("the network's own delay and those of faults add up", () => {
  const link = fate([fault({ kind: 'delay', delayMs: 30 }), fault({ kind: 'delay', delayMs: 5 })], {
    network: { delayMs: 100, jitterMs: 0 },
  })
  expect(link.isClear(0)).toBe(false)
  expect(link.judge(7, message())).toEqual({ kind: 'deliver', dueMs: 142, copies: 0 })
})

test('loss loses about as many as it says', () => {
  for (const probability of [0, 0.1, 0.5, 0.9, 1]) {
    const count = 20_000
    const lost = judged(fate([fault({ kind: 'loss', probability })]), count).filter(({ kind }) => kind === 'drop').length
    // five standard deviations: wrong by chance once in two million seeds, and the seed is fixed
    expect(Math.abs(lost - count * probability)).toBeLessThanOrEqual(5 * Math.sqrt(count * probability * (1 - probability)))
  }
})

test('duplicate gives copies, and those of several faults add up', () => {
  const link = fate([fault({ kind: 'duplicate', probability: 1, copies: 2 }), fault({ kind: 'duplicate', probability: 1 })])
  expect(link.judge(4, message())).toEqual({ kind: 'deliver', dueMs: 4, copies: 3 })
})

test('the first fault that drops or holds decides', () => {
  const [hold, cut] = [fault({ kind: 'hold' }), fault({ kind: 'cut' })]
  expect(fate([hold, cut]).judge(0, message())).toEqual({ kind: 'hold', fault: hold.id })
  expect(fate([cut, hold]).judge(0, message())).toEqual({ kind: 'drop', fault: cut.id })
})

test('skip and count are kept per fault and link', () => {
  const rule = { types: ['AppendEntries'], where: [{ path: 'term', is: '>', value: 4 }], skip: 1, count: 2 }
  const cut = fault({ kind: 'cut', rule })
  for (const link of [fate([cut]), fate([cut], { to: 2 })]) {
    const verdicts = [3, 5, 6, 4, 7, 8, 9].map((term) => link.judge(0, message('AppendEntries', { term })))
    expect(kinds(verdicts)).toBe('ppdpdpp')
    expect(link.judge(0, message('RequestVote', { term: 9 })).kind).toBe('pass')
  }
})

test('a rule with a probability touches until it touched its count', () => {
  const cut = fault({ kind: 'cut', rule: { probability: 0.2, count: 5 } })
  const verdicts = judged(fate([cut]), 500)
  expect(verdicts.filter(({ kind }) => kind === 'drop').length).toBe(5)
  expect(kinds(verdicts).indexOf('d')).not.toBe(-1)
  expect(kinds(verdicts).startsWith('ddddd')).toBe(false)
})

test('a body is asked for only by a rule that tests fields, and only of a fitting type', () => {
  const refused = { type: 'RequestVote', body: () => expect.fail('nobody needs the body') as never }
  fate([fault({ kind: 'loss', probability: 0.5, rule: { types: ['RequestVote'], skip: 1 } })]).judge(0, refused)
  fate([fault({ kind: 'cut', rule: { types: ['AppendEntries'], where: [{ path: 'a', is: '=', value: 1 }] } })]).judge(0, refused)
})

test('after a delay is lifted nothing waits for those still on their way; after a cut they keep their turn', () => {
  const [delay, cut] = [fault({ kind: 'delay', delayMs: 1000 }), fault({ kind: 'cut', rule: { types: ['RequestVote'] } })]
  const link = fate([delay, cut])
  link.judge(0, message())
  expect(link.lift(cut.id)).toBe(false)
  expect(link.judge(1, message())).toEqual({ kind: 'deliver', dueMs: 1001, copies: 0 })
  expect(link.isClear(2)).toBe(false)
  expect(link.lift(delay.id)).toBe(true)
  expect(link.isClear(2)).toBe(true)
  expect(link.judge(2, message())).toEqual({ kind: 'pass' })
  expect(link.lift(delay.id)).toBe(false)
})

test('a link is not clear before its last message in turn has arrived', () => {
  const link = fate([fault({ kind: 'delay', delayMs: 10, rule: { count: 1 } })])
  link.judge(0, message())
  expect(link.judge(4, message())).toEqual({ kind: 'deliver', dueMs: 10, copies: 0 })
  expect(link.judge(11, message())).toEqual({ kind: 'pass' })
})

test('a link that goes on where another one was judges as it would have', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(anyFault, anyReorder), { maxLength: 4 }), fc.nat({ max: 40 }), (faults, before) => {
      const first = fate(faults, { network: { delayMs: 2, jitterMs: 5 } })
      const second = fate([], { network: { delayMs: 2, jitterMs: 5 } })
      judged(first, before)
      second.continue(structuredClone(first.data))
      const rest = (link: LinkFate) => Array.from({ length: 30 }, (_, index) => link.judge(before + index, message()))
      expect(rest(second)).toEqual(rest(first))
    }),
  )
})
