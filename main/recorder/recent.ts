/**
 * What was made of late, by key; what was not asked for longest makes room for the next. Kept in slots that are written again and again: in a
 * Map of which entries come and go, each table that was outgrown would hold what was in it until the collector looks through the whole heap,
 * and bring that about the sooner.
 */
export class Recent<T> {
  readonly #count: number
  readonly #slots: { key: string; value: T; used: number }[] = []
  #uses = 0

  constructor(count: number) {
    this.#count = count
  }

  /** The value of `key` if it is there. */
  peek(key: string): T | undefined {
    return this.#slots.find((slot) => slot.key === key)?.value
  }

  /** The value of `key`, made when it is not there. */
  get(key: string, make: () => T): T {
    this.#uses++
    const found = this.#slots.find((slot) => slot.key === key)
    if (found) {
      found.used = this.#uses
      return found.value
    }
    const value = make()
    if (this.#slots.length < this.#count) this.#slots.push({ key, value, used: this.#uses })
    else Object.assign(this.#oldest(), { key, value, used: this.#uses })
    return value
  }

  #oldest() {
    return this.#slots.reduce((oldest, slot) => (slot.used < oldest.used ? slot : oldest))
  }
}
