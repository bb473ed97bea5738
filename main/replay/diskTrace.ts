/**
 * What a node's disk holds, as its steps tell it, as a list that copies of it share: a copy costs nothing until both go on differently.
 * A life that was cut short may have told of more than its disk got.
 */
import type { Effect } from '../../protocols/core/effect.ts'
import type { Json } from '../../protocols/core/json.ts'

interface Held {
  readonly records: Json[]
  readonly count: number
}

const NOTHING: Held = { records: [], count: 0 }

export class DiskTrace {
  #held: Held = NOTHING
  /** What it held before a record replaced it all: a process that was killed in between finds that. */
  #replaced: Held = NOTHING

  get records(): Json[] {
    return this.#held.records.slice(0, this.#held.count)
  }

  /** What a step asks to be written. Returns the last mark that it sets, if it sets one. */
  write(effects: readonly Effect<unknown>[]): number | undefined {
    let mark: number | undefined
    for (const effect of effects) {
      if (effect.kind !== 'persist') continue
      if (effect.replaces) {
        this.#replaced = this.#held
        this.#held = { records: [], count: 0 }
      }
      this.#push(effect.record)
      if (effect.mark !== undefined) mark = effect.mark
    }
    return mark
  }

  /** What a life finds here that finds so many records; undefined when there never were so many. */
  beginning(count: number): Json[] | undefined {
    const held = this.#with(count)
    return held?.records.slice(0, count)
  }

  /** A life begins that finds so many: they are all that is left. Returns them; undefined, and nothing changes, when there never were so many. */
  find(count: number): Json[] | undefined {
    const held = this.#with(count)
    if (!held) return undefined
    this.#held = { records: held.records, count }
    return this.records
  }

  wipe(): void {
    this.#held = NOTHING
    this.#replaced = NOTHING
  }

  copy(): DiskTrace {
    const copy = new DiskTrace()
    copy.#held = this.#held
    copy.#replaced = this.#replaced
    return copy
  }

  #with(count: number): Held | undefined {
    return [this.#held, this.#replaced].find((held) => count <= held.count)
  }

  #push(record: Json): void {
    const { records, count } = this.#held
    const own = records.length > count || records === NOTHING.records ? records.slice(0, count) : records // another one went on with the rest
    own.push(record)
    this.#held = { records: own, count: count + 1 }
  }
}
