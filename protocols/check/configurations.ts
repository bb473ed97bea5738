/**
 * The configurations that a search has seen: rows of integers in one flat table with open addressing, so that a million of them are
 * one array and what they weigh is known to the byte. A search that comes to a configuration again need not go on from it
 * (Lowe 2017, section 4): whatever can be reached from there was tried.
 */
export interface Configurations {
  /** Remembers the row; `full` when that would take more memory than allowed, and then nothing changed. */
  add(row: Int32Array): 'new' | 'seen' | 'full'
  readonly bytes: number
  readonly size: number
}

const EMPTY = -1

/** Rows have `width` integers, and their first one is never negative. */
export function openConfigurations(width: number, bytesMax: number): Configurations {
  let capacity = 64
  let table = new Int32Array(capacity * width).fill(EMPTY)
  let size = 0

  /** Where `source[from ..]` stands in `target`, or the empty place where it belongs. */
  function find(target: Int32Array, mask: number, source: Int32Array, from: number): number {
    let h = 0x9e3779b9 | 0
    for (let i = 0; i < width; i++) {
      h = Math.imul(h ^ (source[from + i] as number), 0x85ebca6b)
      h ^= h >>> 15
    }
    h = Math.imul(h, 0xc2b2ae35)
    let place = (h ^ (h >>> 16)) & mask
    for (;;) {
      const at = place * width
      if (target[at] === EMPTY) return at
      let i = 0
      while (i < width && target[at + i] === source[from + i]) i++
      if (i === width) return at
      place = (place + 1) & mask
    }
  }

  function grow(): boolean {
    if ((table.length + table.length * 2) * 4 > bytesMax) return false
    const larger = new Int32Array(table.length * 2).fill(EMPTY)
    const mask = capacity * 2 - 1
    for (let at = 0; at < table.length; at += width) {
      if (table[at] === EMPTY) continue
      const place = find(larger, mask, table, at)
      for (let i = 0; i < width; i++) larger[place + i] = table[at + i] as number
    }
    table = larger
    capacity *= 2
    return true
  }

  return {
    add(row) {
      let at = find(table, capacity - 1, row, 0)
      if (table[at] !== EMPTY) return 'seen'
      if (size * 2 >= capacity) {
        if (!grow()) return 'full'
        at = find(table, capacity - 1, row, 0)
      }
      for (let i = 0; i < width; i++) table[at + i] = row[i] as number
      size++
      return 'new'
    },
    get bytes() {
      return table.byteLength
    },
    get size() {
      return size
    },
  }
}
