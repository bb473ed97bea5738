/**
 * Changes that aim at what the trial before is known to have sent: a message that never arrives, or twice; a node that goes
 * down, a client that asks, a deed that is done at the moment when a message leaves. Blind changes rarely meet such a moment.
 */
import type { Step } from '../../scenario/format.ts'
import type { Dice } from './dice.ts'
import type { Sent } from './letters.ts'

type Arm = Extract<Step, { do: 'arm' }>['arm']

/** So long that it never arrives. Unlike a loss it leaves no event behind. */
export const NEVER_MS = 60_000
/** What overtakes it goes on, so the others of its link are not kept with it. */
export const astray = { kind: 'reorder', probability: 1, windowMs: NEVER_MS } as const
/** Deeds are done in whole microseconds. */
const JUST_MS = 0.001

/** Whatever it is, or first of which type: what is seldom sent is seldom seen to be late. */
export function oneOfThem(sent: readonly Sent[], dice: Dice): Sent {
  const any = dice.oneOf(sent)
  if (dice.chance(0.5)) return any
  const type = dice.oneOf([...new Set(sent.map((one) => one.type))])
  return dice.oneOf(sent.filter((one) => one.type === type))
}

/** A fault that befalls one message of those sent, or all that are like it. */
export function aimedFault(sent: readonly Sent[], dice: Dice): { readonly arm: Arm; readonly atMs: number } {
  const { from, to, type, before, atMs, body } = oneOfThem(sent, dice)
  const there: [string, string][] = [[from, to]]
  const back: [string, string][] = [[to, from]]
  const links = dice.oneOf([there, there, [...there, ...back]])
  const one = { types: [type], ...(before > 0 ? { skip: before } : {}), count: 1 }
  const on = { target: { links: there }, rule: one }
  return dice.oneOf<() => { arm: Arm; atMs: number }>([
    () => ({ arm: { ...astray, ...on }, atMs: 0 }),
    () => ({ arm: { kind: 'cut', ...on }, atMs: 0 }),
    () => ({ arm: { kind: 'duplicate', probability: 1, ...on }, atMs: 0 }),
    () => ({ arm: { kind: 'delay', delayMs: dice.oneOf([20, 100, 300, 600]), ...on }, atMs: 0 }),
    // It comes after what was sent after it.
    () => ({ arm: { ...astray, windowMs: dice.oneOf([20, 100, 300, 1000]), ...on }, atMs: 0 }),
    // From then on nothing passes, or nothing of its type.
    () => ({ arm: { kind: 'delay', delayMs: NEVER_MS, target: { links } }, atMs: Math.max(0, atMs - JUST_MS) }),
    () => ({ arm: { kind: 'delay', delayMs: NEVER_MS, target: { links }, rule: { types: [type] } }, atMs: Math.max(0, atMs - JUST_MS) }),
    () => ({ arm: { kind: 'delay', delayMs: NEVER_MS, target: { links: there }, rule: { types: [type], skip: before } }, atMs: 0 }),
    () => ({
      arm: { ...astray, ...like(type, body, dice), ...dice.oneOf([{ target: { links: there } }, { target: { all: true } }]) },
      atMs: 0,
    }),
  ])()
}

/** Of its type, and as far as one number says the same, or less, or more. */
function like(type: string, body: object, dice: Dice): Pick<Arm, 'rule'> {
  const numbers = Object.entries(body).filter((entry): entry is [string, number] => typeof entry[1] === 'number')
  if (numbers.length === 0) return { rule: { types: [type] } }
  const [path, value] = dice.oneOf(numbers)
  return { rule: { types: [type], where: [{ path, is: dice.oneOf(['=', '<=', '>='] as const), value }] } }
}

/** The faults that lose exactly these messages, whatever the dice say. */
export function losing(lost: readonly Sent[]): Arm[] {
  const links = new Map<string, Sent[]>()
  for (const one of lost) {
    const key = `${one.from} ${one.to} ${one.type}`
    links.set(key, [...(links.get(key) ?? []), one])
  }
  // The same rule on several links is one fault.
  const faults = new Map<string, { types: [string]; skip: number; count: number; links: [string, string][] }>()
  for (const [first, ...more] of links.values() as Iterable<[Sent, ...Sent[]]>) {
    const { from, to, type } = first
    const spans = [{ skip: first.before, count: 1 }]
    for (const { before } of more) {
      const span = spans.at(-1) as { skip: number; count: number }
      // What an earlier fault has taken a later one does not count, so that `skip` counts what is left.
      const passed = before - spans.reduce((sum, { count }) => sum + count, 0)
      if (passed === span.skip) span.count += 1
      else spans.push({ skip: passed, count: 1 })
    }
    for (const { skip, count } of spans) {
      const key = `${type} ${skip} ${count}`
      const fault = faults.get(key) ?? { types: [type], skip, count, links: [] }
      fault.links.push([from, to])
      faults.set(key, fault)
    }
  }
  return [...faults.values()].map(({ links: on, skip, ...rule }) => ({
    kind: 'cut',
    target: { links: on },
    rule: { ...rule, ...(skip > 0 ? { skip } : {}) },
  }))
}

/** When something that is known was sent, or just before or soon after. */
export function tellingMs(sent: readonly Sent[], dice: Dice): number {
  const { atMs } = dice.oneOf(sent)
  return Math.max(0, atMs + dice.oneOf([-JUST_MS, JUST_MS, dice.between(0, 1), dice.between(0, 3)]))
}
