/** What the fake lab answers on states in time: looked up in all that it went through, and compared as the real one compares. */
import type { ParsedRequest, Response } from '../../../main/contract/commands.ts'
import { differencesOf, entriesOf, equal, valueAt } from '../../../protocols/core/differences.ts'
import type { NodeId } from '../../../protocols/core/ids.ts'
import type { Json } from '../../../protocols/core/json.ts'
import { type LanePoint, thinned } from '../../../protocols/core/lane.ts'
import type { KnownState, World } from './world.ts'

export const stateOf = (world: World, node: NodeId, seq: number): KnownState | undefined =>
  world.states.findLast((entry) => entry.node === node && entry.seq <= seq)

/** As the window is given it. Remembered, for a state is asked for again and again. */
const trees = new WeakMap<object, Json>()
export function treeOf({ protocol }: World, { state }: KnownState): Json {
  const key = state as object
  const tree = trees.get(key) ?? protocol.encode(state)
  trees.set(key, tree)
  return tree
}

const treeAt = (world: World, node: NodeId, seq: number): Json | undefined => {
  const known = stateOf(world, node, seq)
  return known && treeOf(world, known)
}

export function partAt(
  world: World,
  { seq, node, path, from, to }: Omit<ParsedRequest<'run.state.part'>, 'run'>,
): Response<'run.state.part'> {
  const list = valueAt(treeAt(world, node, seq), path)
  return { items: list === undefined ? {} : Object.fromEntries(entriesOf(list).slice(from, to)) }
}

export function diffOf(world: World, { a, b }: Omit<ParsedRequest<'run.diff'>, 'run'>): Response<'run.diff'> {
  const [left, right] = [stateOf(world, a.node, a.seq), stateOf(world, b.node, b.seq)]
  return {
    a: { ...a, stepSeq: left?.seq ?? 0 },
    b: { ...b, stepSeq: right?.seq ?? 0 },
    ...differencesOf(left && treeOf(world, left), right && treeOf(world, right)),
  }
}

export function changesIn(
  world: World,
  { node, path, from, direction, limit }: Omit<ParsedRequest<'run.changes'>, 'run'>,
): Response<'run.changes'> {
  const all: { known: KnownState; seq: number; before: Json | undefined; after: Json | undefined }[] = []
  let before: Json | undefined
  for (const known of world.states.filter((entry) => entry.node === node)) {
    const after = valueAt(treeOf(world, known), path)
    if (before === undefined ? after !== undefined : after === undefined || !equal(before, after))
      all.push({ known, seq: known.seq, before, after })
    before = after
  }
  const found = direction === 'forward' ? all.filter(({ seq }) => seq > from) : all.filter(({ seq }) => seq <= from).reverse()
  return {
    changes: found.slice(0, limit).map(({ known: { seq, life, step }, ...values }) => ({
      ...{ seq, atUs: world.events[seq - 1]?.atUs ?? 0, life, step },
      ...(values.before === undefined ? {} : { before: values.before }),
      ...(values.after === undefined ? {} : { after: values.after }),
    })),
    next: found.length > limit ? (found[limit - 1] as { seq: number }).seq + (direction === 'forward' ? 0 : -1) : undefined,
    ready: world.lastSeq,
  }
}

const SHOWN: { readonly [path: string]: string } = { epoch: 'currentTerm' }

export function laneOf(world: World, { nodes, path, fromUs, toUs, points }: Omit<ParsedRequest<'run.lane'>, 'run'>): Response<'run.lane'> {
  return {
    path,
    from: 'shown',
    known: world.lastSeq,
    nodes: nodes.map((node) => {
      const all: LanePoint[] = []
      for (const known of world.states.filter((entry) => entry.node === node)) {
        const { seq } = known
        const found = valueAt(treeOf(world, known), SHOWN[path] ?? path)
        const value = found !== null && typeof found === 'object' ? entriesOf(found).length : found
        if (all.length > 0 && all.at(-1)?.value === value) continue
        const atUs = world.events[seq - 1]?.atUs ?? 0
        all.push(value === undefined ? { seq, atUs } : { seq, atUs, value })
      }
      return { node, points: thinned(all, fromUs, toUs, points) }
    }),
  }
}
