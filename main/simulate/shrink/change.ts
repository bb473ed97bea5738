/**
 * Random changes to a trial, small and large: another seed, a deed fewer, earlier, on other links; a fault or an operation
 * more, if that makes something else unnecessary. None of them knows the protocol: options are numbers and switches, messages are names.
 */
import type { Load } from '../../../protocols/core/config.ts'
import type { Step } from '../../scenario/format.ts'
import { tellingMs } from './aim.ts'
import { type Change, deedsOf, lengthMs, nodeOf, nodesOf, renamed, watchOf, withDeeds, withoutNodes, withoutOrphans } from './deeds.ts'
import type { Dice } from './dice.ts'
import { addFault, aim, certain, join, narrow, otherFault, stray, widen } from './faults.ts'
import { instead } from './instead.ts'
import type { Sent } from './letters.ts'
import { lied, retold, told } from './tell.ts'
import { type Bench, isSafety, type Trial } from './trial.ts'

export const SEEDS = 100_000

const reseed: Change = (trial, dice) => reseeded(trial, dice)

const drop: Change = (trial, dice) => {
  const deeds = deedsOf(trial)
  if (deeds.length === 0) return undefined
  const share = dice.oneOf([0, 0, 0.3, 0.6])
  const one = dice.below(deeds.length)
  return withDeeds(
    trial,
    deeds.filter((_, index) => index !== one && !dice.chance(share)),
  )
}

const dropEnds: Change = (trial, dice) => {
  const kind = dice.oneOf(['lift', 'restart', 'resume', 'clock', 'disk', 'ask', 'arm', 'load'])
  return withDeeds(
    trial,
    deedsOf(trial).filter((step) => step.do !== kind),
  )
}

const retime: Change = (trial, dice) => {
  const deeds = deedsOf(trial)
  if (deeds.length === 0) return undefined
  const one = dice.below(deeds.length)
  const nowMs = (deeds[one] as Step).atMs ?? 0
  const atMs = dice.oneOf([
    0,
    dice.between(0, lengthMs(trial) * 1.2),
    nowMs * dice.between(0.7, 1.2),
    // By less than a message takes, or by a few.
    Math.max(0, nowMs + dice.between(-1, 1) * dice.oneOf([0.3, 3])),
    dice.oneOf(deeds).atMs ?? 0,
  ])
  return withDeeds(
    trial,
    deeds.map((step, index) => (index === one ? { ...step, atMs } : step)),
  )
}

const squeeze: Change = (trial, dice) => {
  const factor = dice.between(0.2, 1)
  const lessMs = dice.chance(0.5) ? dice.between(0, lengthMs(trial)) : 0
  const times = (atMs: number) => Math.max(0, atMs - lessMs) * (lessMs > 0 ? 1 : factor)
  return withDeeds(
    trial,
    deedsOf(trial).map((step) => ({ ...step, atMs: times(step.atMs ?? 0) })),
  )
}

const fewerNodes: Change = (trial, dice, { protocol }) => {
  const nodes = Math.max(protocol.clusterSize.min, dice.oneOf([trial.run.nodes - 1, 3, 2, 1]))
  return nodes < trial.run.nodes ? onNodes(trial, nodes) : undefined
}

/** On so many nodes: the others, and what befalls them alone, are left out. Spare seats, the last, go first. */
export function onNodes(trial: Trial, nodes: number): Trial {
  const isGone = (node: string) => /^n[0-9]+$/.test(node) && Number(node.slice(1)) > nodes
  const steps = trial.steps.map((step) => withoutNodes(step, isGone)).filter((step) => step !== undefined)
  const spares = Math.max(0, trial.run.spares - (trial.run.nodes - nodes))
  return { ...trial, run: { ...trial.run, nodes, spares }, steps: withoutOrphans(steps) }
}

/** So many seats, the last, are empty when it begins: who sits there need not come later, or comes only when it is added. */
export function withSpares(trial: Trial, spares: number): Trial {
  const members = trial.run.nodes - spares
  const steps = trial.steps.filter((step) => step.do !== 'add' || Number(step.add.slice(1)) > members)
  return { ...trial, run: { ...trial.run, spares }, steps }
}

const seats: Change = (trial, dice, { protocol }) => {
  const { nodes, spares } = trial.run
  const other = dice.oneOf([0, dice.below(nodes)])
  return other === spares || !protocol.membership ? undefined : withSpares(trial, other)
}

/** A member, and what befalls it, was never there: its seat is the first of the empty ones. */
export const neverThere: Change = (trial, dice, { protocol }) => {
  const { nodes, spares } = trial.run
  const members = nodes - spares
  if (!protocol.membership || members < 2) return undefined
  const [gone, last] = [`n${1 + dice.below(members)}`, `n${members}`]
  const swapped = trial.steps.map((step) => renamed(step, (node) => (node === gone ? last : node === last ? gone : node)) ?? step)
  const steps = swapped.map((step) => withoutNodes(step, (node) => node === last)).filter((step) => step !== undefined)
  return { ...trial, run: { ...trial.run, spares: spares + 1 }, steps: withoutOrphans(steps) }
}

const swapNodes: Change = (trial, dice) => {
  const [a, b] = [dice.oneOf(nodesOf(trial)), dice.oneOf(nodesOf(trial))]
  if (a === b) return undefined
  const rename = (node: string) => (node === a ? b : node === b ? a : node)
  const one = dice.chance(0.5) ? dice.below(trial.steps.length) : undefined
  const steps = trial.steps.map((step, index) => (one === undefined || index === one ? (renamed(step, rename) ?? step) : step))
  return { ...trial, steps }
}

export const option: Change = (trial, dice, { protocol }) => {
  const known = protocol.options.parse(trial.run.options) as { [name: string]: unknown }
  const settings = Object.entries(known).filter((entry): entry is [string, number | boolean] => isSetting(entry[1]))
  if (settings.length === 0) return undefined
  // What is not as usual matters, as a rule.
  const usual = protocol.options.parse({}) as { [name: string]: unknown }
  const own = settings.filter(([name, value]) => value !== usual[name])
  const [name, value] = dice.oneOf(own.length > 0 && dice.chance(0.5) ? own : settings)
  const numbers = settings.map(([, other]) => other).filter((other) => typeof other === 'number')
  const other =
    typeof value === 'boolean' ? !value : dice.oneOf([1, Math.ceil(value / 2), value * 2, value * 10, 10_000, dice.oneOf(numbers)])
  const options = { ...known, [name]: other }
  return protocol.options.safeParse(options).success ? { ...trial, run: { ...trial.run, options } } : undefined
}

const isSetting = (value: unknown): value is number | boolean => typeof value === 'number' || typeof value === 'boolean'

const network: Change = (trial, dice) => {
  const delayMs = dice.oneOf([0, 0, 0, 5, 20, 50, 100])
  return { ...trial, run: { ...trial.run, network: { delayMs, jitterMs: dice.oneOf([0, 0, delayMs]) } } }
}

const fewerAsked: Change = (trial, dice) => {
  const { load, ...run } = trial.run
  if (load) return { ...trial, run: dice.chance(0.3) ? run : { ...run, load: lighter(load, dice) } }
  const deeds = deedsOf(trial)
  const one = dice.oneOf(deeds.filter((step) => step.do === 'load'))
  if (one?.do !== 'load' || typeof one.load !== 'object') return undefined
  const fewer = { ...one, load: lighter(one.load, dice) }
  return withDeeds(
    trial,
    deeds.map((step) => (step === one ? fewer : step)),
  )
}

const lighter = (load: Load, dice: Dice): Load => ({
  ...load,
  clients: dice.oneOf([1, 2, load.clients]),
  operations: dice.oneOf([1, 2, 3, 5, 10]),
  rate: dice.oneOf([0, load.rate, 20]),
  keys: dice.oneOf([1, load.keys]),
})

/** Who asks from the beginning on comes later, when there is somebody who answers. */
export const askedLater: Change = (trial, dice) => {
  const { load, ...run } = trial.run
  if (!load || !isSafety(trial)) return undefined
  return withDeeds({ ...trial, run }, [...deedsOf(trial), { do: 'load', load, atMs: dice.between(0, lengthMs(trial)) }])
}

export const ask: Change = (trial, dice, { service }) => {
  const deeds = deedsOf(trial)
  const asked = deeds.flatMap((step, index) => (step.do === 'ask' ? [index] : []))
  const of = dice.chance(0.8) ? { of: dice.oneOf(nodesOf(trial)) } : {}
  if (asked.length > 0 && dice.chance(0.7)) {
    const one = dice.oneOf(asked)
    return withDeeds(
      trial,
      deeds.map((step, index) => {
        if (index !== one || step.do !== 'ask') return step
        const { of: _, by: __, ...rest } = step
        return { ...rest, ...of, ...(dice.chance(0.5) && step.by !== undefined ? { by: step.by } : {}) }
      }),
    )
  }
  const load = { readMix: 1, writeMix: 1, casMix: 0.6, keys: 1, valueBytes: 1 }
  const op = service.format(service.draw(load, () => dice.below(2 ** 32), deeds.length + 1))
  const by = dice.chance(0.5) ? { by: dice.oneOf(['a', 'b']) } : {}
  return withDeeds(trial, [...deeds, { do: 'ask', ask: op, ...by, ...of, atMs: dice.between(0, lengthMs(trial)) }])
}

/** A deed is done when something is sent. */
const aimDeed: Change = (trial, dice, _, sent) => {
  const deeds = deedsOf(trial)
  if (sent.length === 0 || deeds.length === 0) return undefined
  const one = dice.below(deeds.length)
  return withDeeds(
    trial,
    deeds.map((step, index) => (index === one ? { ...step, atMs: tellingMs(sent, dice) } : step)),
  )
}

/** What comes after some moment comes sooner. */
const closeGap: Change = (trial, dice) => {
  const deeds = deedsOf(trial)
  if (deeds.length === 0) return undefined
  const fromMs = dice.oneOf(deeds).atMs ?? 0
  const lessMs = dice.between(0, dice.oneOf([20, 100, 400]))
  return withDeeds(
    trial,
    deeds.map((step) => ((step.atMs ?? 0) < fromMs ? step : { ...step, atMs: Math.max(fromMs - lessMs, 0, (step.atMs ?? 0) - lessMs) })),
  )
}

export const befall: Change = (trial, dice, _, sent) => {
  const node = dice.oneOf(nodesOf(trial))
  const atMs = sent.length > 0 && dice.chance(0.5) ? tellingMs(sent, dice) : dice.oneOf([0, dice.between(0, lengthMs(trial))])
  const backMs = atMs + dice.between(1, 100)
  const deeds = deedsOf(trial)
  const more = dice.oneOf<Step[]>([
    [{ do: 'crash', crash: node, atMs }],
    [
      { do: 'crash', crash: node, atMs },
      { do: 'restart', restart: node, atMs: backMs },
    ],
    [{ do: 'pause', pause: node, atMs }],
    [
      { do: 'pause', pause: node, atMs },
      { do: 'resume', resume: node, atMs: backMs + 100 },
    ],
    [{ do: 'disk', disk: node, syncMs: { min: 1000, max: 1000 }, atMs }],
    [{ do: 'clock', clock: node, skewMs: 0, driftPpm: dice.oneOf([-500_000, 500_000]), atMs }],
  ])
  // One misfortune of its own at a time.
  return withDeeds(trial, [...deeds.filter((step) => nodeOf(step) !== node || dice.chance(0.5)), ...more])
}

/** Somebody is told something more. */
export const tellMore: Change = (trial, dice, bench) => {
  const more = told(trial, dice, bench)
  return more && withDeeds(trial, [...deedsOf(trial), { ...more, atMs: dice.between(0, lengthMs(trial)) }])
}

/** A node lies from the beginning, as long as so many may; or who lies does so otherwise. */
export const lie: Change = (trial, dice, bench) => {
  const { liars = 0 } = bench
  const deeds = deedsOf(trial)
  const lying = deeds.filter((step) => step.do === 'tell' && step.control === 'lie')
  const one = lying.length < liars ? undefined : dice.oneOf(lying)
  const other = liars > 0 ? lied(trial, dice, bench, one?.do === 'tell' ? one : undefined) : undefined
  if (!other) return undefined
  return withDeeds(trial, one ? deeds.map((step) => (step === one ? other : step)) : [...deeds, { ...other, atMs: 0 }])
}

/** Who sits on an empty seat comes. */
export const seat: Change = (trial, dice) => {
  const { nodes, spares } = trial.run
  if (spares === 0) return undefined
  const add = `n${nodes - dice.below(spares)}`
  return withDeeds(trial, [...deedsOf(trial), { do: 'add', add, atMs: dice.between(0, lengthMs(trial)) }])
}

/** A node is told something else, or something more. */
const tell: Change = (trial, dice, bench) => {
  const deeds = deedsOf(trial)
  const one = dice.oneOf(deeds.filter((step) => step.do === 'tell'))
  if (one?.do !== 'tell' || dice.chance(0.2)) return tellMore(trial, dice, bench, [])
  const other = retold(one, trial, dice, bench)
  return withDeeds(
    trial,
    deeds.map((step) => (step === one ? other : step)),
  )
}

/** What is waited for in vain is waited for more briefly, or a little longer. */
export const impatient: Change = (trial, dice) => {
  const last = watchOf(trial)
  if (last.withinMs === undefined) return undefined
  const withinMs = Math.max(1, Math.round(last.withinMs * dice.oneOf([0.3, 0.5, 0.8, 0.9, 0.95, 1.2])))
  return { ...trial, steps: [...deedsOf(trial), { ...last, withinMs }] }
}

type Weighted = readonly (readonly [number, Change])[]

const CHANGES: Weighted = [
  [6, reseed],
  [6, drop],
  [1, dropEnds],
  [4, retime],
  [2, squeeze],
  [1.5, closeGap],
  [6, aim],
  [2, aimDeed],
  [1, fewerNodes],
  [0.5, seats],
  [1, neverThere],
  [1, swapNodes],
  [3, option],
  [0.5, network],
  [2, fewerAsked],
  [2, askedLater],
  [2, ask],
  [4, addFault],
  [3, otherFault],
  [1, certain],
  [1.5, befall],
  [1.5, tell],
  [2, lie],
  [0.5, seat],
]
/** Where events alone count: a fault is one, however much it touches. */
const WITHOUT_WORDS: Weighted = [
  [2, stray],
  [2, widen],
  [1, narrow],
  [2, join],
  [2, instead],
]
const IN_VAIN: Weighted = [[8, impatient]]

function drawn(dice: Dice, changes: Weighted): Change {
  let at = dice.between(
    0,
    changes.reduce((sum, [weight]) => sum + weight, 0),
  )
  for (const [weight, change] of changes) {
    at -= weight
    if (at <= 0) return change
  }
  return reseed
}

/** The same under another seed: what is right may have had bad luck. */
export const reseeded = (trial: Trial, dice: Dice): Trial => ({ ...trial, run: { ...trial.run, seed: 1 + dice.below(SEEDS) } })

/** One to three changes at once. */
export function changed(trial: Trial, dice: Dice, bench: Bench, sent: readonly Sent[], areWordsFree = false): Trial {
  let result = trial
  const changes = [...CHANGES, ...(isSafety(trial) ? [] : IN_VAIN), ...(areWordsFree ? WITHOUT_WORDS : [])]
  for (let left = dice.oneOf([1, 1, 2, 3]); left > 0; left--) {
    const next = drawn(dice, changes)(result, dice, bench, sent)
    // What it must fail of may be asked of a node that is gone then.
    if (next && watchOf(next)?.do === watchOf(trial).do) result = next
  }
  return result === trial ? (reseed(trial, dice, bench, sent) as Trial) : result
}
