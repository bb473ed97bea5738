/** What is said of a run without opening it. */
import type { RecordedConfig } from '../../protocols/core/config.ts'
import type { RunId } from '../../protocols/core/ids.ts'

export interface RunSummary {
  readonly run: RunId
  readonly name: string
  readonly protocol: string
  readonly service: string
  /** Absent when the file cannot be read. */
  readonly mode?: RecordedConfig['mode']
  /** That it began with: who may be added later is not counted. */
  readonly nodes: number
  /** ISO 8601. */
  readonly startedAt: string
  /** `interrupted`: the lab ended without closing the recording; it is readable up to `events`. `unreadable`: see `problem`. */
  readonly status: 'live' | 'ended' | 'interrupted' | 'unreadable'
  readonly problem?: string
  readonly events: number
  readonly lengthUs: number
  readonly sizeBytes: number
  readonly violations: number
  /** The name of the scenario that the run came from; of a shrunk one, of that which was shrunk. */
  readonly scenario?: string
  /** It is the smallest that was found to fail as the scenario failed under this seed. */
  readonly shrunk?: { readonly failure: string; readonly seed: number }
  /** It is a branch: up to event `at`, at `atUs`, it is the run `of`, which may be gone; `name` is what that was called then. */
  readonly branch?: { readonly of: RunId; readonly at: number; readonly atUs: number; readonly name?: string }
  /** The scenario's own verdict, when the run came from one. */
  readonly verdict?: 'pass' | 'fail' | 'unknown'
}
