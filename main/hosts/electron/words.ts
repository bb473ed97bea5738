/** What the parts of the desktop host say to each other: main process, engine process and preload. */
import type { LabFailure } from '../../contract/errors.ts'
import type { FromProcess, ToProcess } from '../../contract/process.ts'
import type { Change } from '../../contract/stream.ts'

/** Names of the channels between main process and preload. */
export const channels = {
  /** Preload to main: give me a port to the engine. */
  connect: 'synod:connect',
  /** Main to preload: here it is (the message's port). */
  port: 'synod:port',
  /** Main to preload: the engine is gone. */
  lost: 'synod:lost',
  menu: 'synod:menu',
  choosePath: 'synod:choose-path',
} as const

/** Engine to main. Processes of the lab are started by the main process, since only it can; `process` is the engine's number for it. */
export type FromEngine =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly failure: LabFailure }
  | { readonly kind: 'trouble'; readonly text: string }
  | { readonly kind: 'launch'; readonly process: number; readonly entry: string; readonly environment: Readonly<Record<string, string>> }
  | { readonly kind: 'tell'; readonly process: number; readonly message: ToProcess }

/** Main to engine. It opens the lab by itself. `connect` brings a port on which one window speaks. */
export type ToEngine =
  | { readonly kind: 'connect' }
  | { readonly kind: 'close' }
  | { readonly kind: 'spawned'; readonly process: number; readonly pid: number }
  | { readonly kind: 'said'; readonly process: number; readonly message: FromProcess }
  | { readonly kind: 'printed'; readonly process: number; readonly stream: 'out' | 'err'; readonly line: string }
  /** `problem` says why it could not even be started. */
  | { readonly kind: 'exited'; readonly process: number; readonly code: number; readonly problem?: string }

/** Preload to engine, on the port. `seen` answers each change, so that the engine knows when a window is behind. */
export type FromWindow = { readonly id: number; readonly command: string; readonly request: unknown } | { readonly seen: true }

/** Engine to preload, on the port. */
export type ToWindow =
  | { readonly id: number; readonly ok: true; readonly response: unknown }
  | { readonly id: number; readonly ok: false; readonly failure: LabFailure }
  | { readonly change: Change }
