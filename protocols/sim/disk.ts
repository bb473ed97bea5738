/**
 * A node's disk, which tells what was written from what is synced: a crash loses exactly the rest. What stands for all
 * that was written before is durable at once, as the rename of a whole file is.
 */
import type { Json } from '../core/json.ts'

/** How far a disk was written when a sync began. */
export interface DiskMark {
  readonly generation: number
  readonly records: number
}

export class SimDisk {
  /** What it held when another one was gone on with; looked at when a life begins, for it may be long. */
  #past: () => readonly Json[] = () => []
  readonly #records: Json[] = []
  #synced = 0
  /** Counts the replacements: a mark of before means nothing after. */
  #generation = 0

  /** What it held, all of it durable, when somebody looked. */
  fill(records: () => readonly Json[]): void {
    this.#past = records
  }

  append(record: Json): void {
    this.#records.push(record)
  }

  replace(record: Json): void {
    this.#past = () => []
    this.#records.length = 0
    this.#records.push(record)
    this.#generation += 1
    this.#synced = 1
  }

  mark(): DiskMark {
    return { generation: this.#generation, records: this.#records.length }
  }

  synced({ generation, records }: DiskMark): void {
    if (generation === this.#generation) this.#synced = Math.max(this.#synced, records)
  }

  /** Returns how many records were lost. */
  crash(): number {
    const lost = this.#records.length - this.#synced
    this.#records.length = this.#synced
    return lost
  }

  wipe(): void {
    this.#past = () => []
    this.#records.length = 0
    this.#generation += 1
    this.#synced = 0
  }

  /** What a new life finds, in the order in which it was persisted. */
  recovered(): Json[] {
    return [...this.#past(), ...this.#records]
  }
}
