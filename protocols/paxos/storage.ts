/**
 * What a node writes to its disk and reads back: each record holds what a step changed of the four things that must outlive a
 * crash. A crash keeps a prefix of the records, which is a state that the node was in.
 */
import type { Json } from '../core/json.ts'
import type { PaxosState } from './state.ts'

type Persistent = Pick<PaxosState, 'promised' | 'accepted' | 'used' | 'chosen'>
const fields = ['promised', 'accepted', 'used', 'chosen'] as const

/** What of it differs; undefined when nothing does. */
export function changed(before: Persistent, after: Persistent): Json | undefined {
  const record: { [field: string]: Json } = {}
  for (const field of fields) if (after[field] !== before[field]) record[field] = after[field] as unknown as Json
  return Object.keys(record).length === 0 ? undefined : record
}

/** All of it as the last of `records` left it. */
export const recover = (records: readonly Json[]): Partial<Persistent> => Object.assign({}, ...records)
