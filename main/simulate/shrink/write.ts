/** A trial as the text of a scenario file: what is as usual is left out, and every step stands on a line. */
import { isDeepStrictEqual } from 'node:util'
import { stringify } from 'yaml'
import { loadSchema, runConfigSchema } from '../../../protocols/core/config.ts'
import type { AnyProtocol } from '../../../protocols/core/machine.ts'
import type { Step, StepKind } from '../../scenario/format.ts'
import type { Trial } from './trial.ts'

interface Fields {
  readonly [name: string]: unknown
}

/** Reads back as this trial, and means the same. */
export function written(trial: Trial, protocol: AnyProtocol, name: string): string {
  const { expect, limitMs, steps } = trial
  const lines = [`name: ${scalar(name.slice(0, 120))}`, `run: ${inline(runOf(trial, protocol))}`]
  if (limitMs !== 120_000) lines.push(`limitMs: ${limitMs}`)
  lines.push('steps:', ...steps.map((step, index) => `  - ${inStep(stepOf(step, steps.slice(0, index)))}`))
  if (Object.keys(expect).length > 0) lines.push(`expect: ${inline(expect)}`)
  return `${lines.join('\n')}\n`
}

function inStep(step: Fields): string {
  const [first, ...more] = Object.entries(step)
  return first && more.length === 0 ? `${first[0]}: ${inline(first[1])}` : inline(step)
}

function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`
  if (typeof value !== 'object' || value === null) return scalar(value)
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  return fields.length === 0 ? '{}' : `{ ${fields.map(([name, field]) => `${scalar(name)}: ${inline(field)}`).join(', ')} }`
}

/** A string as it may stand between braces. */
function scalar(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value)
  const [text] = stringify([value], { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: false }).split('\n')
  return (text as string).slice(1, -1)
}

/** What is not as usual of the run's configuration. */
function runOf({ run }: Trial, protocol: AnyProtocol): Fields {
  const usual = runConfigSchema.parse({ service: run.service, protocol: run.protocol })
  const { name: _, mode: __, options, load, nodes, seed, ...rest } = run
  const own = different(options, protocol.options.parse({}) as Fields)
  return {
    ...{ protocol: run.protocol, service: run.service, nodes, seed },
    ...different(rest, usual as unknown as Fields),
    ...(load ? { load: different(load, loadSchema.parse({})) } : {}),
    ...(Object.keys(own).length === 0 ? {} : { options: own }),
  }
}

const different = (values: object, usual: Fields): Fields =>
  Object.fromEntries(Object.entries(values).filter(([name, value]) => value !== undefined && !isDeepStrictEqual(value, usual[name])))

/** Such a step takes no time at all. */
const AT_ONCE: readonly StepKind[] = ['crash', 'pause', 'wipe', 'remove', 'arm', 'ask', 'clock', 'disk', 'lift', 'load']

function stepOf({ do: kind, ...step }: Step, before: readonly Step[]): Fields {
  const { [kind]: what, as, atMs, ...others } = step as Fields
  const fields: { [name: string]: unknown } = { [kind]: kind === 'arm' ? faultOf(what as Fields) : what, as, ...others }
  if (kind === 'client' && fields.expect === 'ok') delete fields.expect
  if (kind === 'clock') for (const name of ['skewMs', 'driftPpm']) if (fields[name] === 0) delete fields[name]
  // What takes time, a restart, would hold the next one up when it has no time of its own.
  const isFirst = atMs === 0 && AT_ONCE.includes(kind) && before.every((earlier) => earlier.atMs === 0 && AT_ONCE.includes(earlier.do))
  if (!isFirst) fields.atMs = atMs
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

function faultOf({ target, jitterMs, copies, ...fault }: Fields): Fields {
  return {
    ...fault,
    ...(jitterMs === 0 ? {} : { jitterMs }),
    ...(copies === 1 ? {} : { copies }),
    ...(isDeepStrictEqual(target, { all: true }) ? {} : { target }),
  }
}
