/**
 * What is going to happen, by simulated time: a binary heap on time, then on the order of adding, so that two things at
 * the same microsecond always happen in the same order. Times and orders stand in typed arrays beside the things
 * themselves: a comparison touches no object.
 */

/** Something that happens at its time. */
export interface Due {
  happen(): void
}

export class Agenda {
  /** Simulated time: whole microseconds of run time since the run began. */
  nowUs = 0
  #size = 0
  #order = 0
  #times = new Float64Array(1024)
  #orders = new Float64Array(1024)
  readonly #dues: (Due | undefined)[] = []

  get size(): number {
    return this.#size
  }

  /** Not before now: what is late happens now. */
  add(atUs: number, due: Due): void {
    this.#push(Math.max(atUs, this.nowUs), this.#order++, due)
  }

  /** Lets the next thing happen, if there is one at or before `untilUs`. */
  next(untilUs: number): boolean {
    if (this.#size === 0 || (this.#times[0] as number) > untilUs) return false
    this.nowUs = this.#times[0] as number
    const due = this.#dues[0] as Due
    this.#pop()
    due.happen()
    return true
  }

  /** Takes out everything that is picked, in the order in which it was to happen. As long as the agenda: for rare occasions. */
  takeOut(pick: (due: Due) => boolean): Due[] {
    const all: { atUs: number; order: number; due: Due }[] = []
    for (let i = 0; i < this.#size; i++)
      all.push({ atUs: this.#times[i] as number, order: this.#orders[i] as number, due: this.#dues[i] as Due })
    all.sort((a, b) => a.atUs - b.atUs || a.order - b.order)
    this.#size = 0
    this.#dues.length = 0
    const picked: Due[] = []
    for (const { atUs, order, due } of all) {
      if (pick(due)) picked.push(due)
      else this.#push(atUs, order, due)
    }
    return picked
  }

  #push(atUs: number, order: number, due: Due): void {
    if (this.#size === this.#times.length) this.#grow()
    const times = this.#times
    const orders = this.#orders
    const dues = this.#dues
    let at = this.#size++
    while (at > 0) {
      const parent = (at - 1) >> 1
      const theirs = times[parent] as number
      if (theirs < atUs || (theirs === atUs && (orders[parent] as number) < order)) break
      times[at] = theirs
      orders[at] = orders[parent] as number
      dues[at] = dues[parent]
      at = parent
    }
    times[at] = atUs
    orders[at] = order
    dues[at] = due
  }

  /** The last one sinks from the top to where it belongs. */
  #pop(): void {
    const times = this.#times
    const orders = this.#orders
    const dues = this.#dues
    const size = --this.#size
    const atUs = times[size] as number
    const order = orders[size] as number
    const due = dues[size]
    dues[size] = undefined
    if (size === 0) return
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= size) break
      let time = times[child] as number
      const right = child + 1
      if (right < size) {
        const other = times[right] as number
        if (other < time || (other === time && (orders[right] as number) < (orders[child] as number))) {
          child = right
          time = other
        }
      }
      if (atUs < time || (atUs === time && order < (orders[child] as number))) break
      times[at] = time
      orders[at] = orders[child] as number
      dues[at] = dues[child]
      at = child
    }
    times[at] = atUs
    orders[at] = order
    dues[at] = due
  }

  #grow(): void {
    const times = new Float64Array(2 * this.#times.length)
    times.set(this.#times)
    this.#times = times
    const orders = new Float64Array(times.length)
    orders.set(this.#orders)
    this.#orders = orders
  }
}
