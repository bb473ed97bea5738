/** Lets `sim` look for a planted mistake, seed by seed, until one shows it. */
import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { SeedResult } from '../../main/simulate/index.ts'
import type { ProtocolDefinition } from '../../protocols/core/machine.ts'
import { plant } from './plant.ts'
import type { Mutant } from './raft.ts'

export interface Hunted {
  readonly mutant: string
  /** Seeds that it took; undefined when it survived all. */
  readonly seeds?: number
  readonly found?: SeedResult
  /** Seeds simulated. */
  readonly tried: number
  readonly troubles: readonly string[]
}

/** Rejects when the mistake cannot be planted. */
export async function hunt(
  { name, edits }: Pick<Mutant, 'name' | 'edits'>,
  { seeds, signal }: { seeds: number; signal?: AbortSignal },
): Promise<Hunted> {
  const folder = plant(edits)
  try {
    const { sweep } = (await load(folder, 'main/simulate/index.ts')) as typeof import('../../main/simulate/index.ts')
    const { raft } = (await load(folder, 'protocols/raft/index.ts')) as { raft: ProtocolDefinition }
    const text = raft.scenarios.find((scenario) => scenario.name === 'bad-afternoon')?.text ?? ''
    const found = new AbortController()
    const signals = signal ? AbortSignal.any([found.signal, signal]) : found.signal
    const { results, troubles } = await sweep({
      ...{ text, first: 1, last: seeds, jobs: 1, signal: signals },
      onResult: ({ is }) => is === 'fail' && found.abort(),
    })
    const failed = results.find(({ is }) => is === 'fail')
    return { mutant: name, tried: results.length, troubles, ...(failed ? { seeds: failed.seed, found: failed } : {}) }
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

const load = async (folder: string, file: string): Promise<unknown> =>
  await import(/* @vite-ignore */ pathToFileURL(path.join(folder, file)).href)
