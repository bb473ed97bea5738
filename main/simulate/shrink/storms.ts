/** Short storms over few nodes that owe nothing to the failing one: what fails in them is written out, and made smaller a little. */
import type { RunConfig } from '../../../protocols/core/config.ts'
import { draw } from '../../../protocols/core/prng.ts'
import type { Step } from '../../scenario/format.ts'
import { aimedFault } from './aim.ts'
import { inTime, withoutOrphans } from './deeds.ts'
import { Dice } from './dice.ts'
import { explore } from './explore.ts'
import type { stormy } from './guess.ts'
import type { Sent } from './letters.ts'
import { type Proven, type Prover, WATCH_MS, watched } from './prove.ts'
import type { Bench, Trial } from './trial.ts'

/** So many at most, of so many events, until so many fail; each of these is made smaller. */
const STORMS = 8000
const STORM_EVENTS = 400
const STORMS_WANTED = 8
const STORM_PATIENCE = 800

export interface StormsOptions {
  readonly prover: Prover
  readonly bench: Bench
  readonly seed: number
  readonly raise: typeof stormy
  onFound(proven: Proven): void
}

/** The smallest first. */
export async function raiseStorms(whole: Trial, { prover, bench, seed, raise, onFound }: StormsOptions): Promise<Proven[]> {
  const dice = new Dice(draw(seed, STORMS))
  const starts: Proven[] = []
  let fruitful: Trial['run']['options'] | undefined
  for (let storm = 0; storm < STORMS && starts.length < STORMS_WANTED && !prover.isOver; storm++) {
    const trial = raise(whole, dice, bench, storm % 2 === 0 ? fruitful : undefined)
    const failing = (await prover.look(trial, STORM_EVENTS)) ?? (await prover.look(aimedIn(trial, dice, prover.sent()), STORM_EVENTS))
    if (!failing) continue
    const start = await prover.prove(
      failing.violatedAtMs === undefined ? { ...trial, steps: failing.steps } : spelt(trial.run, failing.deeds),
      Number.POSITIVE_INFINITY,
    )
    if (!start) continue
    fruitful = trial.run.options
    starts.push(start)
  }
  const storms: Proven[] = []
  for (const [index, start] of starts.entries()) {
    onFound(start)
    const chain = new Dice(draw(seed, STORMS, index))
    const found = await explore(start, { prover, bench, dice: chain, patience: STORM_PATIENCE })
    onFound(found)
    storms.push(found)
  }
  return storms.sort((a, b) => a.cost - b.cost)
}

/** The same storm, and something befalls a message that is known to be sent in it. */
export function aimedIn(storm: Trial, dice: Dice, sent: readonly Sent[]): Trial {
  if (sent.length === 0) return storm
  const { arm, atMs } = aimedFault(sent, dice)
  return atMs > 0 ? storm : { ...storm, steps: [{ do: 'arm', arm, as: 'aim' }, ...storm.steps] }
}

/** Only what is done counts, and that an invariant is broken in the end. */
export const spelt = (run: RunConfig, deeds: readonly Step[]): Trial =>
  watched({ run, steps: withoutOrphans(inTime(deeds)), expect: {}, limitMs: 120_000 }, WATCH_MS)
