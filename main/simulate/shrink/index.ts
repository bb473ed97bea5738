/**
 * Shrinks a seed under which a scenario fails to a scenario of a few lines that fails the same way: written out deed by
 * deed, looked for under other seeds, searched for something smaller by chance, and in the end reduced until nothing can be
 * taken away. All of it in simulated time; the same scenario and seed always shrink to the same.
 */
import type { RunConfig } from '../../../protocols/core/config.ts'
import type { AnyProtocol } from '../../../protocols/core/machine.ts'
import { draw } from '../../../protocols/core/prng.ts'
import type { AnyService } from '../../../protocols/core/service.ts'
import { reduce } from '../../../protocols/sim/shrink/reduce.ts'
import { LabError } from '../../contract/errors.ts'
import { choose } from '../../labChoice.ts'
import type { Scenario, Step } from '../../scenario/format.ts'
import { parseScenario } from '../../scenario/parse.ts'
import { simulated } from '../begin.ts'
import { LINEARIZABILITY } from '../heard.ts'
import { Dice } from './dice.ts'
import { explore } from './explore.ts'
import { named } from './faults.ts'
import { aimedAt, guessed, guessedInVain, plain, stormy, stormyInVain, varied } from './guess.ts'
import { passesOf } from './passes.ts'
import { type Proven, Prover, WATCH_MS, watched } from './prove.ts'
import { raiseStorms, spelt } from './storms.ts'
import { attempt, type Bench, isSafety, type Trial } from './trial.ts'
import { type Unrolled, unroll } from './unroll.ts'
import { written } from './write.ts'

export interface ShrinkOptions {
  readonly text: string
  readonly fileName?: string
  /** Under which it fails; the scenario's own when absent. */
  readonly seed?: number
  /** In place of those that the scenario names: a protocol that is not in the registry. */
  readonly protocol?: AnyProtocol
  readonly service?: AnyService
  /** What is known to be sound: nothing by which it breaks something is a result, and what is waited for in vain can be waited for as briefly as it allows. */
  readonly sound?: Bench
  /** At most so many are tried in search of something smaller, and twice as many when it stays large; default 50,000. */
  readonly trials?: number
  /** What was found until then is the result. */
  readonly signal?: AbortSignal
  onProgress?(progress: ShrinkProgress): void
}

export interface ShrinkProgress {
  readonly trials: number
  /** Of the smallest that fails, so far. */
  readonly events: number
}

export interface Shrunk {
  /** How both fail: the invariant that is broken, or what was waited for or expected in vain. */
  readonly failure: string
  /** What became of the smallest one. */
  readonly why: string
  /** The seed that was shrunk, and how many events it took to fail. */
  readonly from: { readonly seed: number; readonly events: number }
  /** What happens in the smallest one; its recording keeps the states of nodes as well. */
  readonly events: number
  readonly seed: number
  readonly name: string
  /** A scenario file. */
  readonly text: string
  readonly trials: number
  /** Nothing can be taken away. False when it was ended before that was known. */
  readonly isMinimal: boolean
}

const TRIALS = 50_000
/** And so many more to take away what is left over: a few hundred do, as a rule. */
const REDUCING = 5000
/** Small trials that are guessed before it is searched. */
const GUESSES = 3000
/** And so many times something befalls a message of each. */
const AIMS = 3
const GUESSED_COST = 100
/** As much while something is waited for in vain. */
const GUESSED_IN_VAIN_COST = 300
/** Searches, from how many of the smallest, and trials of each without anything better. */
const CHAINS = 6
const STARTS = 3
const PATIENCE = [1500, 1500]
/** So much more may single losses cost than the weather of which they are a part. */
const NAMED_COST = 40
/** Nobody minds that it could be smaller still. */
const SMALL_EVENTS = 30
/** What is larger than this is searched again from where it could not be reduced any more, so many times. */
const LARGE_EVENTS = 60
const ROUNDS = 4
/** There a change that shows nothing is tried under so many other seeds, now and then: what is left needs timers to run out in one order. */
const LUCK = 6
/** Other seeds of the whole scenario that are looked at first, and how many events each may take. */
const OTHERS = 150
/** What has more events than this even then is looked for in short storms over few nodes. */
const MANY_EVENTS = 150
const OTHERS_EVENTS = 3000

/** Rejects with a LabError when the scenario cannot be simulated, or does not fail under this seed. */
export async function shrink(options: ShrinkOptions): Promise<Shrunk> {
  return await new Shrinking(options).run()
}

class Shrinking {
  readonly #options: ShrinkOptions
  readonly #scenario: Scenario
  readonly #whole: Trial
  readonly #bench: Bench
  #prover!: Prover
  #best!: Proven
  /** Whatever is tried, it is known whether the protocol is at fault. */
  #isFree = false
  #wholeEvents = 0
  #hasRaised = false
  /** What the storms came to, the smallest first. */
  #storms: Proven[] = []
  /** Smaller and smaller. */
  readonly #found: Proven[] = []

  constructor(options: ShrinkOptions) {
    this.#options = options
    const { text, fileName, seed } = options
    const { scenario, config } = simulated(text, {
      ...(seed === undefined ? {} : { seed }),
      ...(fileName === undefined ? {} : { fileName }),
    })
    const chosen = choose(config)
    const { protocol = chosen.protocol, service = chosen.service } = options
    this.#scenario = scenario
    const tells = scenario.steps.flatMap(({ step }) => toldIn(step))
    const liars = options.sound ? Math.max(0, ...scenario.steps.map(({ step }) => (step.do === 'storm' ? step.storm.liars : 0))) : 0
    this.#bench = { protocol, service, tells: [...new Set(tells)], liars }
    const run: RunConfig = { ...config, options: protocol.options.parse(config.options) as RunConfig['options'] }
    this.#whole = { run, steps: scenario.steps.map(({ step }) => step), expect: scenario.expect, limitMs: scenario.limitMs }
  }

  async run(): Promise<Shrunk> {
    const { trials = TRIALS } = this.#options
    const { seed } = this.#whole.run
    const first = await unroll(this.#whole, this.#bench, { stopsAtViolation: true })
    const { failure } = first
    this.#wholeEvents = first.events
    if (failure === undefined)
      throw new LabError('bad-request', `${this.#scenario.name} does not fail under seed ${seed}: there is nothing to shrink.`)
    this.#isFree = first.violatedAtMs !== undefined
    this.#prover = new Prover({ bench: this.#bench, failure, budget: trials, isOver: () => this.#isInterrupted })
    this.#best = await this.#begin(first)
    const { sound } = this.#options
    if (sound && this.#isFree) await this.#prover.besideSound(sound, this.#best.trial)
    this.#found.push(this.#best)
    this.#tell()
    let isMinimal = false
    if (!this.#isFree && (await this.#isShownByHarm())) await this.#search(0)
    else if (!this.#isFree) {
      if (!(await this.#isShownByLittle())) {
        isMinimal = await this.#reduce()
        if (await this.#compare()) await this.#guess(guessedInVain, GUESSED_IN_VAIN_COST)
      }
      if (this.#isFree) await this.#search(0)
    } else {
      await this.#guess(guessed, GUESSED_COST)
      await this.#lookAround()
      if (this.#best.events > MANY_EVENTS && failure !== LINEARIZABILITY) await this.#raiseStorms(this.#whole, stormy)
      await this.#search(0)
    }
    if (this.#isFree) isMinimal = await this.#reduce()
    for (let round = 1; round <= ROUNDS && this.#isFree && this.#best.events >= LARGE_EVENTS; round++) {
      const before = this.#best
      if (round === 1) {
        this.#prover.allow(trials / ROUNDS)
        if (!this.#hasRaised && failure !== LINEARIZABILITY)
          await (isSafety(before.trial) ? this.#raiseStorms(this.#whole, stormy) : this.#raiseStorms(before.trial, stormyInVain))
        this.#lighten()
      }
      this.#prover.allow(trials / ROUNDS)
      await this.#search(round)
      if (this.#best !== before) isMinimal = await this.#reduce()
    }
    return await this.#result(first.events, isMinimal)
  }

  /** What is left is at most what must be demanded of any protocol. If a sound one stands it, it can go on without asking what must. */
  async #compare(): Promise<boolean> {
    const { sound } = this.#options
    const withinMs = this.#best.trial.steps.at(-1)?.withinMs
    if (!sound || withinMs === undefined) return false
    // What is expected at the end was never asked: the step before it failed.
    const best = await this.#prover.compare({ sound, withinMs, events: this.#wholeEvents }, { ...this.#best.trial, expect: {} })
    if (!best) return false
    this.#isFree = true
    this.#best = best
    this.#found.splice(0, this.#found.length, best)
    return true
  }

  /** What waits in vain may break something as well, where nobody waits: that takes far less, when a sound protocol says that it is a mistake. */
  async #isShownByHarm(): Promise<boolean> {
    const { sound } = this.#options
    if (!sound) return false
    const [whole, before] = [this.#best, this.#prover.trials]
    this.#prover.heedHarm(sound)
    const nothing = watched({ ...this.#whole, steps: [], expect: {} }, WATCH_MS)
    this.#best = { ...whole, trial: nothing, cost: Number.POSITIVE_INFINITY, events: Number.POSITIVE_INFINITY }
    await this.#guess(guessed, GUESSED_COST)
    if (this.#best.trial === nothing) await this.#raiseStorms(this.#whole, stormy)
    this.#isFree = this.#best.trial !== nothing
    if (this.#isFree) this.#found.shift()
    else {
      this.#prover.heedHarm(undefined)
      this.#prover.allow(this.#prover.trials - before)
      this.#best = whole
    }
    this.#hasRaised = this.#isFree
    return this.#isFree
  }

  /** If a sound protocol stands the whole, it may take no more than a guess, or a brief storm. What is made small with care takes much longer. */
  async #isShownByLittle(): Promise<boolean> {
    const whole = this.#best
    if (!(await this.#compare())) return false
    const compared = this.#best
    await this.#guess(guessedInVain, GUESSED_IN_VAIN_COST)
    if (this.#best === compared) await this.#raiseStorms(compared.trial, stormyInVain)
    if (this.#best !== compared) return true
    this.#isFree = false
    this.#prover.compareNoMore()
    this.#best = whole
    this.#found.splice(0, this.#found.length, whole)
    return false
  }

  /** What is large because its words are few becomes smaller with more of them. */
  #lighten(): void {
    const found = this.#prover.lighten(this.#found).sort((a, b) => b.cost - a.cost)
    this.#found.splice(0, this.#found.length, ...found)
    this.#best = found.at(-1) as Proven
    this.#storms = this.#prover.lighten(this.#storms).sort((a, b) => a.cost - b.cost)
  }

  get #isInterrupted(): boolean {
    return this.#options.signal?.aborted ?? false
  }

  /** Written out, if it still fails so; as it was otherwise. */
  async #begin(first: Unrolled): Promise<Proven> {
    const own = { ...this.#whole, steps: first.steps }
    const unrolled =
      first.violatedAtMs === undefined
        ? await this.#prover.proveExactly(own, Number.POSITIVE_INFINITY)
        : await this.#prover.prove(spelt(this.#whole.run, first.deeds), Number.POSITIVE_INFINITY)
    const { seed } = this.#whole.run
    const whole = unrolled ?? (await this.#prover.proveExactly(this.#whole, Number.POSITIVE_INFINITY))
    if (!whole) throw new LabError('internal', `Seed ${seed} fails once and not again: ${first.failure}`)
    return whole
  }

  /** The same scenario under other seeds, on fewer nodes, with other settings, with nobody who asks: one of them may fail much sooner. */
  async #lookAround(): Promise<void> {
    const { load, ...quiet } = this.#whole.run
    const dice = new Dice(draw(quiet.seed, OTHERS))
    const { usual, min } = this.#bench.protocol.clusterSize
    for (let other = 1; other <= OTHERS && !this.#prover.isOver; other++) {
      const nodes = other % 2 === 0 ? quiet.nodes : Math.max(min, Math.min(quiet.nodes, usual - 2))
      const run = { ...quiet, ...(load && other % 3 > 0 ? { load } : {}), nodes, seed: (quiet.seed + other) % 2 ** 32 }
      const whole = { ...this.#whole, run }
      const trial = varied(other % 4 < 2 ? plain(whole, this.#bench) : whole, dice, this.#bench)
      const found = await this.#prover.look(trial, Math.min(this.#best.events, OTHERS_EVENTS))
      if (found) await this.#consider(spelt(trial.run, found.deeds))
    }
  }

  /** Several searches, since chance leads each of them somewhere else: from the smallest known and from those before it, or from another storm. */
  async #search(round: number): Promise<void> {
    const bench = this.#bench
    const prover = this.#prover
    const storm = round > 0 ? this.#storms[round] : undefined
    const starts = storm ? [storm, this.#best] : this.#found.slice(-STARTS)
    for (let chain = 0, idle = 0; chain < CHAINS && idle < 2 && !prover.isOver; chain++) {
      const before = this.#best
      const dice = new Dice(draw(this.#whole.run.seed, chain, round))
      const onBetter = (found: Proven) => this.#keep(found)
      let found = starts[starts.length - 1 - (chain % starts.length)] as Proven
      if (round > 0) found = await this.#namedLosses(found)
      const luck = round > 0 ? LUCK : 0
      for (const patience of PATIENCE)
        found = await this.#spelledOut(await explore(found, { prover, bench, dice, patience, luck, onBetter }))
      idle = this.#best === before || this.#best.events <= SMALL_EVENTS ? idle + 1 : 0
    }
  }

  /** Nobody asks, nothing is healed, and timers are patient: what shows a mistake in the order of elections can be much shorter so. */
  async #raiseStorms(whole: Trial, raise: typeof stormy): Promise<void> {
    this.#hasRaised = true
    const [prover, bench, { seed }] = [this.#prover, this.#bench, this.#whole.run]
    this.#storms = await raiseStorms(whole, { prover, bench, seed, raise, onFound: (found) => this.#keep(found) })
  }

  /** Perhaps it takes very little. */
  async #guess(guess: typeof guessed, costMax: number): Promise<void> {
    const dice = new Dice(draw(this.#whole.run.seed, GUESSES))
    for (let count = 0; count < GUESSES && !this.#prover.isOver; count++) {
      const trial = guess(this.#best.trial, dice, this.#bench)
      await this.#consider(trial, costMax)
      const sent = this.#prover.sent()
      for (let aim = 0; aim < AIMS && sent.length > 0; aim++) await this.#consider(aimedAt(trial, dice, this.#bench, sent), costMax)
    }
  }

  /** The operations of the load one by one, so that each can go by itself. */
  async #spelledOut(found: Proven): Promise<Proven> {
    const { trial } = found
    if (!trial.run.load || !isSafety(trial) || this.#prover.isOver) return found
    const seen = await this.#prover.look(trial, found.events)
    const { load: _, ...run } = trial.run
    const alone = seen && (await this.#prover.prove(spelt(run, [...trial.steps.slice(0, -1), ...seen.asks]), found.cost + 10))
    if (alone) this.#keep(alone)
    return alone ?? found
  }

  /** Weather becomes single losses, although they take more words at first. */
  async #namedLosses(found: Proven): Promise<Proven> {
    const trial = named(found.trial, found.sent())
    if (!trial || this.#prover.isOver) return found
    const spelt = await this.#prover.prove(trial, found.cost + NAMED_COST)
    if (spelt) this.#keep(spelt)
    return spelt ?? found
  }

  async #reduce(): Promise<boolean> {
    const prover = this.#prover
    let last = this.#best
    const length = ({ trial }: Proven) => this.#write(trial).length
    const { value, isMinimal } = await reduce(last.trial, {
      passes: passesOf(this.#bench, this.#isFree),
      budget: REDUCING,
      isOver: () => this.#isInterrupted,
      textOf: (trial) => JSON.stringify(trial),
      test: async (candidate) => {
        const found = await prover.proveExactly(candidate, last.cost)
        if (!found || (found.cost === last.cost && length(found) >= length(last))) return undefined
        last = found
        this.#keep(found)
        return found.trial
      },
    })
    if (value === last.trial) this.#best = last
    return isMinimal
  }

  async #result(events: number, isMinimal: boolean): Promise<Shrunk> {
    const { failure } = this.#best
    const text = this.#write(this.#best.trial, failure)
    const { run, steps, name } = parseScenario(text)
    const again = { ...this.#best.trial, run: { ...run, mode: 'simulation' as const }, steps: steps.map(({ step }) => step) }
    const found = await attempt(again, this.#bench)
    if (found.failure !== failure) throw new LabError('internal', `The shrunk scenario does not fail when it is read back:\n${text}`)
    return {
      ...{ failure, why: found.why ?? failure, from: { seed: this.#whole.run.seed, events }, events: found.events },
      ...{ seed: run.seed, name, text, trials: this.#prover.trials, isMinimal },
    }
  }

  #write(trial: Trial, failure = ''): string {
    // What was shrunk before and is shrunk again comes from where that came from.
    const [, origin = `${this.#scenario.name}, seed ${this.#whole.run.seed}`] = /: shrunk from (.+)$/.exec(this.#scenario.name) ?? []
    return written(trial, this.#bench.protocol, `${failure}: shrunk from ${origin}`)
  }

  async #consider(trial: Trial, costMax = Number.POSITIVE_INFINITY): Promise<void> {
    const found = await this.#prover.prove(trial, Math.min(costMax, this.#best.cost - 1))
    if (found) this.#keep(found)
  }

  #keep(found: Proven): void {
    if (found.cost > this.#best.cost) return
    this.#best = found
    this.#found.push(found)
    this.#tell()
  }

  #tell(): void {
    this.#options.onProgress?.({ trials: this.#prover.trials, events: this.#best.events })
  }
}

/** What nodes are told, but for lies. */
const toldIn = (step: Step): readonly string[] =>
  step.do === 'storm' ? step.storm.tells : step.do === 'tell' && step.control !== 'lie' ? [step.control] : []
