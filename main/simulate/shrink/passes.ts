/** How a trial is made smaller under its own seed: what can be left out, and what can be said more simply. */
import { isDeepStrictEqual } from 'node:util'
import type { Json } from '../../../protocols/core/json.ts'
import type { Pass, Removal, Simplification } from '../../../protocols/sim/shrink/reduce.ts'
import type { Step } from '../../scenario/format.ts'
import { onNodes, withSpares } from './change.ts'
import { inTime, withoutOrphans } from './deeds.ts'
import { type Bench, isSafety, type Trial } from './trial.ts'

type Arm = Extract<Step, { do: 'arm' }>
type Fault = Arm['arm'] & { rule?: { [key: string]: unknown }; target?: { links?: unknown[]; groups?: string[][] } }

type Lie = { readonly [part: string]: Json }

/** Seeds that are tried in place of a longer one. */
const SEEDS = 40

/** `isFree`: whoever tests the result knows that the protocol is at fault, and not what is left of the demands. */
export const passesOf = (bench: Bench, isFree: boolean): readonly Pass<Trial>[] => [
  leavingOut(bench, isFree),
  { name: 'simpler', simpler: (trial) => simpler(trial, bench, isFree) } satisfies Simplification<Trial>,
]

type Part = { readonly step: number } | { readonly option: string } | { readonly setting: 'network' | 'load' | 'sync' }

/** Without a time of its own a step is part of what is demanded: it stays. So does a heal, or any protocol would fail. */
const canGo = (step: Step): boolean => step.atMs !== undefined && step.do !== 'heal' && step.do !== 'wait' && step.do !== 'client'

function leavingOut({ protocol }: Bench, isFree: boolean): Removal<Trial> {
  const usual = protocol.options.parse({}) as { [name: string]: unknown }
  const partsOf = ({ run, steps }: Trial): Part[] => {
    const isCompared = isFree && !isSafety({ steps })
    return [
      ...Object.keys(run.options).flatMap((option) => (isDeepStrictEqual(run.options[option], usual[option]) ? [] : [{ option }])),
      ...(run.network.delayMs > 0 || run.network.jitterMs > 0 ? [{ setting: 'network' } as const] : []),
      ...(run.load && isFree ? [{ setting: 'load' } as const] : []),
      ...(run.sync === 'batch' ? [] : [{ setting: 'sync' } as const]),
      ...steps.flatMap((step, index) => ((isCompared ? index < steps.length - 1 : canGo(step)) ? [{ step: index }] : [])),
    ]
  }
  return {
    name: 'leaving out',
    parts: (trial) => partsOf(trial).length,
    without(trial, gone) {
      const parts = partsOf(trial).filter((_, index) => gone.has(index))
      const steps = new Set(parts.flatMap((part) => ('step' in part ? [part.step] : [])))
      const options = { ...trial.run.options }
      for (const part of parts) if ('option' in part) options[part.option] = usual[part.option]
      const settings = new Set(parts.flatMap((part) => ('setting' in part ? [part.setting] : [])))
      const { load, ...rest } = trial.run
      const run = {
        ...{ ...rest, options },
        ...(load && !settings.has('load') ? { load } : {}),
        ...(settings.has('network') ? { network: { delayMs: 0, jitterMs: 0 } } : {}),
        ...(settings.has('sync') ? { sync: 'batch' as const } : {}),
      }
      return { ...trial, run, steps: withoutOrphans(trial.steps.filter((_, index) => !steps.has(index))) }
    },
  }
}

function* simpler(trial: Trial, bench: Bench, isFree: boolean): Iterable<Trial> {
  const { run, steps } = trial
  const usual = bench.protocol.options.parse({}) as { [name: string]: unknown }
  const fewer = onNodes(trial, run.nodes - 1)
  // What is demanded must still be there: what happens to the nodes that go is perhaps why it fails.
  if (isFree || fewer.steps.length === steps.length) yield fewer
  if (isFree && run.spares > 0) yield withSpares(trial, 0)
  for (const [index, step] of steps.entries()) {
    for (const other of simplerSteps(step, index === steps.length - 1, isFree && !isSafety(trial))) {
      const changed = steps.map((each, at) => (at === index ? other : each))
      yield { ...trial, steps: other.atMs === step.atMs ? changed : inTime(changed) }
    }
  }
  for (const [name, value] of Object.entries(run.options)) {
    if (typeof value !== 'number' || value === usual[name]) continue
    for (const round of rounder(value)) yield { ...trial, run: { ...run, options: { ...run.options, [name]: round } } }
  }
  for (const load of simplerLoads(run.load, isFree)) yield { ...trial, run: { ...run, load } }
  for (const name of ['delayMs', 'jitterMs'] as const)
    for (const value of rounder(run.network[name])) yield { ...trial, run: { ...run, network: { ...run.network, [name]: value } } }
  for (let seed = 1; seed <= Math.min(SEEDS, run.seed - 1); seed++) yield { ...trial, run: { ...run, seed } }
}

function* simplerSteps(step: Step, isLast: boolean, isCompared: boolean): Iterable<Step> {
  if (step.atMs !== undefined && (isCompared || step.do !== 'heal')) for (const atMs of rounder(step.atMs)) yield { ...step, atMs }
  if (step.do === 'arm') for (const fault of simplerFaults(step.arm as Fault)) yield { ...step, arm: fault }
  if (step.do === 'tell' && Array.isArray(step.with?.lies))
    for (const lies of fewerLies(step.with.lies as readonly Lie[])) yield { ...step, with: { ...step.with, lies: [...lies] } }
  if (step.do === 'load' && typeof step.load === 'object') for (const load of simplerLoads(step.load, true)) yield { ...step, load }
  if (step.do === 'watch' && isLast)
    for (const ms of [10, 20, 50, 100, 200, 500, 1000]) if (ms < step.watch.ms) yield { ...step, watch: { ms } }
  if (step.do === 'wait' && isLast && isCompared && step.withinMs !== undefined)
    for (const withinMs of [50, 100, 200, 300, 500, 700, 1000, 2000, 5000]) if (withinMs < step.withinMs) yield { ...step, withinMs }
  if (step.do === 'ask') {
    const { by: _, ...anybody } = step
    const { of: __, ...anywhere } = step
    if (step.by !== undefined) yield anybody
    if (step.of !== undefined) yield anywhere
  }
  if (step.do === 'clock') {
    for (const skewMs of rounder(step.skewMs)) yield { ...step, skewMs }
    for (const driftPpm of rounder(step.driftPpm)) yield { ...step, driftPpm }
  }
  if (step.do === 'disk' && step.syncMs !== 'usual')
    for (const max of rounder(step.syncMs.max)) if (max >= step.syncMs.min) yield { ...step, syncMs: { ...step.syncMs, max } }
}

/** One lie fewer, or one that is told of everything, or to everybody. */
function* fewerLies(lies: readonly Lie[]): Iterable<readonly Lie[]> {
  for (const [index, one] of lies.entries()) {
    if (lies.length > 1) yield lies.filter((_, at) => at !== index)
    for (const part of ['to', 'kinds'] as const) {
      const { [part]: _, ...rest } = one
      if (one[part] !== undefined) yield lies.map((lie, at) => (at === index ? rest : lie))
    }
  }
}

function* simplerFaults(fault: Fault): Iterable<Fault> {
  const { rule, target, ...rest } = fault
  const on = { ...(target === undefined ? {} : { target }), ...(rule === undefined ? {} : { rule }) }
  if (fault.kind !== 'cut') yield { kind: 'cut', ...on }
  if (rule !== undefined) {
    yield { ...rest, ...(target === undefined ? {} : { target }) }
    for (const key of Object.keys(rule)) {
      const { [key]: _, ...fewer } = rule
      if (Object.keys(fewer).length > 0) yield { ...fault, rule: fewer }
    }
  }
  if (target !== undefined && !('all' in target)) {
    const { target: _, ...everywhere } = fault
    yield everywhere
  }
  const { links } = target ?? {}
  if (links && links.length > 1) for (const link of links) yield { ...fault, target: { links: links.filter((other) => other !== link) } }
  for (const [key, value] of Object.entries(rest)) {
    if (typeof value !== 'number') continue
    if (key === 'probability') yield { ...fault, probability: 1 }
    for (const round of rounder(value)) yield { ...fault, [key]: round }
  }
}

function* simplerLoads(load: Trial['run']['load'], mayEnd: boolean): Iterable<NonNullable<typeof load>> {
  if (!load) return
  for (const name of ['clients', 'keys', 'valueBytes'] as const) {
    if (load[name] > 1) yield { ...load, [name]: 1 }
    if (load[name] > 2) yield { ...load, [name]: Math.floor(load[name] / 2) }
  }
  if (!mayEnd) return
  for (const operations of [1, 2, 5, 10, 20, 50]) if (operations < (load.operations ?? 100)) yield { ...load, operations }
}

/** Fewer digits: 0, then with one significant digit, two, ... down to whole microseconds. */
function* rounder(value: number): Iterable<number> {
  if (value === 0) return
  yield 0
  for (let digits = 1; digits <= 6; digits++) {
    const round = Number(value.toPrecision(digits))
    if (round !== value) yield round
    // Just above counts too: many things need to be late enough.
    const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - digits + 1)
    const above = Number((round + unit).toPrecision(digits + 1))
    if (String(above).length < String(value).length) yield above
  }
}
