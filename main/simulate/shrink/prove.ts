/** Whether a trial fails the same way, and cheaply enough: the test of every step of a shrink. */
import { isDeepStrictEqual } from 'node:util'
import type { Sent } from './letters.ts'
import { type Attempt, attempt, type Bench, fits, isOfOneStep, isSafety, type Trial } from './trial.ts'
import { type Unrolled, unroll } from './unroll.ts'

/** A trial that fails as it should, cut off where it does. */
export interface Proven {
  readonly trial: Trial
  /** As an attempt has it: of what it fails. */
  readonly failure: string
  readonly events: number
  /** What it takes to understand it: its events, and its words. */
  readonly cost: number
  sent(): readonly Sent[]
}

/** While it is searched; what is written waits no longer than it must. */
export const WATCH_MS = 1500
const REST_EVERY_MS = 30

/**
 * What a protocol waits for in vain may be waited for more briefly, with less done before, as long as that is not what it fails
 * of: a sound protocol stands the same, and with all the patience of the original this one fails as well.
 */
export interface InVain {
  readonly sound: Bench
  /** Of the step that fails. */
  readonly withinMs: number
  /** That the whole takes until it fails: what waits as long may take as many again. */
  readonly events: number
}

/** It must stand it under so many seeds: patience that luck alone makes long enough is too short. */
const SOUND_SEEDS = 5
/** More than this never comes of a small trial; where the whole has more, of that. */
const PATIENT_EVENTS = 30_000

export interface ProverOptions {
  readonly bench: Bench
  /** What it must fail of. */
  readonly failure: string
  /** Trials at most. */
  readonly budget: number
  isOver?(): boolean
}

export class Prover {
  readonly #options: ProverOptions
  #inVain: InVain | undefined
  #sound: Bench | undefined
  #trials = 0
  #budget: number
  #restedMs = 0
  #areWordsFree = false
  /** What was sent in the last trial, failing or not. */
  sent: () => readonly Sent[] = () => []

  constructor(options: ProverOptions) {
    this.#options = options
    this.#budget = options.budget
  }

  /** From now on nothing counts by which a sound one breaks something, too: unless it does so in this one. Whatever else is broken shows the mistake as well. */
  async besideSound(sound: Bench, trial: Trial): Promise<void> {
    if (await this.#stands(sound, trial)) this.#sound = sound
  }

  /** From now on whatever is broken counts, if this one breaks nothing; nobody: as before. */
  heedHarm(sound: Bench | undefined): void {
    this.#sound = sound
  }

  /** Under a few seeds: what breaks by luck alone shows nothing. */
  async #stands(sound: Bench, trial: Trial): Promise<boolean> {
    for (let other = 0; other < SOUND_SEEDS; other++) {
      await this.#count()
      const run = { ...trial.run, seed: (trial.run.seed + other) % 2 ** 32 }
      const { violatedAtMs } = await attempt({ ...trial, run }, sound, { eventsMax: PATIENT_EVENTS, stopsAtViolation: true })
      if (violatedAtMs !== undefined) return false
    }
    return true
  }

  /** It fails as the whole does; or it breaks something, where a sound one is there to say whether that is a mistake. */
  #isMeant({ failure, violatedAtMs }: Attempt): boolean {
    if (this.#inVain && failure !== undefined && isOfOneStep(failure, this.#options.failure)) return true
    return failure === this.#options.failure || (this.#sound !== undefined && violatedAtMs !== undefined)
  }

  /** From now on only what a sound protocol stands counts. Resolves with the trial if it is of that kind; else nothing changes. */
  async compare(inVain: InVain, trial: Trial): Promise<Proven | undefined> {
    this.#inVain = inVain
    const proven = await this.proveExactly(trial, Number.POSITIVE_INFINITY)
    if (!proven) this.#inVain = undefined
    return proven
  }

  /** Nothing came of it: whatever fails the same way counts again. */
  compareNoMore(): void {
    this.#inVain = undefined
  }

  /** From now on events alone count, however many words they take. Returns the same with its cost. */
  lighten(found: readonly Proven[]): Proven[] {
    this.#areWordsFree = true
    return found.map((each) => ({ ...each, cost: each.events + this.#words(each.trial) }))
  }

  /** So many trials more. */
  allow(trials: number): void {
    this.#budget += trials
  }

  get areWordsFree(): boolean {
    return this.#areWordsFree
  }

  get trials(): number {
    return this.#trials
  }

  get isOver(): boolean {
    return this.#trials >= this.#budget || (this.#options.isOver?.() ?? false)
  }

  /** The trial without what comes after its failure, when it fails the same way at no more than this cost. */
  async prove(trial: Trial, costMax: number): Promise<Proven | undefined> {
    const { bench } = this.#options
    this.sent = () => []
    if (!isSafety(trial)) return await this.proveExactly(trial, costMax)
    const eventsMax = costMax - this.#words(trial)
    if (eventsMax < 1 || !fits(trial.run, bench)) return undefined
    await this.#count()
    const probe = await attempt(watched(trial, WATCH_MS), bench, { stopsAtViolation: true, eventsMax })
    this.sent = probe.sent
    if (probe.violatedAtMs === undefined || !this.#isMeant(probe)) return undefined
    const { violatedAtMs } = probe
    const short = watched({ ...trial, steps: trial.steps.filter(({ atMs }) => atMs === undefined || atMs <= violatedAtMs) }, WATCH_MS)
    return await this.proveExactly(short, costMax)
  }

  /** What a trial does until it fails in this way. */
  async look(trial: Trial, eventsMax: number): Promise<Unrolled | undefined> {
    const { bench } = this.#options
    if (!fits(trial.run, bench)) return undefined
    await this.#count()
    const found = await unroll(trial, bench, { stopsAtViolation: true, eventsMax })
    this.sent = found.sent
    return this.#isMeant(found) ? found : undefined
  }

  /** As it stands, without cutting it off. */
  async proveExactly(trial: Trial, costMax: number): Promise<Proven | undefined> {
    const { bench } = this.#options
    if (!fits(trial.run, bench)) return undefined
    await this.#count()
    const words = this.#words(trial)
    if (costMax <= words) return undefined
    const found = await attempt(trial, bench, { eventsMax: costMax - words })
    this.sent = found.sent
    const cost = found.events + words
    const { failure } = found
    if (failure === undefined || !this.#isMeant(found) || cost > costMax || !(await this.#isAtFault(trial))) return undefined
    return { trial, failure, events: found.events, cost, sent: found.sent }
  }

  /** The protocol is, and not what is asked of it. */
  async #isAtFault(trial: Trial): Promise<boolean> {
    const { bench } = this.#options
    const inVain = this.#inVain
    if (!inVain) return this.#sound === undefined || (await this.#stands(this.#sound, trial))
    const { sound } = inVain
    const eventsMax = Math.max(PATIENT_EVENTS, 2 * inVain.events)
    for (let other = 0; other < SOUND_SEEDS; other++) {
      await this.#count()
      const run = { ...trial.run, seed: (trial.run.seed + other) % 2 ** 32 }
      if (!(await attempt({ ...trial, run }, sound, { eventsMax })).passed) return false
    }
    const last = trial.steps.at(-1)
    if (last?.withinMs === undefined || last.withinMs >= inVain.withinMs) return true
    const patient = { ...trial, steps: [...trial.steps.slice(0, -1), { ...last, withinMs: inVain.withinMs }] }
    return this.#isMeant(await attempt(patient, bench, { eventsMax }))
  }

  /** Where something is waited for in vain, and nobody knows who is at fault, how many events pass meanwhile says nothing: there a step less is worth all of them. */
  #words(trial: Trial): number {
    if (this.#areWordsFree) return 0
    return costOfWords(trial, this.#options.bench, isSafety(trial) || this.#inVain ? 2 : 1_000_000)
  }

  /** Trials go on for seconds: now and then the process may do something else, such as noticing that it is to end. */
  async #count(): Promise<void> {
    this.#trials += 1
    if (performance.now() - this.#restedMs < REST_EVERY_MS) return
    await new Promise((resume) => setImmediate(resume))
    this.#restedMs = performance.now()
  }
}

export const watched = (trial: Trial, ms: number): Trial => {
  const last = trial.steps.at(-1)
  return { ...trial, steps: [...(last?.do === 'watch' ? trial.steps.slice(0, -1) : trial.steps), { do: 'watch', watch: { ms } }] }
}

/** What a reader has to read, in events: a step counts two, as a rule, a setting one. */
function costOfWords({ run, steps }: Trial, { protocol }: Bench, each: number): number {
  const usual = protocol.options.parse({}) as { [name: string]: unknown }
  const settings = Object.entries(run.options).filter(([name, value]) => !isDeepStrictEqual(value, usual[name])).length
  const network = run.network.delayMs > 0 || run.network.jitterMs > 0 ? 1 : 0
  const words = steps.reduce((sum, step) => sum + each + (step.do === 'arm' && step.arm.rule !== undefined ? 1 : 0), 0)
  return words + settings + network + (run.load ? 3 : 0)
}
