/** A LabClient as the screen holds it: it also says whether the lab can be reached. */
import type { LabClient } from '../../main/contract/client.ts'

export type Connection = 'connecting' | 'open' | 'lost'

export interface ScreenClient extends LabClient {
  /** Told at once, and again on every change. Returns how to stop listening. */
  onConnection(listener: (connection: Connection) => void): () => void
  readonly files?: ScreenFiles
}

/** How files get from the person to the lab and back: by paths where both have one machine's files, else by being handed over. */
export interface ScreenFiles {
  /** Native dialogs, where the host has them: resolves with a path, or undefined when the person thinks better of it. */
  readonly choosePath?: (purpose: 'open' | 'save', suggestion: string) => Promise<string | undefined>
  /** Where a file that was dropped lies. */
  readonly pathOf?: (file: File) => string
  /** Resolves with a ticket under which the lab has the file. Rejects with a LabError. */
  readonly upload?: (file: File, onProgress: (doneBytes: number) => void, signal: AbortSignal) => Promise<string>
  /** The file that the lab has under this ticket goes to the person's downloads. */
  readonly download?: (ticket: string, name: string) => void
}
