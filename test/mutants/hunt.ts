/** Lets `sim` look for a planted mistake, seed by seed, until one shows it. */
import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseScenario } from '../../main/scenario/parse.ts'
import '../../main/signing/lookingOn.ts'
import type { SeedResult } from '../../main/simulate/index.ts'
import type { Shrunk } from '../../main/simulate/shrink/index.ts'
import type { AnyService } from '../../protocols/core/service.ts'
import { findProtocol } from '../../protocols/registry.ts'
import { findService } from '../../protocols/services/index.ts'
import type { Mutant } from './index.ts'
import { plant } from './plant.ts'

export interface Hunted {
  readonly mutant: string
  /** Seeds that it took; undefined when it survived all. */
  readonly seeds?: number
  readonly found?: SeedResult
  /** What happens in the smallest run that shows it. */
  readonly shrunk?: number
  /** How that one fails: it may break something else than the seed that was found. */
  readonly shrunkBy?: string
  /** The seed that it was made of: the first that failed, unless a later one came to less. */
  readonly shrunkFrom?: number
  /** The scenario of that run. */
  readonly scenario?: string
  /** Seeds simulated. */
  readonly tried: number
  readonly troubles: readonly string[]
}

export interface HuntOptions {
  /** At most. */
  readonly seeds: number
  /** What is found is made small, too. */
  readonly shrinks?: boolean
}

/** A run that shows a mistake should have fewer events. */
export const SMALL = 60
/** Where the first failing seed stays larger, so many are made small in all, and what came of them once more. */
const SHRUNK_SEEDS = 16

/** The scenario of each protocol that its mistakes are looked for with, unless they name another. */
const PLAN = 'bad-afternoon'

/** Rejects when the mistake cannot be planted. */
export async function hunt(
  { protocol, name, edits, plan = PLAN }: Omit<Mutant, 'what'>,
  { seeds, shrinks = false }: HuntOptions,
): Promise<Hunted> {
  const folder = plant(edits)
  try {
    const { sweep } = (await load(folder, 'main/simulate/index.ts')) as typeof import('../../main/simulate/index.ts')
    const sound = findProtocol(protocol)
    const text = sound?.scenarios.find((scenario) => scenario.name === plan)?.text
    if (!sound || text === undefined) throw new Error(`there is no scenario ${protocol}/${plan}`)
    const found = await nextFailing(sweep, text, 1, seeds)
    const rest = { mutant: name, tried: found.tried, troubles: found.troubles }
    if (!found.failed) return rest
    const { seed } = found.failed
    if (!shrinks) return { ...rest, seeds: seed, found: found.failed }
    const { shrink } = (await load(folder, 'main/simulate/shrink/index.ts')) as typeof import('../../main/simulate/shrink/index.ts')
    const service = findService(parseScenario(text).run.service) as AnyService
    const beside = { sound: { protocol: sound, service } }
    const made = [await shrink({ text, seed, ...beside })]
    // Another seed may lead to something smaller.
    for (let other = seed; made.length < SHRUNK_SEEDS && isLarge(made); ) {
      const { failed } = await nextFailing(sweep, text, other + 1, seeds)
      if (!failed) break
      other = failed.seed
      made.push(await shrink({ text, seed: other, ...beside }))
    }
    // So may what came of one of them, taken as a scenario of its own.
    for (const first of made.toSorted(bySize)) {
      if (!isLarge(made)) break
      made.push({ ...(await shrink({ text: first.text, ...beside })), from: first.from })
    }
    const { events, failure, from, text: scenario } = made.toSorted(bySize)[0] as Shrunk
    return { ...rest, seeds: seed, found: found.failed, shrunk: events, shrunkBy: failure, shrunkFrom: from.seed, scenario }
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

const bySize = (one: Shrunk, other: Shrunk): number => one.events - other.events
const isLarge = (made: readonly Shrunk[]): boolean => made.every(({ events }) => events >= SMALL)

type Sweep = typeof import('../../main/simulate/index.ts')['sweep']

async function nextFailing(sweep: Sweep, text: string, first: number, last: number) {
  if (first > last) return { tried: 0, troubles: [] }
  const found = new AbortController()
  const { results, troubles } = await sweep({
    ...{ text, first, last, jobs: 1, signal: found.signal },
    onResult: ({ is }) => is === 'fail' && found.abort(),
  })
  return { failed: results.find(({ is }) => is === 'fail'), tried: results.length, troubles }
}

const load = async (folder: string, file: string): Promise<unknown> =>
  await import(/* @vite-ignore */ pathToFileURL(path.join(folder, file)).href)
