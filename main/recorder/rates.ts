/** Counts what is recorded by message type and by event kind, and says how many a second there were of late. */
import { ChunkKind } from '../../protocols/wire/chunk.ts'

const KINDS = Object.entries(ChunkKind).filter(([name]) => name !== 'send' && name !== 'pass')
const WINDOW_MS = 1000

export class Rates {
  readonly #types: readonly string[]
  /** Totals: by ChunkKind, then sends by message type. */
  readonly #totals: Float64Array<ArrayBuffer>
  /** Totals as they were, oldest first, over a little more than the last second. */
  readonly #before: { readonly atMs: number; readonly totals: Float64Array<ArrayBuffer> }[] = []

  constructor(messageTypes: readonly string[]) {
    this.#types = messageTypes
    this.#totals = new Float64Array(16 + messageTypes.length)
  }

  kind(kind: number): void {
    this.#totals[kind] = (this.#totals[kind] as number) + 1
  }

  sent(type: number): void {
    this.#totals[16 + type] = (this.#totals[16 + type] as number) + 1
  }

  /** Events a second by name, over the last second; names that did not occur are left out. */
  perSecond(nowMs: number): { [name: string]: number } {
    const before = this.#before
    before.push({ atMs: nowMs, totals: this.#totals.slice() })
    while (before.length > 2 && (before[1] as { atMs: number }).atMs <= nowMs - WINDOW_MS) before.shift()
    const [oldest] = before
    const rates: { [name: string]: number } = {}
    if (!oldest) return rates
    const seconds = Math.max(nowMs - oldest.atMs, WINDOW_MS / 4) / 1000
    const rate = (index: number, name: string) => {
      const count = (this.#totals[index] as number) - (oldest.totals[index] as number)
      if (count > 0) rates[name] = Math.round((count / seconds) * 10) / 10
    }
    for (const [name, kind] of KINDS) rate(kind, name)
    for (const [type, name] of this.#types.entries()) rate(16 + type, name)
    return rates
  }
}
