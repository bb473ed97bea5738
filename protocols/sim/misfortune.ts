/** What a storm does, as data: deeds with their times, strikes at somebody, and ambushes, which wait for a moment to strike. */
import type { NetworkFault, NodeAction } from '../core/fault.ts'
import type { NodeId } from '../core/ids.ts'
import type { Control } from '../core/input.ts'
import type { ClockSetting } from './clock.ts'

export type Deed =
  | { readonly do: 'node'; readonly node: NodeId; readonly what: NodeAction }
  | { readonly do: 'arm'; readonly label: string; readonly fault: NetworkFault }
  | { readonly do: 'lift'; readonly label: string }
  /** Only where clocks can be set. */
  | { readonly do: 'clock'; readonly node: NodeId; readonly setting: ClockSetting }
  /** Only where disks can be made slow: so long takes a sync, or what it usually takes. */
  | { readonly do: 'disk'; readonly node: NodeId; readonly syncMs: { readonly min: number; readonly max: number } | undefined }
  /** Turns it Byzantine, changes who is a member, or tells it another of its controls; `leader`: whoever leads then, if somebody does. */
  | { readonly do: 'tell'; readonly node: NodeId | 'leader'; readonly control: Control }
  /** Strikes whoever leads then, if somebody does; `other`, an index from the leader's on, is the one beside it. */
  | { readonly do: 'aim'; readonly strikes: readonly Strike[]; readonly other: number }
  /** Only where every step is seen. What it does when it catches somebody are deeds of the other kinds. */
  | { readonly do: 'ambush'; readonly ambush: Ambush }

export interface PlannedDeed {
  /** Run milliseconds after the plan begins. */
  readonly atMs: number
  readonly deed: Deed
}

/** A telling moment. */
export interface Omen {
  /** A message left a node, or was delivered to one, or a node wrote something that its disk has not synced yet. */
  readonly on: 'said' | 'heard' | 'wrote'
  /** Of the message; any when absent. */
  readonly type?: string
  /** Only when another node was the last to say or hear this type: it is news, and something has changed hands. */
  readonly isNew?: boolean
  /** Lets the first so many pass. */
  readonly skip: number
}

/** Who was there: the node that said, heard or wrote it, and the node at the other end of the message, if that was one. */
export interface Caught {
  readonly node: NodeId
  readonly other?: NodeId
}

/** What then happens, so long after the moment. Each undoes itself. */
export type Strike = { readonly afterMs: number; readonly forMs: number } & (
  | { readonly do: 'crash' | 'pause'; readonly whom: 'node' | 'other' | 'all' }
  /** Parts whom it strikes, and those of the others whose bit is set, from the rest. */
  | { readonly do: 'part'; readonly whom: 'node' | 'other'; readonly company: number }
  /** Nothing that the one says reaches the other. */
  | { readonly do: 'mute'; readonly whom: 'node' | 'other' }
)

export interface Ambush {
  readonly omen: Omen
  readonly strikes: readonly Strike[]
  /** Lies in wait for so long. */
  readonly waitMs: number
}
