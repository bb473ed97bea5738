/** A second run under the script of a scenario: another protocol, or other settings; seed, load and what befalls it are the same. */
import type { z } from 'zod'
import { mannersOf } from '../../protocols/clients/manners.ts'
import { type RunConfig, runConfigSchema } from '../../protocols/core/config.ts'
import type { AnyProtocol } from '../../protocols/core/machine.ts'

/** In the shape of `run`: what is said replaces, and the rest stays. Options are those of one protocol, so with another all begin anew. */
export type Beside = { readonly [key: string]: unknown }

/** Throws a ZodError when that is no configuration. */
export const besideConfig = (run: RunConfig, beside: Beside): RunConfig => runConfigSchema.parse(merged(run, beside))

export function wrongBeside(run: RunConfig, beside: Beside): z.core.$ZodIssue[] {
  const read = runConfigSchema.safeParse(merged(run, beside))
  return read.success ? [] : read.error.issues
}

function merged(run: RunConfig, beside: Beside): unknown {
  const isOther = beside.protocol !== undefined && beside.protocol !== run.protocol
  const { options, ...rest } = run
  return deep(isOther ? rest : { options, ...rest }, beside)
}

const isFields = (value: unknown): value is Beside => typeof value === 'object' && value !== null && !Array.isArray(value)

const deep = (under: Beside, over: Beside): Beside =>
  Object.fromEntries(
    [...new Set([...Object.keys(under), ...Object.keys(over)])].map((key) => {
      const [a, b] = [under[key], over[key]]
      return [key, b === undefined ? a : isFields(a) && isFields(b) ? deep(a, b) : b]
    }),
  )

/**
 * Any node serves clients by itself, and nobody leads. In a script that two protocols share, `leader` then stands for the first node that runs: the
 * one that the first client asks.
 */
export const isLeaderless = (protocol: Pick<AnyProtocol, 'clients'>): boolean => mannersOf(protocol).asks === 'any'

/** `--with protocol=dynamo options.n=3`: read as in a scenario file. Undefined for what is none. */
export function readBeside(words: readonly string[], read: (text: string) => unknown): Beside | undefined {
  let all: Beside = {}
  for (const word of words) {
    const [, path, text] = /^([A-Za-z][A-Za-z.]*)=(.*)$/.exec(word) ?? []
    if (path === undefined || text === undefined) return undefined
    const one = path.split('.').reduceRight<unknown>((value, key) => ({ [key]: value }), read(text)) as Beside
    all = deep(all, one)
  }
  return all
}
