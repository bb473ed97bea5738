/**
 * What the observer knows for certain: an answer to a client has left its node when everything that the node had written before is on its disk. What a
 * crash took back before that was said to nobody, and never happened.
 */
import type { NodeId } from '../core/ids.ts'
import type { JudgedStep } from '../core/invariant.ts'
import type { Json } from '../core/json.ts'
import type { DynamoMessage } from './messages.ts'
import { type DynamoState, placeOf } from './state.ts'
import { covered, type Dot, type Siblings, type Vector } from './versions.ts'

export type DynamoJudgedStep = JudgedStep<DynamoState, DynamoMessage>

/** A write that its client was told of. */
export interface Acknowledged {
  readonly key: string
  readonly dot: Dot
  readonly context: Vector
  readonly value: string | null
  readonly w: number
  readonly sloppy: boolean
  readonly homes: readonly NodeId[]
}

type Begun = Omit<Acknowledged, 'homes'> & { readonly homes: readonly NodeId[] }

export class Witness {
  /** By the client's asking. */
  readonly #begun = new Map<number, Begun>()
  readonly #durable = new Map<NodeId, number>()
  readonly #unsaid = new Map<NodeId, { readonly mark: number; readonly write: Begun }[]>()

  /** Writes that a client was told of for certain, and was not before. */
  see({ node, input, after, effects }: DynamoJudgedStep): Acknowledged[] {
    const certain: Acknowledged[] = []
    if (input.kind === 'start') {
      this.#durable.set(node, 0)
      this.#unsaid.delete(node)
    }
    if (input.kind === 'durable') {
      this.#durable.set(node, input.mark)
      const unsaid = this.#unsaid.get(node) ?? []
      for (const { mark, write } of unsaid) if (mark <= input.mark) certain.push(write)
      this.#unsaid.set(
        node,
        unsaid.filter(({ mark }) => mark > input.mark),
      )
    }
    if (input.kind === 'request' && input.request.kind === 'command') this.#begin(input.id, input.request.op, after)
    for (const effect of effects) {
      if (effect.kind !== 'reply') continue
      const write = this.#begun.get(effect.id)
      if (!write) continue
      this.#begun.delete(effect.id)
      if (effect.outcome.kind !== 'ok') continue
      if ((this.#durable.get(node) ?? 0) >= after.mark) certain.push(write)
      else this.#unsaid.set(node, [...(this.#unsaid.get(node) ?? []), { mark: after.mark, write }])
    }
    return certain
  }

  #begin(asking: number, op: Json, after: DynamoState): void {
    const { key, id } = op as { readonly key: string; readonly id?: number }
    const version = id === undefined ? undefined : everything(after, key).find(({ write }) => write === id)
    if (!version) return
    const { dot, context, value } = version
    this.#begun.set(asking, { key, dot, context, value, w: after.quorum.w, sloppy: after.options.sloppy, homes: placeOf(after, key).homes })
  }
}

/** All versions of a key that a node has for whomever, as they lie there. */
export function everything({ store, hints }: Pick<DynamoState, 'store' | 'hints'>, key: string): Siblings {
  const found: Siblings[] = []
  for (const table of [store, hints]) for (const inner of table.values()) found.push(inner.get(key) ?? [])
  return found.flat()
}

/** The version is there, or one that was written by somebody who had read it. */
export const accounts = (siblings: Siblings, dot: Dot): boolean =>
  siblings.some((each) => (each.dot.actor === dot.actor && each.dot.n === dot.n) || covered(each.context, dot))

/** Keys of which a step wrote something, and those that it let go; all that it has when a life begins. */
export function touched({ input, after, effects }: DynamoJudgedStep): {
  readonly keys: readonly string[]
  readonly gone: readonly string[]
} {
  const keys = new Set<string>()
  const gone = new Set<string>()
  if (input.kind === 'start') {
    for (const table of [after.store, after.hints]) for (const inner of table.values()) for (const key of inner.keys()) keys.add(key)
    return { keys: [...keys], gone: [] }
  }
  for (const effect of effects) {
    if (effect.kind !== 'persist') continue
    const { store = [], hints = [] } = effect.record as unknown as {
      readonly store?: readonly [string, Siblings | null][]
      readonly hints?: readonly [string, string, Siblings | null][]
    }
    for (const [key, siblings] of store) {
      keys.add(key)
      if (siblings === null) gone.add(key)
    }
    for (const [, key] of hints) keys.add(key)
  }
  return { keys: [...keys], gone: [...gone] }
}

/** The node came up without what its disk had held. */
export const isWiped = ({ input, life }: DynamoJudgedStep): boolean => input.kind === 'start' && life > 1 && input.recovered.length === 0
