/** How anybody speaks to the lab: the screen over a message port or a WebSocket, tests and the command line directly. */
import { z } from 'zod'
import type { Command, Request, Response } from './commands.ts'
import type { LabFailure } from './errors.ts'
import type { Change } from './stream.ts'

export interface LabClient {
  /** Rejects with a LabError. */
  call<C extends Command>(command: C, request: Request<C>): Promise<Response<C>>
  /** Returns how to stop listening. */
  onChange(listener: (change: Change) => void): () => void
}

/** What travels on a message port or a WebSocket, as JSON or structured clones. Checked where it arrives. */
export const toLabSchema = z.object({ id: z.number(), command: z.string(), request: z.unknown().optional() })
export type ToLab = { readonly id: number; readonly command: string; readonly request: unknown }
/** What came, when it is a call; else what is wrong with it, and which call it may have been (-1: nobody can tell). */
export function readCall(value: unknown): z.infer<typeof toLabSchema> | { readonly problem: string; readonly id: number } {
  const call = toLabSchema.safeParse(value)
  if (call.success) return call.data
  const id = typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'number' ? value.id : -1
  const where = call.error.issues[0]?.path.join('.') || 'this one'
  return { id, problem: `A message must be { id: number, command: string, request }: ${where} does not fit.` }
}

export type FromLab =
  | { readonly id: number; readonly ok: true; readonly response: unknown }
  | { readonly id: number; readonly ok: false; readonly failure: LabFailure }
  | { readonly change: Change }
