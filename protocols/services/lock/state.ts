import type { Map as PersistentMap } from 'immutable'

export interface Lock {
  /** Of the last grant; 0 before the first. */
  readonly token: number
  /** Null when it was given back, or never granted. */
  readonly holder: string | null
  /** When it was last granted, and until when: on the clocks of those who asked for it. */
  readonly grantedMs: number
  readonly untilMs: number
  readonly resource: Resource
}

export interface Resource {
  readonly value: string | null
  /** That of the write that the value is of. */
  readonly token: number
  /** The highest that was ever shown to it. */
  readonly seen: number
  /** The highest that had been shown to it when the value was written. */
  readonly after: number
}

export type LockState = PersistentMap<string, Lock>

export const fresh: Lock = { token: 0, holder: null, grantedMs: 0, untilMs: 0, resource: { value: null, token: 0, seen: 0, after: 0 } }
