/** A LabClient as the screen holds it: it also says whether the lab can be reached. */
import type { LabClient } from '../../main/contract/client.ts'

export type Connection = 'connecting' | 'open' | 'lost'

export interface ScreenClient extends LabClient {
  /** Told at once, and again on every change. Returns how to stop listening. */
  onConnection(listener: (connection: Connection) => void): () => void
  /** Native dialogs, where the host has them: resolves with a path, or undefined when the person thinks better of it. */
  readonly choosePath?: (purpose: 'open' | 'save', suggestion: string) => Promise<string | undefined>
}
