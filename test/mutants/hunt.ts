/** Lets `sim` look for a planted mistake, seed by seed, until one shows it. */
import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import '../../main/signing/lookingOn.ts'
import type { SeedResult } from '../../main/simulate/index.ts'
import { findProtocol } from '../../protocols/registry.ts'
import type { Mutant } from './index.ts'
import { plant } from './plant.ts'

export interface Hunted {
  readonly mutant: string
  /** Seeds that it took; undefined when it survived all. */
  readonly seeds?: number
  readonly found?: SeedResult
  /** What happens in the smallest run that fails the same way. */
  readonly shrunk?: number
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
    const found = new AbortController()
    const { results, troubles } = await sweep({
      ...{ text, first: 1, last: seeds, jobs: 1, signal: found.signal },
      onResult: ({ is }) => is === 'fail' && found.abort(),
    })
    const failed = results.find(({ is }) => is === 'fail')
    const rest = { mutant: name, tried: results.length, troubles }
    if (!failed) return rest
    if (!shrinks) return { ...rest, seeds: failed.seed, found: failed }
    const { shrink } = (await load(folder, 'main/simulate/shrink/index.ts')) as typeof import('../../main/simulate/shrink/index.ts')
    const { events: shrunk, text: scenario } = await shrink({ text, seed: failed.seed, sound })
    return { ...rest, seeds: failed.seed, found: failed, shrunk, scenario }
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

const load = async (folder: string, file: string): Promise<unknown> =>
  await import(/* @vite-ignore */ pathToFileURL(path.join(folder, file)).href)
