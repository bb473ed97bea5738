/** What a node's disk holds, as a list that copies of it share: a copy costs nothing until both go on differently. */
import type { Json } from '../../protocols/core/json.ts'

export class DiskTrace {
  #records: Json[] = []
  #count = 0

  get records(): Json[] {
    return this.#records.slice(0, this.#count)
  }

  push(record: Json): void {
    if (this.#records.length > this.#count) this.#records = this.records // another one went on with the rest
    this.#records.push(record)
    this.#count += 1
  }

  /** The beginning of what it held is all that is left. */
  keep(count: number): void {
    this.#count = Math.min(this.#count, count)
  }

  empty(): void {
    this.#records = []
    this.#count = 0
  }

  copy(): DiskTrace {
    const copy = new DiskTrace()
    copy.#records = this.#records
    copy.#count = this.#count
    return copy
  }
}
