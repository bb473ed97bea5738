/** `synod sim`, when a seed fails: the smallest scenario that fails the same way, as a file, and its run in the library. */
import fs from 'node:fs'
import path from 'node:path'
import { type Lab, type Shrunk, shrink } from '../../lab.ts'
import { withLab } from './openRun.ts'

export interface KeptShrunk extends Shrunk {
  readonly run: string
  readonly file: string
  /** The scenario's file. */
  readonly scenario: string
}

export interface Failing {
  readonly text: string
  readonly fileName: string
  /** The scenario's own when absent. */
  readonly seed?: number
}

/** Opens the library for it: whoever found the failures needed none. */
export const shrinkInto = async (data: string, failing: readonly Failing[], signal: AbortSignal): Promise<KeptShrunk[]> =>
  await withLab(data, async (lab) => await shrinkAll(lab, failing, signal), false)

/** Interrupted, it keeps the smallest that it has, and shrinks no other. */
export async function shrinkAll(lab: Lab, failing: readonly Failing[], signal: AbortSignal): Promise<KeptShrunk[]> {
  const kept: KeptShrunk[] = []
  for (const one of failing) {
    if (signal.aborted) break
    const shrunk = await shrink({ ...one, signal, onProgress: progressOf(one) })
    kept.push(await keep(lab, shrunk))
  }
  return kept
}

async function keep(lab: Lab, shrunk: Shrunk): Promise<KeptShrunk> {
  const { run } = await lab.simulateScenario(shrunk.text)
  const file = lab.fileOf(run)
  // In the folder of the run's own things, which goes with the run.
  const folder = path.join(path.dirname(file), run)
  fs.mkdirSync(folder, { recursive: true })
  const scenario = path.join(folder, 'scenario.yaml')
  fs.writeFileSync(scenario, shrunk.text)
  return { ...shrunk, run, file, scenario }
}

export function shrunkReport({ failure, from, events, text, run, file, scenario, isMinimal }: KeptShrunk): string {
  const end = isMinimal ? '' : ' Ended early: it could be smaller.'
  return [
    `${failure}: shrunk from ${from.events} events (seed ${from.seed}) to ${events}.${end}`,
    ...text.trimEnd().split('\n'),
    `Run ${run} in ${file}`,
    `Repeat: synod sim ${scenario}`,
  ].join('\n')
}

/** A line now and then. */
function progressOf({ fileName, seed }: Failing): (progress: { readonly trials: number; readonly events: number }) => void {
  let toldMs = 0
  const what = seed === undefined ? fileName : `seed ${seed}`
  return ({ trials, events }) => {
    if (performance.now() - toldMs < 1000) return
    toldMs = performance.now()
    console.error(`shrinking ${what}: ${events} events after ${trials} trials`)
  }
}
