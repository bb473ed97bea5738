/** What a node shows of itself, and what a message is at least: the part of a protocol's vocabulary that needs nothing else. */
import type { NodeId } from './ids.ts'

/** A message of a protocol: plain JSON data with its name in `kind`, spelt as in the paper. */
export interface AnyMessage {
  readonly kind: string
}

export type Role = 'leader' | 'candidate' | 'follower' | 'other'

/** The few facts that a person wants to see on a node, in the protocol's own words. Plain data, small: it is recorded whenever it changes. */
export interface Observation {
  readonly role: Role
  /** The leadership number: term, ballot, view, round. */
  readonly epoch: number
  /** Who this node believes leads, if anybody. */
  readonly leader?: NodeId
  /** It lies, or has lied: what it shows need not be so. Its lies in words, empty when it has become honest. */
  readonly lies?: string
  /** Values of `ProtocolDefinition.facts`, by name. */
  readonly facts: { readonly [name: string]: string | number | boolean | null }
}
