/** Random changes to what befalls messages: a fault more, another one, on other links; what is lost by chance is lost by name, or never arrives. */
import { messageTypesOf } from '../../../protocols/core/event.ts'
import { CLIENTS } from '../../../protocols/core/ids.ts'
import type { Step } from '../../scenario/format.ts'
import { aimedFault, astray, losing, NEVER_MS, oneOfThem } from './aim.ts'
import { type Change, deedsOf, lengthMs, newLabel, nodesOf, withDeeds } from './deeds.ts'
import type { Dice } from './dice.ts'
import { joinFaults, narrowed, widened } from './join.ts'
import type { Sent } from './letters.ts'
import type { Bench, Trial } from './trial.ts'

type Arm = Extract<Step, { do: 'arm' }>

/** One node from the others or from the clients, or two nodes, in one direction or both. */
const target = (trial: Trial, dice: Dice): { [key: string]: unknown } => {
  const nodes = nodesOf(trial)
  const a = dice.oneOf(nodes)
  const others = nodes.filter((node) => node !== a)
  const far = dice.oneOf([[CLIENTS], others, others, [dice.oneOf(others)], [dice.oneOf(others)]]).filter((node) => node !== undefined)
  const [away, back] = [far.map((node) => [a, node]), far.map((node) => [node, a])]
  return far.length === 0 ? { all: true } : { links: dice.oneOf([away, back, [...away, ...back]]) }
}

const fault = (trial: Trial, dice: Dice, { protocol }: Bench): Arm['arm'] => {
  const rule = dice.chance(0.5)
    ? {
        rule: {
          types: [dice.oneOf(messageTypesOf(protocol))],
          ...(dice.chance(0.3) ? { count: 1 } : {}),
          ...(dice.chance(0.3) ? { skip: 1 } : {}),
        },
      }
    : {}
  const on = { target: target(trial, dice), ...rule }
  return dice.oneOf<Arm['arm']>([
    { kind: 'delay', delayMs: NEVER_MS, ...on },
    { kind: 'delay', delayMs: dice.oneOf([20, 100, 300]), ...on },
    { kind: 'cut', ...on },
    { kind: 'duplicate', probability: 1, ...on },
    { kind: 'reorder', probability: 1, windowMs: dice.oneOf([50, 200]), ...on },
  ])
}

export const addFault: Change = (trial, dice, bench) => {
  const deeds = deedsOf(trial)
  const atMs = dice.oneOf([0, dice.between(0, lengthMs(trial)), dice.oneOf([...deeds, { atMs: 0 }]).atMs ?? 0])
  const as = newLabel(deeds)
  const lift: Step[] = dice.chance(0.4) ? [{ do: 'lift', lift: as, atMs: atMs + dice.between(20, 300) }] : []
  return withDeeds(trial, [...deeds, { do: 'arm', arm: fault(trial, dice, bench), as, atMs }, ...lift])
}

export const otherFault: Change = (trial, dice, bench) => {
  const deeds = deedsOf(trial)
  const armed = deeds.flatMap((step, index) => (step.do === 'arm' ? [index] : []))
  if (armed.length === 0) return undefined
  const one = dice.oneOf(armed)
  return withDeeds(
    trial,
    deeds.map((step, index) => {
      if (index !== one || step.do !== 'arm') return step
      const other = fault(trial, dice, bench)
      const { rule: _, ...unruled } = step.arm
      return {
        ...step,
        arm: dice.oneOf([
          other,
          { ...other, target: step.arm.target },
          { ...step.arm, target: other.target },
          unruled,
          { ...unruled, ...(other.rule === undefined ? {} : { rule: other.rule }) },
        ]),
      }
    }),
  )
}

export const aim: Change = (trial, dice, _, sent) => {
  if (sent.length === 0) return undefined
  const deeds = deedsOf(trial)
  const { arm, atMs } = aimedFault(sent, dice)
  return withDeeds(trial, [...deeds, { do: 'arm', arm, as: newLabel(deeds), atMs }])
}

/** A fault befalls one more link or kind of message, of those that are known to be used; or one fewer. */
export const widen: Change = (trial, dice, _, sent) =>
  onFault(trial, dice, (arm) => (sent.length > 0 ? widened(arm, dice.oneOf(sent), dice) : undefined))
export const narrow: Change = (trial, dice) => onFault(trial, dice, (arm) => narrowed(arm, dice))

function onFault(trial: Trial, dice: Dice, change: (arm: Arm['arm']) => Arm['arm'] | undefined): Trial | undefined {
  const deeds = deedsOf(trial)
  const one = dice.oneOf(deeds.filter((step) => step.do === 'arm'))
  const arm = one?.do === 'arm' ? change(one.arm) : undefined
  return (
    arm &&
    withDeeds(
      trial,
      deeds.map((step) => (step === one ? ({ ...one, arm } as Step) : step)),
    )
  )
}

/** What was lost never arrives instead, which leaves no event behind. What heals would bring it, and may be needless then. */
export const stray: Change = (trial, dice) => {
  const deeds = deedsOf(trial)
  const losses = deeds.filter((step) => step.do === 'arm' && (step.arm.kind === 'cut' || step.arm.kind === 'loss'))
  if (losses.length === 0) return undefined
  const [one, all, heals] = [dice.oneOf(losses), dice.chance(0.5), dice.chance(0.5)]
  return withDeeds(
    trial,
    deeds.flatMap((step) => {
      if (step.do === 'heal' && !heals) return []
      if (step.do !== 'arm' || !(all ? losses.includes(step) : step === one)) return [step]
      const { target, rule } = step.arm
      return [{ ...step, arm: { ...astray, target, ...(rule === undefined ? {} : { rule }) } }]
    }),
  )
}

/** What befalls messages by chance befalls one of them for certain. */
export const certain: Change = (trial, dice, _, sent) => {
  const deeds = deedsOf(trial)
  const one = dice.oneOf(deeds.filter((step) => step.do === 'arm' && 'probability' in step.arm))
  if (one?.do !== 'arm' || sent.length === 0) return undefined
  const { from, to, type, before } = oneOfThem(sent, dice)
  const rule = { types: [type], ...(before > 0 ? { skip: before } : {}), count: 1 }
  const arm = { ...one.arm, probability: 1, target: { links: [[from, to]] }, rule } as Arm['arm']
  return withDeeds(
    trial,
    deeds.map((step) => (step === one ? { ...one, arm } : step)),
  )
}

/** Two faults become one. */
export const join: Change = (trial, dice) => {
  const deeds = deedsOf(trial)
  const [one, other] = [dice.oneOf(deeds), dice.oneOf(deeds)]
  if (one?.do !== 'arm' || other?.do !== 'arm' || one === other) return undefined
  const arm = joinFaults(one.arm, other.arm, dice)
  return withDeeds(
    trial,
    deeds.flatMap((step) => (step === other ? [] : [step === one ? { ...one, arm } : step])),
  )
}

/** So many messages can be lost one by one. */
const LOST_MAX = 16

/** What is lost by chance is lost by name instead: the run stays as it is, and each loss can go by itself. Undefined when nothing is, or too much. */
export function named(trial: Trial, sent: readonly Sent[]): Trial | undefined {
  const deeds = deedsOf(trial)
  const arms = deeds.filter(({ do: kind }) => kind === 'arm')
  const byChance = arms.filter((step) => step.do === 'arm' && step.arm.kind === 'loss')
  const ids = new Set(byChance.map((step) => `f${arms.indexOf(step) + 1}`)) // as a run counts its faults
  const lost = sent.filter(({ lostBy }) => lostBy !== undefined && ids.has(lostBy))
  if (byChance.length === 0 || lost.length > LOST_MAX) return undefined
  let rest = deeds.filter((step) => !byChance.includes(step))
  for (const arm of losing(lost)) rest = [...rest, { do: 'arm', arm, as: newLabel(rest), atMs: 0 }]
  return withDeeds(trial, rest)
}
