/** What is said between the lab and the thread that simulates its live run. */

import type { Asking } from '../../protocols/clients/bar.ts'
import type { Load, RunConfig } from '../../protocols/core/config.ts'
import type { NetworkFault, NodeAction } from '../../protocols/core/fault.ts'
import type { FaultId, MessageId, NodeId } from '../../protocols/core/ids.ts'
import type { Control } from '../../protocols/core/input.ts'
import type { Json } from '../../protocols/core/json.ts'
import type { ClockSetting } from '../../protocols/sim/clock.ts'
import type { Range } from '../../protocols/sim/simulation.ts'
import type { Beginning } from '../branch/words.ts'
import type { Bookmarks } from '../contract/bookmarks.ts'
import type { RunSummary, Violation } from '../contract/commands.ts'
import type { LabFailure } from '../contract/errors.ts'
import type { RecorderReport, RunHeader } from '../recorder/header.ts'

/** The configuration stands in the header. */
export interface LiveSimulation {
  /** The run file; must not exist. */
  readonly file: string
  readonly header: RunHeader & { readonly config: RunConfig }
  /** It goes on where another run was: then the file is there, with its past. */
  readonly beginning?: Beginning
}

export type Deed =
  | { readonly do: 'operate'; readonly op: Json; readonly asking: Asking }
  | { readonly do: 'load'; readonly load: Load | null }
  | { readonly do: 'node'; readonly node: NodeId; readonly action: NodeAction }
  | { readonly do: 'clock'; readonly node: NodeId; readonly setting: ClockSetting }
  | { readonly do: 'control'; readonly node: NodeId; readonly control: Control }
  /** The disk of a node as slow as this; undefined: as it usually is. */
  | { readonly do: 'disk'; readonly node: NodeId; readonly syncMs: Range | undefined }
  | { readonly do: 'arm'; readonly fault: NetworkFault }
  | { readonly do: 'lift'; readonly fault: FaultId }
  | { readonly do: 'release'; readonly fault: FaultId; readonly message: MessageId | undefined }
  | { readonly do: 'heal' }
  | { readonly do: 'timeScale'; readonly scale: number }
  | { readonly do: 'findings'; readonly violations: readonly Violation[] }
  | { readonly do: 'verdict'; readonly is: NonNullable<RunSummary['verdict']> }
  | { readonly do: 'rename'; readonly name: string }
  | { readonly do: 'bookmarks'; readonly bookmarks: Bookmarks }
  /** Answered when all that was done before is in the file. */
  | { readonly do: 'flush' }
  /** Ends the run; answered when the file is whole. */
  | { readonly do: 'end' }

export type ToSimulator = { readonly call: number; readonly deed: Deed }

export type FromSimulator =
  /** All nodes are up. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'refused'; readonly failure: LabFailure }
  | { readonly kind: 'report'; readonly report: RecorderReport }
  | { readonly kind: 'answer'; readonly call: number; readonly value?: unknown; readonly failure?: LabFailure }
  /** Once: it can no longer be recorded. Nothing more happens. */
  | { readonly kind: 'failed'; readonly failure: LabFailure }
