/** States in time: cut for the screen, compared, followed through a run. What is asked, and what is answered. */
import { z } from 'zod'
import type { Difference } from '../../protocols/core/differences.ts'
import { nodeSchema } from '../../protocols/core/fault.ts'
import type { NodeId, RunId } from '../../protocols/core/ids.ts'
import type { Json } from '../../protocols/core/json.ts'
import type { LanePoint } from '../../protocols/core/lane.ts'

export type { Difference, LanePoint }

const run = z.string().min(1).max(200) as unknown as z.ZodType<RunId>
const seq = z.int().min(0)
/** Dots between keys. */
const path = z.string().max(1000)
/** After so long an answer comes with what there is; whoever wants more asks again, and whoever does not has cancelled. */
const limitMs = z.int().min(1).max(10_000).default(100)

const place = z.strictObject({ seq, node: nodeSchema })

export const stateRequests = {
  /** `whole`: long lists too; otherwise only their ends, and `cut` says which. */
  'run.states': z.strictObject({ run, seq, whole: z.boolean().default(true) }),
  /** The items `from` to `to` (not included) of a list in a node's state. */
  'run.state.part': z.strictObject({ run, seq, node: nodeSchema, path, from: z.int().min(0), to: z.int().min(0) }),
  /** What differs between the state of a node after one event and that of a node, the same or another, after another. */
  'run.diff': z.strictObject({ run, a: place, b: place }),
  /**
   * The events at which something in a node's state changed, the nearest to event `from` first: behind it, or backwards from it on, itself
   * included. The answer comes after `limitMs` even when nothing was found; `next` says where to go on.
   */
  'run.changes': z.strictObject({
    run,
    node: nodeSchema,
    path: path.min(1),
    from: seq,
    direction: z.enum(['forward', 'backward']).default('forward'),
    limit: z.int().min(1).max(1000).default(50),
    limitMs,
  }),
  /**
   * How a value went through a stretch of the run, on each of the nodes. `path`: of what nodes show (`role`, `epoch`, `leader` or the name of a
   * fact), or of their states. The answer comes after `limitMs` with what is `known` by then; asked again, it goes on.
   */
  'run.lane': z.strictObject({
    run,
    nodes: z.array(nodeSchema).min(1).max(15),
    path: path.min(1),
    fromUs: z.number().min(0),
    toUs: z.number().min(0),
    /** At most so many points a node: where there are more, those that a drawing so wide would show. */
    points: z.int().min(2).max(10_000).default(1200),
    limitMs,
  }),
} as const

/** A list that is not whole: of its `size` items the first `from` are left out. */
export interface CutList {
  readonly path: string
  readonly size: number
  readonly from: number
}

export interface NodeStates {
  readonly seq: number
  /** Up to which event any state is reached at once; where it is less than the run's last, the rest is being prepared. */
  readonly ready?: number
  readonly nodes: readonly {
    readonly node: NodeId
    readonly status: string
    /** The whole state as a tree, undefined while the node is down. */
    readonly state: Json | undefined
    /** Lists of which only the end is in `state`. */
    readonly cut?: readonly CutList[]
    /** Paths (dots between keys) that the node's last step changed. */
    readonly changed: readonly string[]
    /** The event of the node's last step. */
    readonly stepSeq: number
    /** Why the state could not be rebuilt, when it could not. */
    readonly problem?: string
  }[]
}

export interface StateDiff {
  readonly a: { readonly seq: number; readonly node: NodeId; readonly stepSeq: number; readonly problem?: string }
  readonly b: { readonly seq: number; readonly node: NodeId; readonly stepSeq: number; readonly problem?: string }
  readonly differences: readonly Difference[]
  /** There are so many more. */
  readonly more: number
  /** Values that are the same on both sides, by the field that they are in. */
  readonly same: { readonly [field: string]: number }
}

export interface FieldChange {
  readonly seq: number
  readonly atUs: number
  readonly life: number
  readonly step: number
  /** Undefined where there was, or is, nothing at that path: a node that has just started, or is down. */
  readonly before?: Json
  readonly after?: Json
}

export interface FieldChanges {
  /** In the order in which they were looked for. */
  readonly changes: readonly FieldChange[]
  /** Where to go on looking in the same direction; undefined at the end. */
  readonly next: number | undefined
  /** How far all states are prepared; a read that waits for them has the same `next` as before. */
  readonly ready: number
  /** Where some states are not known, and so no change in them. */
  readonly problem?: string
}

export interface Lane {
  readonly path: string
  /** `shown`: read off what nodes showed; `state`: found by running the steps again. */
  readonly from: 'shown' | 'state'
  readonly nodes: readonly { readonly node: NodeId; readonly points: readonly LanePoint[] }[]
  /** Up to which event it is known: less than the run's last while it is being worked out. */
  readonly known: number
  readonly problem?: string
}

export interface StateResponses {
  'run.states': NodeStates
  'run.state.part': { readonly items: Json }
  'run.diff': StateDiff
  'run.changes': FieldChanges
  'run.lane': Lane
}
