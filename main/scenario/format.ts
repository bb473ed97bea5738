/**
 * The scenario file as a schema: one entry a step, told apart by the one key that names what to do. README.md beside
 * this file is the same for people. Names of nodes may stand for roles (`leader`), so faults are written with words
 * where the lab's own fault has endpoints; `resolve.ts` turns them into endpoints when the step is carried out.
 */
import { z } from 'zod'
import { loadSchema, runConfigSchema } from '../../protocols/core/config.ts'
import { clockSettingSchema, networkFaultSchema, syncMsSchema } from '../../protocols/core/fault.ts'
import type { Json } from '../../protocols/core/json.ts'
import { parseQuery } from '../../protocols/query/parse.ts'
import { QueryError } from '../../protocols/query/syntax.ts'
import type { Variations } from './vary.ts'

/** `n2`, `leader`, `follower`, `clients`, `rest`, or a name given by an earlier `as`. */
const word = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]*$/, 'a name is a letter followed by letters, digits, - or _')
const label = word.refine((name) => !RESERVED.test(name), 'this name already means something: choose another')
const RESERVED = /^(leader|follower|rest|clients|n[0-9]+)$/

const within = { withinMs: z.number().min(1).max(3_600_000).optional(), atMs: z.number().min(0).max(3_600_000).optional() }
const comparison = z.enum(['=', '!=', '<', '<=', '>', '>='])
const factTest = {
  fact: z.string().min(1),
  of: word.optional(),
  is: comparison.default('='),
  value: z.union([z.string(), z.number(), z.boolean(), z.null()]),
}

/** In the query language; names of the run are looked at when it is there. */
const query = z.string().superRefine((text, context) => {
  try {
    parseQuery(text)
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    context.addIssue({
      code: 'custom',
      message: `the query cannot be understood at character ${error.place.at + 1}: ${error.message} ${error.hint}`,
    })
  }
})

const wait = z.union([
  z.enum(['leader', 'new-leader', 'no-leader', 'applied', 'idle', 'progress']),
  z.strictObject({ ms: z.number().min(0).max(600_000) }),
  z.strictObject(factTest),
  z.strictObject({ event: query }),
])

const links = z.union([
  z.strictObject({ links: z.array(z.tuple([word, word])).min(1) }),
  z.strictObject({ groups: z.array(z.union([z.array(word).min(1), z.literal('rest')])).min(2) }),
  z.strictObject({ all: z.literal(true) }),
])

/** The lab's own fault, with words for endpoints and all links when no target is named. */
const fault = z.record(z.string(), z.unknown()).superRefine((value, context) => {
  const target = links.safeParse(value.target ?? { all: true })
  if (!target.success) for (const issue of target.error.issues) context.addIssue({ ...issue, path: ['target', ...issue.path] })
  const rest = networkFaultSchema.safeParse({ ...value, target: { all: true } })
  if (!rest.success) for (const issue of rest.error.issues) context.addIssue({ ...issue, path: issue.path })
})

const groups = z.array(z.union([z.array(word).min(1), z.literal('rest')])).min(2)
const answer = z.union([z.string(), z.number().transform(String), z.boolean().transform(String)])

/** A client that a scenario names; `c1`, `c2`, ... are those of the load. */
const client = z
  .string()
  .regex(/^(?!c[0-9]+$)[A-Za-z][A-Za-z0-9_-]*$/, 'a client is a letter followed by letters, digits, - or _, and not c1, c2, ...')
const { skewMs, driftPpm } = clockSettingSchema.shape
const syncMs = z.union([z.literal('usual'), syncMsSchema])

const json = z.json() as unknown as z.ZodType<Json>

/** What each key of a step takes, besides `withinMs` and `atMs`. */
export const stepSchemas = {
  wait: z.strictObject({ wait, ...within }),
  watch: z.strictObject({ watch: z.strictObject({ ms: z.number().min(0).max(600_000) }), ...within }),
  client: z.strictObject({
    client: z.string().min(1),
    expect: answer.default('ok'),
    by: client.optional(),
    of: word.optional(),
    ...within,
  }),
  ask: z.strictObject({ ask: z.string().min(1), by: client.optional(), of: word.optional(), ...within }),
  load: z.strictObject({ load: z.union([z.literal('off'), z.literal(false), loadSchema]), ...within }),
  crash: z.strictObject({ crash: word, as: label.optional(), ...within }),
  restart: z.strictObject({ restart: word, as: label.optional(), ...within }),
  pause: z.strictObject({ pause: word, as: label.optional(), ...within }),
  resume: z.strictObject({ resume: word, as: label.optional(), ...within }),
  wipe: z.strictObject({ wipe: word, as: label.optional(), ...within }),
  add: z.strictObject({ add: word, as: label.optional(), ...within }),
  remove: z.strictObject({ remove: word, as: label.optional(), ...within }),
  partition: z.strictObject({ partition: groups, as: label.optional(), ...within }),
  arm: z.strictObject({ arm: fault, as: label.optional(), ...within }),
  lift: z.strictObject({ lift: word, ...within }),
  release: z.strictObject({ release: word, ...within }),
  heal: z.strictObject({ heal: z.union([z.literal(true), z.null()]).optional(), ...within }),
  clock: z.strictObject({ clock: word, skewMs: skewMs.default(0), driftPpm: driftPpm.default(0), ...within }),
  disk: z.strictObject({ disk: word, syncMs, ...within }),
  tell: z.strictObject({
    tell: word,
    control: z.string().min(1),
    with: z.record(z.string(), json).optional(),
    until: z.union([z.literal('applied'), z.strictObject(factTest)]).optional(),
    ...within,
  }),
  timeScale: z.strictObject({ timeScale: z.number().min(1).max(100), ...within }),
  storm: z.strictObject({
    storm: z.strictObject({
      ms: z.number().min(1).max(600_000),
      liars: z.int().min(0).max(15).default(0),
      tells: z.array(z.string().min(1)).default([]),
    }),
    ...within,
  }),
  say: z.strictObject({ say: z.string().min(1), ...within }),
} as const

export type StepKind = keyof typeof stepSchemas
export const stepKinds = Object.keys(stepSchemas) as StepKind[]

export type Step = { [K in StepKind]: { readonly do: K } & z.output<(typeof stepSchemas)[K]> }[StepKind]
export type WaitFor = z.output<typeof wait>
export type Groups = z.output<typeof groups>
export type FactTest = z.output<z.ZodObject<typeof factTest>>

export const expectationsSchema = z.strictObject({
  invariants: z.literal('hold').optional(),
  breaks: z.array(z.string().min(1)).min(1).optional(),
  leader: z.boolean().optional(),
  operations: z.enum(['ok', 'answered']).optional(),
  applied: z.literal('equal').optional(),
  running: z.int().min(0).optional(),
  facts: z.array(z.strictObject(factTest)).optional(),
})
export type Expectations = z.output<typeof expectationsSchema>

/** One of them, and what came of it. */
export interface JudgedExpectation {
  readonly text: string
  readonly is: 'pass' | 'fail' | 'unknown'
  readonly why?: string
}

const variations: z.ZodType<Variations> = z.lazy(() => z.record(z.string(), z.union([z.array(z.unknown()).min(1), variations])))

/** The whole file but for its steps, which `parse.ts` reads one by one so that a wrong step is named as itself. */
export const scenarioSchema = z.strictObject({
  name: z.string().min(1).max(120),
  about: z.string().optional(),
  run: runConfigSchema.prefault({}),
  vary: variations.optional(),
  /** What the run beside it has otherwise: `synod beside`. */
  beside: z.record(z.string(), z.unknown()).optional(),
  limitMs: z.number().min(1).max(3_600_000).default(120_000),
  /** It cannot be carried out on real processes, and why. */
  simulationOnly: z.string().min(1).optional(),
  afterwards: z.enum(['stop', 'stay']).default('stop'),
  steps: z.array(z.unknown()).min(1),
  expect: expectationsSchema.prefault({}),
})

export type Scenario = Omit<z.output<typeof scenarioSchema>, 'steps'> & {
  readonly steps: readonly PlacedStep[]
}
/** A step and where it stands in the file, from 1. */
export interface PlacedStep {
  readonly step: Step
  readonly line: number
  readonly column: number
  /** The step as it is written, in one line. */
  readonly text: string
}
