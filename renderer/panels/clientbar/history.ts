/** What was typed before, walked with the arrow keys; what was being typed is kept while one looks around. */
export class History {
  readonly #limit: number
  #lines: string[]
  /** Where one stands: `#lines.length` is the line being typed. */
  #at: number
  #draft = ''

  constructor(lines: readonly string[] = [], limit = 200) {
    this.#lines = lines.slice(-limit)
    this.#limit = limit
    this.#at = this.#lines.length
  }

  get lines(): readonly string[] {
    return this.#lines
  }

  /** Takes a line that was sent; the same twice in a row is kept once. */
  add(line: string): void {
    if (this.#lines.at(-1) !== line) this.#lines = [...this.#lines, line].slice(-this.#limit)
    this.#at = this.#lines.length
    this.#draft = ''
  }

  /** The line before, or `typed` again when there is none. */
  back(typed: string): string {
    if (this.#at === this.#lines.length) this.#draft = typed
    this.#at = Math.max(0, this.#at - 1)
    return this.#lines[this.#at] ?? this.#draft
  }

  /** The line after; after the last comes what was being typed. */
  forward(typed: string): string {
    if (this.#at >= this.#lines.length) return typed
    this.#at++
    return this.#lines[this.#at] ?? this.#draft
  }
}
