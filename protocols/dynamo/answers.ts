/** What a client's write says, and what a client is told: all siblings, and the context to send back. */
import type { Json } from '../core/json.ts'
import { contextOf, type Siblings, type Vector, valuesOf } from './versions.ts'

export interface StoreWrite {
  readonly key: string
  /** Null: delete. */
  readonly value: string | null
  readonly context: Vector
  readonly id: number
}

export const resultOf = (siblings: Siblings): Json => ({ siblings: valuesOf(siblings), context: contextOf(siblings) })
