/**
 * Where two executions of one protocol part. Events are held against each other by what they say (a number each, equal for
 * events that say the same), in two ways: all of them in the order of their logs, which only executions share that one cause
 * made (a branch and what it left, one seed simulated twice); and node by node, step by step, whatever came between on other
 * nodes, for two recordings of real processes never interleave alike.
 */

/** How many of the first items are the same in both. */
export function sharedPrefix(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const length = Math.min(a.length, b.length)
  let shared = 0
  while (shared < length && a[shared] === b[shared]) shared += 1
  return shared
}

/** The steps of one node in order: what each says, and the event that it is. */
export interface StepSeries {
  readonly says: ArrayLike<number>
  readonly seqs: ArrayLike<number>
}

/** Where one node parts. */
export interface NodeParting {
  readonly node: number
  /** So many of its first steps are the same. */
  readonly shared: number
  /** The event of its first other step in each; undefined where there is none any more. */
  readonly a: number | undefined
  readonly b: number | undefined
}

/** Node by node; the two need not have the same nodes. */
export function partings(a: readonly StepSeries[], b: readonly StepSeries[]): NodeParting[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, node) => {
    const ofA = a[node]
    const ofB = b[node]
    const shared = ofA && ofB ? sharedPrefix(ofA.says, ofB.says) : 0
    return { node, shared, a: ofA?.seqs[shared], b: ofB?.seqs[shared] }
  })
}

/**
 * The parting that none of the others can have caused: in a log that respects causality it is the one whose event stands first.
 * Nodes that merely end earlier in one of the two do not part; undefined when none does.
 */
export function firstParting(partings: readonly NodeParting[]): NodeParting | undefined {
  let first: NodeParting | undefined
  for (const one of partings) {
    if (one.a === undefined || one.b === undefined) continue
    if (first === undefined || one.a < (first.a as number)) first = one
  }
  return first
}
