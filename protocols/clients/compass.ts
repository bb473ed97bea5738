/** Which node the clients of a run ask: whoever is said to lead, else one after the other. Usually one for all, so that what one client learns the others need not. */
export class Compass {
  /** Index of the node to ask next. */
  node: number
  readonly nodes: number

  /** `node`: whom to ask first. */
  constructor(nodes: number, node = 0) {
    this.nodes = nodes
    this.node = node
  }

  /** `node` was asked in vain: it did not answer, or does not lead and knows nobody who does. */
  pass(node: number): void {
    if (this.node === node) this.node = (node + 1) % this.nodes
  }

  /** Somebody says that `node` leads. */
  point(node: number): void {
    if (node >= 0 && node < this.nodes) this.node = node
  }
}
