/**
 * Things that reach from one place of the axis to another, of which those are wanted that touch a window: also a message that
 * was sent long before it and arrives long after. Things are added behind each other and lie in nodes of sixteen, those again
 * in nodes of sixteen; each node knows how far what is in it reaches. A window of k things in a million costs about k looks.
 */
const SHIFT = 4
const FAN = 1 << SHIFT
const LEVELS = 5

type Numbers = Float64Array<ArrayBuffer>

export class Extents {
  rows = new Uint32Array(256)
  length = 0
  /** Of each thing, then of each node of each level: from where to where it reaches. */
  readonly #from: Numbers[] = Array.from({ length: LEVELS }, () => new Float64Array(16))
  readonly #to: Numbers[] = Array.from({ length: LEVELS }, () => new Float64Array(16))

  /** Of each node of each level, how many things in it reach anywhere. */
  readonly #held: Numbers[] = Array.from({ length: LEVELS }, () => new Float64Array(16))

  constructor() {
    this.#held[0] = new Float64Array(256)
    this.#from[0] = new Float64Array(256)
    this.#to[0] = new Float64Array(256)
  }

  /** Adds a row that reaches `from`..`to`; one that reaches nowhere (NaN) keeps its number and is never found. Returns its number. */
  add(row: number, from: number, to: number): number {
    const at = this.length++
    if (at === this.rows.length) {
      const wide = new Uint32Array(at * 2)
      wide.set(this.rows)
      this.rows = wide
    }
    this.rows[at] = row
    for (let level = 0, node = at; level < LEVELS; level++, node >>= SHIFT) {
      if (node >= (this.#from[level] as Numbers).length) this.#widen(level)
      const isFirst = level === 0 || (at & ((1 << (SHIFT * level)) - 1)) === 0
      if (isFirst) this.#set(level, node, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)
    }
    this.reach(at, from, to)
    return at
  }

  /** A thing reaches further than was known. */
  reach(at: number, from: number, to: number): void {
    if (Number.isNaN(from) || Number.isNaN(to)) return
    const isNew = this.#held[0]?.[at] === 0
    for (let level = 0, node = at; level < LEVELS; level++, node >>= SHIFT) {
      const low = this.#from[level] as Numbers
      const high = this.#to[level] as Numbers
      if (from < (low[node] as number)) low[node] = from
      if (to > (high[node] as number)) high[node] = to
      if (isNew) (this.#held[level] as Numbers)[node] = ((this.#held[level] as Numbers)[node] as number) + 1
    }
  }

  /** Tells every row that touches `from`..`to`, in the order in which they were added. */
  visit(from: number, to: number, see: (row: number) => void): void {
    const top = LEVELS - 1
    for (let node = 0; node <= (this.length - 1) >> (SHIFT * top) && this.length > 0; node++) this.#visit(top, node, from, to, see)
  }

  #visit(level: number, node: number, from: number, to: number, see: (row: number) => void): void {
    if (((this.#from[level] as Numbers)[node] as number) > to || ((this.#to[level] as Numbers)[node] as number) < from) return
    if (level === 0) return see(this.rows[node] as number)
    const below = level - 1
    const last = Math.min((node << SHIFT) + FAN - 1, (this.length - 1) >> (SHIFT * below))
    for (let child = node << SHIFT; child <= last; child++) this.#visit(below, child, from, to, see)
  }

  /** How many touch `from`..`to`: nodes that lie wholly within are counted without being opened; not much beyond `enough` is looked for. */
  count(from: number, to: number, enough = Number.POSITIVE_INFINITY): number {
    let found = 0
    const look = (level: number, node: number): void => {
      const low = (this.#from[level] as Numbers)[node] as number
      const high = (this.#to[level] as Numbers)[node] as number
      if (low > to || high < from || found > enough) return
      if (level === 0) found++
      else if (low >= from && high <= to) found += (this.#held[level] as Numbers)[node] as number
      else
        for (let child = node << SHIFT; child <= Math.min((node << SHIFT) + FAN - 1, (this.length - 1) >> (SHIFT * (level - 1))); child++)
          look(level - 1, child)
    }
    const top = LEVELS - 1
    for (let node = 0; node <= (this.length - 1) >> (SHIFT * top) && this.length > 0; node++) look(top, node)
    return found
  }

  #set(level: number, node: number, from: number, to: number): void {
    ;(this.#from[level] as Numbers)[node] = from
    ;(this.#to[level] as Numbers)[node] = to
  }

  #widen(level: number): void {
    for (const side of [this.#from, this.#to, this.#held]) {
      const wide = new Float64Array((side[level] as Numbers).length * 2)
      wide.set(side[level] as Numbers)
      side[level] = wide
    }
  }
}
