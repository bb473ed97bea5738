/** Sparse whole numbers by whole numbers, in pages: nearly an array where keys are dense, and never large where they are not. 0: not set. */
const PAGE = 1024

export class Pages {
  readonly #pages = new Map<number, Uint32Array>()
  #lastKey = -1
  #last: Uint32Array | undefined

  get(key: number): number {
    return this.#page(Math.floor(key / PAGE))?.[key % PAGE] ?? 0
  }

  set(key: number, value: number): void {
    const at = Math.floor(key / PAGE)
    let page = this.#page(at)
    if (!page) {
      page = new Uint32Array(PAGE)
      this.#pages.set(at, page)
      this.#last = page
    }
    page[key % PAGE] = value
  }

  #page(at: number): Uint32Array | undefined {
    if (at !== this.#lastKey) {
      this.#last = this.#pages.get(at)
      this.#lastKey = at
    }
    return this.#last
  }
}
