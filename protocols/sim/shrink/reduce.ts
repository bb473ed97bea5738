/**
 * Takes away from something that fails whatever it does not need for failing: delta debugging (Zeller & Hildebrandt 2002)
 * with passes as in later reducers (C-Reduce, Hypothesis): chunks of parts, then single parts, then simpler values, round
 * after round until a whole round changes nothing. It knows nothing of what it reduces. The test may take as long as it
 * likes and may answer with the failing thing as it then was (under another seed, cut off earlier): reduction goes on from that.
 */

/** Parts that can be taken away, in any combination. */
export interface Removal<T> {
  readonly name: string
  /** How many parts `value` has. */
  parts(value: T): number
  /** `value` without the parts of these indexes; undefined when it cannot be without them. */
  without(value: T, parts: ReadonlySet<number>): T | undefined
}

/** Simpler versions, most promising first. Each must be simpler by a measure that cannot fall for ever. */
export interface Simplification<T> {
  readonly name: string
  simpler(value: T): Iterable<T>
}

export type Pass<T> = Removal<T> | Simplification<T>

export interface ReduceOptions<T> {
  readonly passes: readonly Pass<T>[]
  /** The failing thing when the candidate fails the same way, else undefined. */
  test(candidate: T): T | undefined | Promise<T | undefined>
  /** Tests at most. */
  readonly budget: number
  /** Two things of one text are the same thing: what did not fail once is not tested again. */
  textOf(value: T): string
  /** Asked before each test: true ends the reduction with what it has. */
  isOver?(): boolean
  /** Something smaller was found. */
  onBetter?(value: T, tests: number): void
}

export interface Reduced<T> {
  readonly value: T
  readonly tests: number
  /** Nothing can be taken away: every candidate of every pass was tested against `value`. False when the budget or the caller ended it first. */
  readonly isMinimal: boolean
}

/** `start` must fail; it is not tested. */
export async function reduce<T>(start: T, options: ReduceOptions<T>): Promise<Reduced<T>> {
  return await new Reduction(start, options).run()
}

class Reduction<T> {
  readonly #options: ReduceOptions<T>
  readonly #refuted = new Set<string>()
  #value: T
  #tests = 0
  #isOver = false

  constructor(start: T, options: ReduceOptions<T>) {
    this.#value = start
    this.#options = options
  }

  async run(): Promise<Reduced<T>> {
    for (let changed = true; changed && !this.#isOver; ) {
      changed = false
      for (const pass of this.#options.passes) {
        const found = 'parts' in pass ? await this.#remove(pass) : await this.#simplify(pass)
        changed ||= found
      }
    }
    return { value: this.#value, tests: this.#tests, isMinimal: !this.#isOver }
  }

  /** Chunks of half the parts, a quarter, ... and single parts until none of them can go. From the end: what comes last depends on what came before. */
  async #remove(pass: Removal<T>): Promise<boolean> {
    let changed = false
    for (let size = pass.parts(this.#value); size >= 1; size = Math.floor(size / 2)) {
      for (let removed = true; removed && !this.#isOver; ) {
        removed = await this.#sweep(pass, size)
        changed ||= removed
        // Larger chunks are tried once: what they missed the smaller ones find.
        if (size > 1) break
      }
    }
    return changed
  }

  async #sweep(pass: Removal<T>, size: number): Promise<boolean> {
    let removed = false
    for (let end = pass.parts(this.#value); end > 0 && !this.#isOver; end = Math.min(end - size, pass.parts(this.#value))) {
      const chunk = new Set<number>()
      for (let part = Math.max(0, end - size); part < end; part++) chunk.add(part)
      const candidate = pass.without(this.#value, chunk)
      if (candidate !== undefined && (await this.#accepts(candidate))) removed = true
    }
    return removed
  }

  async #simplify(pass: Simplification<T>): Promise<boolean> {
    let changed = false
    for (let found = true; found && !this.#isOver; ) {
      found = false
      for (const candidate of pass.simpler(this.#value)) {
        found = await this.#accepts(candidate)
        if (found || this.#isOver) break
      }
      changed ||= found
    }
    return changed
  }

  async #accepts(candidate: T): Promise<boolean> {
    const { test, budget, textOf, isOver, onBetter } = this.#options
    const text = textOf(candidate)
    if (this.#refuted.has(text) || text === textOf(this.#value)) return false
    if (this.#tests >= budget || isOver?.()) {
      this.#isOver = true
      return false
    }
    this.#tests += 1
    const failing = await test(candidate)
    if (failing === undefined) {
      this.#refuted.add(text)
      return false
    }
    this.#value = failing
    onBetter?.(failing, this.#tests)
    return true
  }
}
