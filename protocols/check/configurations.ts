/**
 * The configurations that a search has seen: rows of integers in flat arrays with open addressing, so that a million of them are two
 * arrays and what they weigh is known to the byte. A search that comes to a configuration again need not go on from it (Lowe 2017,
 * section 4): whatever can be reached from there was tried.
 *
 * The last words of a row are a set of operations used up that nobody needs. Of two rows that differ in this set alone, the one that
 * used fewer reaches all that the other does; so a row is seen when one with a part of its set was.
 */
export interface Configurations {
  /** Remembers the row; `full` when that would take more memory than allowed, and then nothing changed. */
  add(row: Int32Array): 'new' | 'seen' | 'full'
  readonly bytes: number
  readonly size: number
}

const EMPTY = -1

/** Rows have `width` integers, the first one never negative, and behind them `spare` words of the set. */
export function openConfigurations(width: number, bytesMax: number, spare = 0): Configurations {
  /** A place holds a row without its set, and where the chain of its sets begins. */
  const stride = width + 1
  const link = spare + 1
  let capacity = 64
  let table = new Int32Array(capacity * stride).fill(EMPTY)
  let used = 0
  let sets = new Int32Array(64 * link)
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
      const at = place * stride
      if (target[at] === EMPTY) return at
      let i = 0
      while (i < width && target[at + i] === source[from + i]) i++
      if (i === width) return at
      place = (place + 1) & mask
    }
  }

  /** Does the chain hold a set that is a part of the row's? */
  function includesPart(first: number, row: Int32Array): boolean {
    for (let set = first; set !== EMPTY; set = sets[set * link] as number) {
      let i = 0
      while (i < spare && ((sets[set * link + 1 + i] as number) & ~(row[width + i] as number)) === 0) i++
      if (i === spare) return true
    }
    return false
  }

  function growTable(): boolean {
    if ((table.length * 3 + sets.length) * 4 > bytesMax) return false
    const larger = new Int32Array(table.length * 2).fill(EMPTY)
    const mask = capacity * 2 - 1
    for (let at = 0; at < table.length; at += stride) {
      if (table[at] === EMPTY) continue
      const place = find(larger, mask, table, at)
      for (let i = 0; i < stride; i++) larger[place + i] = table[at + i] as number
    }
    table = larger
    capacity *= 2
    return true
  }

  function growSets(): boolean {
    if ((sets.length * 3 + table.length) * 4 > bytesMax) return false
    const larger = new Int32Array(sets.length * 2)
    larger.set(sets)
    sets = larger
    return true
  }

  return {
    add(row) {
      let at = find(table, capacity - 1, row, 0)
      const known = table[at] !== EMPTY
      if (known && includesPart(table[at + width] as number, row)) return 'seen'
      if ((size + 1) * link > sets.length && !growSets()) return 'full'
      if (!known) {
        if (used * 2 >= capacity) {
          if (!growTable()) return 'full'
          at = find(table, capacity - 1, row, 0)
        }
        for (let i = 0; i < width; i++) table[at + i] = row[i] as number
        used++
      }
      sets[size * link] = known ? (table[at + width] as number) : EMPTY
      for (let i = 0; i < spare; i++) sets[size * link + 1 + i] = row[width + i] as number
      table[at + width] = size++
      return 'new'
    },
    get bytes() {
      return table.byteLength + sets.byteLength
    },
    get size() {
      return size
    },
  }
}
