/** What can be said of the deeds of a trial without knowing what they are for: which nodes they name, what belongs together, whether they can be left out. */
import type { Step } from '../../scenario/format.ts'
import type { Dice } from './dice.ts'
import type { Sent } from './letters.ts'
import type { Bench, Trial } from './trial.ts'

/** Undefined where there is nothing to change. `sent`: what is known to be sent in it. */
export type Change = (trial: Trial, dice: Dice, bench: Bench, sent: readonly Sent[]) => Trial | undefined

export const deedsOf = (trial: Trial): Step[] => trial.steps.slice(0, -1)
export const nodesOf = (trial: Trial): string[] => Array.from({ length: trial.run.nodes }, (_, index) => `n${index + 1}`)
/** At least so long, milliseconds. */
export const lengthMs = (trial: Trial): number => Math.max(50, ...trial.steps.map(({ atMs }) => atMs ?? 0))
export const watchOf = (trial: Trial): Step => trial.steps.at(-1) as Step
export const withDeeds = (trial: Trial, deeds: readonly Step[]): Trial => ({
  ...trial,
  steps: [...withoutOrphans(inTime(deeds)), watchOf(trial)],
})

/** Names of nodes are replaced wherever they stand; undefined when one of them is to be gone. */
export function renamed(step: Step, rename: (node: string) => string | undefined): Step | undefined {
  let isGone = false
  const visit = (value: unknown, key?: string): unknown => {
    if (key === 'ask' || key === 'client' || key === 'by' || key === 'rule') return value
    if (typeof value === 'string' && /^n[1-9][0-9]*$/.test(value)) {
      const name = rename(value)
      if (name === undefined) isGone = true
      return name
    }
    if (Array.isArray(value)) return value.map((item) => visit(item))
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, visit(item, name)]))
    return value
  }
  const result = visit(step) as Step
  return isGone ? undefined : result
}

/** In groups, links and lists those that are gone are left out, if there is still something to part. */
export function withoutNodes(step: Step, isGone: (node: string) => boolean): Step | undefined {
  const isThere = (value: unknown) => typeof value !== 'string' || !isGone(value)
  if (step.do === 'arm') {
    const target = step.arm.target as { links?: [string, string][]; groups?: string[][] } | undefined
    if (target?.groups) {
      const groups = target.groups.map((group) => group.filter((node) => !isGone(node))).filter((group) => group.length > 0)
      return groups.length < 2 ? undefined : { ...step, arm: { ...step.arm, target: { groups } } }
    }
    if (target?.links) {
      const links = target.links.filter(([from, to]) => !isGone(from) && !isGone(to))
      return links.length === 0 ? undefined : { ...step, arm: { ...step.arm, target: { links } } }
    }
    return step
  }
  if (step.do === 'tell' && step.with !== undefined) {
    const lists = Object.entries(step.with).map(([name, value]) => [name, Array.isArray(value) ? value.filter(isThere) : value] as const)
    if (lists.some(([, value]) => Array.isArray(value) && value.length === 0)) return undefined
    return renamed({ ...step, with: Object.fromEntries(lists) }, (node) => (isGone(node) ? undefined : node))
  }
  if (step.do === 'ask' && step.of !== undefined && isGone(step.of)) {
    const { of: _, ...asked } = step
    return asked
  }
  return renamed(step, (node) => (isGone(node) ? undefined : node))
}

/** A lift without its fault lifts nothing, so it goes as well. */
export function withoutOrphans(steps: readonly Step[]): Step[] {
  const armed = new Set<string>()
  return steps.filter((step) => {
    if ((step.do === 'arm' || step.do === 'partition') && step.as !== undefined) armed.add(step.as)
    return step.do === 'lift' ? armed.has(step.lift) : step.do === 'release' ? armed.has(step.release) : true
  })
}

/** In order of time; equal times keep their order, and what has no time stays last. */
export const inTime = (steps: readonly Step[]): Step[] =>
  steps.toSorted((a, b) => (a.atMs ?? Number.POSITIVE_INFINITY) - (b.atMs ?? Number.POSITIVE_INFINITY))

export const nodeOf = (step: Step): string | undefined => {
  switch (step.do) {
    case 'crash':
      return step.crash
    case 'restart':
      return step.restart
    case 'pause':
      return step.pause
    case 'resume':
      return step.resume
    case 'wipe':
      return step.wipe
    case 'add':
      return step.add
    case 'remove':
      return step.remove
    case 'tell':
      return step.tell
    case 'clock':
      return step.clock
    case 'disk':
      return step.disk
    default:
      return undefined
  }
}

/** A name for one more fault. */
export const newLabel = (deeds: readonly Step[]): string =>
  `f${1 + Math.max(0, ...deeds.map((step) => (step.do === 'arm' && /^f[0-9]+$/.test(step.as ?? '') ? Number(step.as?.slice(1)) : 0)))}`
