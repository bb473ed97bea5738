/**
 * Ballots ("Paxos Made Simple" calls them proposal numbers): a number and the proposer that took it, so that ballots of different
 * proposers are never the same. They are ordered by the number, then by the proposer. None is lower than all of them.
 */
import { z } from 'zod'
import type { NodeId } from '../core/ids.ts'

const node = z.string().min(1) as unknown as z.ZodType<NodeId>

export const ballotSchema = z.strictObject({ n: z.int().min(1), by: node })
export type Ballot = Readonly<z.infer<typeof ballotSchema>>

/** A vote that an acceptor cast: a value in a ballot. */
export interface Vote {
  readonly ballot: Ballot
  readonly value: string
}

/** Below 0 when `a` is lower. Names of nodes differ in their number alone: n2 comes before n10. */
export function compare(a: Ballot | null, b: Ballot | null): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null)
  if (a.n !== b.n) return a.n - b.n
  if (a.by.length !== b.by.length) return a.by.length - b.by.length
  return a.by < b.by ? -1 : Number(a.by > b.by)
}

export const same = (a: Ballot | null, b: Ballot | null): boolean => compare(a, b) === 0

/** `3.n2`: the third number, taken by n2. */
export const ballotText = (ballot: Ballot | null): string => (ballot === null ? 'none' : `${ballot.n}.${ballot.by}`)
