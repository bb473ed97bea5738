/**
 * A storm drawn from a seed: what befalls a cluster, and when. Storms differ in character as well as in detail: which
 * kinds of misfortune they know at all and how often each comes (Groce et al., "Swarm Testing", 2012: what is left out
 * lets the rest go further), how often something happens, how soon a node is back, whether messages are slow all the
 * time. A plan is data, decided before anything happens, so it can be shown, carried out on processes as well as in a
 * simulation, and shrunk. Misfortunes overlap; those that come by the clock strike a node one at a time, while an ambush
 * strikes whom it catches. Whatever is done is undone before the plan ends or by the heal that follows it.
 */
import type { NetworkFault, NodeAction } from '../core/fault.ts'
import type { NodeId } from '../core/ids.ts'
import type { Ambush, Strike } from './ambush.ts'
import type { ClockSetting } from './clock.ts'
import { Planner } from './planner.ts'

export type Deed =
  | { readonly do: 'node'; readonly node: NodeId; readonly what: NodeAction }
  | { readonly do: 'arm'; readonly label: string; readonly fault: NetworkFault }
  | { readonly do: 'lift'; readonly label: string }
  /** Only where clocks can be set. */
  | { readonly do: 'clock'; readonly node: NodeId; readonly setting: ClockSetting }
  /** Only where disks can be made slow: so long takes a sync, or what it usually takes. */
  | { readonly do: 'disk'; readonly node: NodeId; readonly syncMs: { readonly min: number; readonly max: number } | undefined }
  /** Strikes whoever leads then, if somebody does; `other`, an index from the leader's on, is the one beside it. */
  | { readonly do: 'aim'; readonly strikes: readonly Strike[]; readonly other: number }
  /** Only where every step is seen. What it does when it catches somebody are deeds of the other kinds. */
  | { readonly do: 'ambush'; readonly ambush: Ambush }

export interface PlannedDeed {
  /** Run milliseconds after the plan begins. */
  readonly atMs: number
  readonly deed: Deed
}

export interface PlanSetup {
  readonly seed: number
  readonly nodes: readonly NodeId[]
  readonly ms: number
  /** What may be told apart among messages; none where nobody sees them. */
  readonly messageTypes?: readonly string[]
}

/** Draws the deeds of a storm, in order of time. */
export function drawPlan(setup: PlanSetup): PlannedDeed[] {
  return new Planner(setup).plan()
}
