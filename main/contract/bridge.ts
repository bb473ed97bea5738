/** What the desktop window finds as `window.synod`: the lab behind a message port, and the system's own dialogs. Absent in a browser tab, where a WebSocket does the same. */
import type { LabFailure } from './errors.ts'
import type { Change } from './stream.ts'

/** An error object would lose its code between the two worlds of a window, so an answer that went wrong is data too. */
export type BridgeAnswer = { readonly ok: true; readonly response: unknown } | { readonly ok: false; readonly failure: LabFailure }

export type BridgeConnection = 'connecting' | 'open' | 'lost'

export interface Bridge {
  call(command: string, request: unknown): Promise<BridgeAnswer>
  /** Each returns how to stop listening. */
  onChange(listener: (change: Change) => void): () => void
  /** Told at once, and again whenever the engine was lost or is there. */
  onConnection(listener: (connection: BridgeConnection) => void): () => void
  /** Commands chosen in the application menu, by the id that they have in the command palette. */
  onMenu(listener: (command: string) => void): () => void
  /** The path of a file to open, or of one to save to with a suggested name; undefined when the person thinks better of it. */
  choosePath(purpose: 'open' | 'save', suggestion: string): Promise<string | undefined>
  /** Where a file lies that was dropped on the window. */
  pathOf(file: File): string
}
