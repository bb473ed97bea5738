/** What can go wrong, as it crosses to the screen: a code for programs, a message for a person, and what to do about it. */
export type ErrorCode =
  | 'bad-request'
  | 'not-found'
  | 'node-down'
  | 'run-ended'
  | 'run-not-live'
  | 'library-locked'
  | 'bad-run-file'
  | 'newer-run-file'
  | 'bad-import'
  | 'stopped'
  | 'bad-scenario'
  | 'disk'
  | 'port'
  | 'start-failed'
  | 'internal'

/** What is refused because of how a run is, by why (`SimulationError.why`). */
export const REFUSED = { absent: 'not-found', down: 'node-down', state: 'bad-request' } as const satisfies {
  readonly [why: string]: ErrorCode
}

export interface LabFailure {
  readonly code: ErrorCode
  /** What happened and where, in one sentence. */
  readonly message: string
  /** The next move, in one sentence. */
  readonly hint?: string
}

export class LabError extends Error {
  override readonly name = 'LabError'
  readonly code: ErrorCode
  readonly hint: string | undefined

  constructor(code: ErrorCode, message: string, hint?: string) {
    super(message)
    this.code = code
    this.hint = hint
  }

  toFailure(): LabFailure {
    return { code: this.code, message: this.message, ...(this.hint === undefined ? {} : { hint: this.hint }) }
  }
}
