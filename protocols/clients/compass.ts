/** Which node the clients of a run ask: whoever is said to lead, else one after the other. Usually one for all, so that what one client learns the others need not. */
export class Compass {
  /** Index of the node to ask next. */
  node: number
  readonly nodes: number
  /** Seats in which nobody is: one set for all compasses of a run. */
  readonly empty: Set<number>

  /** `node`: whom to ask first. */
  constructor(nodes: number, node = 0, empty = new Set<number>()) {
    this.nodes = nodes
    this.empty = empty
    this.node = this.#there(node)
  }

  /** For a client that finds out by itself; `place`: its number among them, from 0. */
  own(place: number): Compass {
    return new Compass(this.nodes, place % Math.max(1, this.nodes - this.empty.size), this.empty)
  }

  /** `node` was asked in vain: it did not answer, or does not lead and knows nobody who does. */
  pass(node: number): void {
    if (this.node === node) this.node = this.#there((node + 1) % this.nodes)
  }

  /** A node was added, or removed. */
  seat(node: number, isTaken: boolean): void {
    if (isTaken) this.empty.delete(node)
    else this.empty.add(node)
  }

  /** Somebody says that `node` leads. */
  point(node: number): void {
    if (node >= 0 && node < this.nodes) this.node = node
  }

  /** The first from there on who is there at all. */
  #there(from: number): number {
    for (let ahead = 0; ahead < this.nodes; ahead++) {
      const node = (from + ahead) % this.nodes
      if (!this.empty.has(node)) return node
    }
    return from
  }
}
