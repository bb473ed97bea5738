/**
 * Which messages of one sender's life have been delivered: a bit for each of the last million numbers. Older ones count
 * as delivered, so that the memory does not grow with the run.
 */
const WORDS = 2 ** 15
const WINDOW = WORDS * 32

export class DeliveredMessages {
  #words = new Uint32Array(64)
  /** The lowest number that is still told apart; a multiple of 32. */
  #base = 0

  add(number: number): void {
    if (number < this.#base) return
    if (number >= this.#base + WINDOW) this.#advance(number)
    const word = (number >>> 5) % WORDS
    if (word >= this.#words.length) this.#grow(word)
    this.#words[word] = (this.#words[word] as number) | (1 << (number & 31))
  }

  has(number: number): boolean {
    if (number < this.#base) return true
    if (number >= this.#base + WINDOW) return false
    return ((this.#words[(number >>> 5) % WORDS] ?? 0) & (1 << (number & 31))) !== 0
  }

  /** Moves the window so that `number` is in its upper half; words that it leaves are used again. */
  #advance(number: number): void {
    const base = Math.floor((number - WINDOW / 2) / 32) * 32
    const from = this.#base >>> 5
    const words = Math.min(WORDS, (base - this.#base) >>> 5)
    this.#grow(WORDS - 1)
    for (let i = 0; i < words; i++) this.#words[(from + i) % WORDS] = 0
    this.#base = base
  }

  #grow(word: number): void {
    if (word < this.#words.length) return
    let length = this.#words.length
    while (length <= word) length *= 2
    const grown = new Uint32Array(length)
    grown.set(this.#words)
    this.#words = grown
  }
}
