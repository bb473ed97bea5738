/** Dice for the search of smaller failures: the same seed throws the same, so a shrink can be repeated. */
import { draw, fraction } from '../../../protocols/core/prng.ts'

export class Dice {
  readonly #seed: number
  #throws = 0

  constructor(seed: number) {
    this.#seed = seed
  }

  /** From 0, below `count`. */
  below(count: number): number {
    return Math.floor(fraction(this.#coin()) * count)
  }

  between(min: number, max: number): number {
    return min + fraction(this.#coin()) * (max - min)
  }

  chance(probability: number): boolean {
    return fraction(this.#coin()) < probability
  }

  oneOf<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T
  }

  #coin(): number {
    return draw(this.#seed, ++this.#throws)
  }
}
