/** How anybody speaks to the lab: the screen over a message port or a WebSocket, tests and the command line directly. */
import type { Command, Request, Response } from './commands.ts'
import type { LabFailure } from './errors.ts'
import type { Change } from './stream.ts'

export interface LabClient {
  /** Rejects with a LabError. */
  call<C extends Command>(command: C, request: Request<C>): Promise<Response<C>>
  /** Returns how to stop listening. */
  onChange(listener: (change: Change) => void): () => void
}

/** What travels on a message port or a WebSocket, as JSON or structured clones. */
export type ToLab = { readonly id: number; readonly command: string; readonly request: unknown }
export type FromLab =
  | { readonly id: number; readonly ok: true; readonly response: unknown }
  | { readonly id: number; readonly ok: false; readonly failure: LabFailure }
  | { readonly change: Change }
