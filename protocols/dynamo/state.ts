/** A node's state, and the turn in which one step changes it. What did not change is shared with the state before. */
import { Map as PersistentMap } from 'immutable'
import type { Effect } from '../core/effect.ts'
import type { NodeId } from '../core/ids.ts'
import type { ClientOutcome } from '../core/input.ts'
import type { Json } from '../core/json.ts'
import { type Layout, layoutOf, type Members, type Place, type Quorum } from './members.ts'
import type { Partition } from './merkle.ts'
import type { DynamoMessage } from './messages.ts'
import type { DynamoNote } from './notes.ts'
import { type DynamoOptions, membersAtStart } from './options.ts'
import { partitionOf } from './ring.ts'
import { digestOf, latest, mentions, merge, type Siblings } from './versions.ts'

export type Store = PersistentMap<number, Partition>
/** By the node for which they are kept. */
export type Hints = PersistentMap<NodeId, Partition>

/** Who was asked for a copy, and for whom it keeps it. */
export interface Asked {
  readonly node: NodeId
  readonly hintFor: NodeId | null
}

interface Open {
  /** Over all lives of the node, no two have the same. */
  readonly req: string
  /** The client's asking; null when it has its answer. */
  readonly client: number | null
  readonly key: string
  readonly asked: readonly Asked[]
  /** Looks at the clock that it has seen. */
  readonly ticks: number
}

export interface OpenPut extends Open {
  readonly kind: 'put'
  readonly needs: number
  readonly siblings: Siblings
  readonly acks: readonly NodeId[]
}

export interface OpenGet extends Open {
  readonly kind: 'get'
  readonly needs: number
  readonly answers: readonly { readonly node: NodeId; readonly siblings: Siblings }[]
}

export type OpenRequest = OpenPut | OpenGet

export interface DynamoState {
  readonly id: NodeId
  readonly nodes: readonly NodeId[]
  readonly options: DynamoOptions

  // Persistent: on the disk before any message of the same step leaves.
  /** Its name in dots. */
  readonly actor: string
  /** Dots that it has used under it. */
  readonly used: number
  readonly store: Store
  readonly hints: Hints
  readonly members: Members
  readonly quorum: Quorum

  // Volatile.
  /** Of this life, drawn when it begins: with it requests are named. */
  readonly life: string
  readonly asked: number
  readonly requests: readonly OpenRequest[]
  readonly suspects: readonly NodeId[]
  /** With whom each partition was found equal, since it last changed here. */
  readonly equal: { readonly [partition: number]: readonly NodeId[] }
  /** Keys that are not kept here any more: which versions of them have arrived at whom. */
  readonly moved: { readonly [key: string]: { readonly digest: string; readonly at: readonly NodeId[] } }
  /** Records since the last that stands for all. */
  readonly records: number
  readonly mark: number
}

export function initialState(id: NodeId, nodes: readonly NodeId[], options: DynamoOptions, there = nodes): DynamoState {
  const { n, r, w } = options
  const atStart = membersAtStart(options, nodes, there)
  const members = Object.fromEntries(
    nodes.map((node) => [node, { status: atStart.includes(node) ? ('in' as const) : ('out' as const), version: 0 }]),
  )
  return {
    ...{ id, nodes, options, actor: '', used: 0, store: PersistentMap(), hints: PersistentMap(), members, quorum: { n, r, w, version: 0 } },
    ...{ life: '', asked: 0, requests: [], suspects: [], equal: {}, moved: {}, records: 0, mark: 0 },
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** What one step writes to the disk. */
export interface Written {
  store?: [key: string, siblings: Siblings | null][]
  hints?: [target: NodeId, key: string, siblings: Siblings | null][]
  actor?: string
  used?: number
  members?: Members
  quorum?: Quorum
}

/** One step under way: a shallow copy of the state, whose fields the rules replace (never what they hold), and the effects so far. */
export interface Turn {
  readonly state: Mutable<DynamoState>
  readonly effects: Effect<DynamoMessage>[]
  readonly written: Written
  readonly nowMs: number
  readonly coin: number
}

export function send(turn: Turn, to: NodeId, message: DynamoMessage): void {
  turn.effects.push({ kind: 'send', to, message })
}

export function reply(turn: Turn, id: number, outcome: ClientOutcome): void {
  turn.effects.push({ kind: 'reply', id, outcome })
}

export function note(turn: Turn, name: DynamoNote, data: { readonly [key: string]: Json }): void {
  turn.effects.push({ kind: 'note', note: name, data })
}

export type Timer = 'requests' | 'handOff' | 'antiEntropy' | 'gossip'

/** Somewhere between half of it and half more than it. */
export function setTimer(turn: Turn, name: Timer, ms: number): void {
  turn.effects.push({ kind: 'setTimer', name, msMin: ms / 2, msMax: ms * 1.5 })
}

type View = Pick<DynamoState, 'members' | 'quorum' | 'options'>
export const layout = ({ members, quorum, options }: View): Layout => layoutOf(members, quorum.n, options)
export const placeAt = (state: View, partition: number): Place => layout(state)[partition] as Place
export const placeOf = (state: View, key: string): Place => placeAt(state, partitionOf(key, state.options.partitions))

/** A node keeps a key if it is at home there, or will be. */
export const keeps = (state: View & Pick<DynamoState, 'id'>, { homes, next }: Place): boolean =>
  homes.includes(state.id) || next.includes(state.id)

/** Merged, or by the clock alone. */
export function combine({ options }: Pick<DynamoState, 'options'>, a: Siblings, b: Siblings): Siblings {
  const both = merge(a, b)
  if (options.resolve === 'siblings') return both
  const one = latest(both)
  return digestOf(one) === digestOf(a) ? a : one
}

export const stored = ({ store, options }: Pick<DynamoState, 'store' | 'options'>, key: string): Siblings =>
  store.get(partitionOf(key, options.partitions))?.get(key) ?? []

/** All that a node knows of a key: of its own, and what it keeps for others. */
export function known(state: DynamoState, key: string): Siblings {
  let all = stored(state, key)
  for (const target of [...state.hints.keys()].sort()) all = combine(state, all, state.hints.get(target)?.get(key) ?? [])
  return all
}

/** Merges versions into what it keeps of a key (rule P4). */
export function keep(turn: Turn, key: string, siblings: Siblings): void {
  const { state } = turn
  const before = stored(state, key)
  const after = combine(state, before, siblings)
  if (after === before) return
  put(turn, key, after)
  if (after.length > 1 && after.length > before.length) note(turn, 'siblings', { key, count: after.length })
}

/** In place of what it kept of a key. */
export function put(turn: Turn, key: string, siblings: Siblings): void {
  const { state, written } = turn
  const partition = partitionOf(key, state.options.partitions)
  state.store = state.store.set(partition, (state.store.get(partition) ?? PersistentMap()).set(key, siblings))
  state.equal = without(state.equal, partition)
  written.store = [...(written.store ?? []), [key, siblings]]
}

/** Lets go of a key. */
export function drop(turn: Turn, key: string): void {
  const { state, written } = turn
  const partition = partitionOf(key, state.options.partitions)
  const siblings = stored(state, key)
  const left = state.store.get(partition)?.delete(key)
  state.store = left === undefined || left.size === 0 ? state.store.delete(partition) : state.store.set(partition, left)
  state.equal = without(state.equal, partition)
  state.moved = without(state.moved, key)
  written.store = [...(written.store ?? []), [key, null]]
  renameAfter(turn, key, siblings)
}

/** Keeps versions for another node, beside those that it keeps for it already (rules P4, H3). */
export function keepHint(turn: Turn, target: NodeId, key: string, siblings: Siblings): void {
  const { state, written } = turn
  const before = state.hints.get(target)?.get(key) ?? []
  const after = combine(state, before, siblings)
  if (after === before) return
  state.hints = state.hints.set(target, (state.hints.get(target) ?? PersistentMap()).set(key, after))
  written.hints = [...(written.hints ?? []), [target, key, after]]
  note(turn, 'hint', { key, for: target })
}

export function dropHint(turn: Turn, target: NodeId, key: string): void {
  const { state, written } = turn
  const siblings = state.hints.get(target)?.get(key) ?? []
  const left = state.hints.get(target)?.delete(key)
  state.hints = left === undefined || left.size === 0 ? state.hints.delete(target) : state.hints.set(target, left)
  written.hints = [...(written.hints ?? []), [target, key, null]]
  renameAfter(turn, key, siblings)
}

/**
 * "All writes of this actor up to the n-th" is said of those who have the n-th, so they must have had the others, too (rule D4). Whoever
 * lets go of versions with its name in them would break that with its next write of the key: it takes another name.
 */
function renameAfter(turn: Turn, key: string, gone: Siblings): void {
  const { state, coin } = turn
  if (!mentions(gone, state.actor) || mentions(known(state, key), state.actor)) return
  rename(turn, coin)
  note(turn, 'actor', { key, name: state.actor })
}

/** The name is drawn: a node that lost its disk does not know which it had. */
export function rename(turn: Turn, coin: number): void {
  const { state, written } = turn
  const tail = (coin % 36 ** 4).toString(36).padStart(4, '0')
  state.actor = `${state.id}-${tail}`
  state.used = 0
  written.actor = state.actor
  written.used = 0
}

export function without<T>(table: { readonly [key: string]: T }, key: string | number): { readonly [key: string]: T } {
  if (!Object.hasOwn(table, key)) return table
  const { [key]: _, ...rest } = table
  return rest
}
