/**
 * What a seed decides of a run beside its dice: for each value that a scenario lets vary, one of those it names. Runs of one
 * scenario then differ in size and settings as well as in fate, and a mistake that needs a certain cluster finds it.
 */
import type { z } from 'zod'
import { type RunConfig, runConfigSchema } from '../../protocols/core/config.ts'
import { draw, Purpose } from '../../protocols/core/prng.ts'

/** In the shape of `run`, with a list of values wherever `run` has one. */
export interface Variations {
  readonly [key: string]: Variations | readonly unknown[]
}

interface Choice {
  readonly path: readonly string[]
  readonly values: readonly unknown[]
}

/** What names the run, and the seed that all the rest is drawn from. */
const FIXED = new Set(['seed', 'name', 'protocol', 'mode'])

/** The run under this seed. */
export function varied(run: RunConfig, vary: Variations | undefined, seed: number): RunConfig {
  if (vary === undefined) return { ...run, seed }
  const chosen = choices(vary).map(({ path, values }, index) => ({ path, value: values[draw(seed, Purpose.vary, index) % values.length] }))
  return { ...runConfigSchema.parse(withChosen(run, chosen)), seed }
}

/** What is wrong with each value by itself, with the path at which it stands within `vary`. */
export function* wrongVariations(run: RunConfig, vary: Variations): Generator<z.core.$ZodIssue> {
  for (const { path, values } of choices(vary)) {
    const [key] = path as [string]
    if (FIXED.has(key)) yield { code: 'custom', path: [...path], message: `"${key}" cannot vary`, input: undefined }
    for (const [index, value] of values.entries()) {
      const parsed = runConfigSchema.safeParse(withChosen(run, [{ path, value }]))
      if (!parsed.success) for (const issue of parsed.error.issues) yield { ...issue, path: [...path, index] } as z.core.$ZodIssue
    }
  }
}

/** Runs in which each value occurs at least once. */
export function* examples(run: RunConfig, vary: Variations | undefined): Generator<RunConfig> {
  yield run
  if (vary === undefined) return
  for (const { path, values } of choices(vary)) for (const value of values) yield runConfigSchema.parse(withChosen(run, [{ path, value }]))
}

const choices = (vary: Variations, path: readonly string[] = []): Choice[] =>
  Object.entries(vary).flatMap(([key, inner]) =>
    Array.isArray(inner) ? [{ path: [...path, key], values: inner as readonly unknown[] }] : choices(inner as Variations, [...path, key]),
  )

function withChosen(run: RunConfig, chosen: readonly { readonly path: readonly string[]; readonly value: unknown }[]): unknown {
  const result: { [key: string]: unknown } = structuredClone(run)
  for (const { path, value } of chosen) {
    let at = result
    for (const key of path.slice(0, -1)) {
      at[key] ??= {}
      at = at[key] as typeof result
    }
    at[path.at(-1) as string] = value
  }
  return result
}
