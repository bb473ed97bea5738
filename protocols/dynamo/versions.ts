/**
 * Versions (§4.4), as dotted version vectors (Preguiça, Baquero, Almeida et al., 2010): a dot names one write, and beside it stands what its writer
 * had read. So two writes that one node takes on after the same read are told apart, which a plain vector cannot (there one of them is lost).
 * Versions that know nothing of each other are siblings, and all are kept.
 */

/** For each actor how many of its writes are known. */
export type Vector = { readonly [actor: string]: number }

/** The n-th write of an actor. */
export interface Dot {
  readonly actor: string
  readonly n: number
}

export interface Sibling {
  readonly dot: Dot
  /** What its writer had read. */
  readonly context: Vector
  /** Null: deleted. What was deleted is kept as a version, or older ones would come back. */
  readonly value: string | null
  /** The coordinator's clock when it took it on. Looked at where the last writer wins alone. */
  readonly at: number
  /** The client's number of the write: the same when it asks once more. 0: it has none. */
  readonly write: number
}

/** In the order of their dots, each once. */
export type Siblings = readonly Sibling[]

const compareDots = (a: Dot, b: Dot): number => (a.actor < b.actor ? -1 : a.actor > b.actor ? 1 : a.n - b.n)
export const dotText = ({ actor, n }: Dot): string => `${actor}:${n}`

/** The same vector always has its actors in the same order. */
const inOrder = (entries: Iterable<readonly [string, number]>): Vector =>
  Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)))

export function join(a: Vector, b: Vector): Vector {
  const most = new Map(Object.entries(a))
  for (const [actor, n] of Object.entries(b)) most.set(actor, Math.max(n, most.get(actor) ?? 0))
  return inOrder(most)
}

export const covered = (vector: Vector, { actor, n }: Dot): boolean => (vector[actor] ?? 0) >= n

/** What somebody knows who reads these siblings (rule D1). */
export const contextOf = (siblings: Siblings): Vector =>
  siblings.reduce<Vector>((all, { dot, context }) => join(join(all, context), { [dot.actor]: dot.n }), {})

/** A new version beside those that its writer had not read (rule D2). */
export const written = (siblings: Siblings, version: Sibling): Siblings =>
  sorted([...siblings.filter(({ dot }) => !covered(version.context, dot)), version])

/** Of two sets, what nobody in either has read (rule D3). Commutative, associative, and idempotent. */
export function merge(a: Siblings, b: Siblings): Siblings {
  if (a === b || b.length === 0) return a
  if (a.length === 0) return b
  const all = new Map([...a, ...b].map((sibling) => [dotText(sibling.dot), sibling]))
  const kept = [...all.values()].filter(({ dot }) => !some(all.values(), ({ context }) => covered(context, dot)))
  return same(kept, a) ? a : sorted(kept)
}

/** The last writer wins: whichever has the highest time, however it relates to the others. Loses what was written meanwhile. */
export const latest = (siblings: Siblings): Siblings =>
  siblings.length < 2
    ? siblings
    : [siblings.reduce((best, each) => (each.at > best.at || (each.at === best.at && compareDots(each.dot, best.dot) > 0) ? each : best))]

/** What stands for a set when it is compared with another: a dot names one version for ever. Nothing local goes into it. */
export const digestOf = (siblings: Siblings): string => siblings.map(({ dot }) => dotText(dot)).join(' ')

export const same = (a: Siblings, b: Siblings): boolean => a === b || digestOf(sorted(a)) === digestOf(b)

/** Some actor's dots or knowledge of them are in the set. */
export const mentions = (siblings: Siblings, actor: string): boolean =>
  siblings.some(({ dot, context }) => dot.actor === actor || context[actor] !== undefined)

/** In order. What a client asked for once and two coordinators took on is one value; equal values of different writes are two. */
export function valuesOf(siblings: Siblings): (string | null)[] {
  const byWrite = new Map(siblings.map(({ dot, value, write }) => [write > 0 ? write : dotText(dot), value]))
  return [...byWrite.values()].sort(byText)
}

const byText = (a: string | null, b: string | null): number => (a === b ? 0 : a === null ? 1 : b === null ? -1 : a < b ? -1 : 1)
const sorted = (siblings: Siblings): Siblings => [...siblings].sort((a, b) => compareDots(a.dot, b.dot))

function some<T>(values: Iterable<T>, test: (value: T) => boolean): boolean {
  for (const value of values) if (test(value)) return true
  return false
}
