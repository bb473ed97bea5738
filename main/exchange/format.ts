/**
 * What a format of runs is: one file each in `formats/`, and one line in their list. Exports give pieces of text, one
 * after another, and imports give events, so that a run of any length goes through in little memory.
 */
import type { RunEvent } from '../../protocols/core/event.ts'
import type { Bookmarks } from '../contract/bookmarks.ts'
import type { Violation } from '../contract/commands.ts'
import type { FormatInfo } from '../contract/exchange.ts'
import type { RunHeader } from '../recorder/header.ts'
import type { RunFileStatus } from '../recorder/runFile.ts'
import type { ScenarioVerdict } from '../recorder/store.ts'
import type { Pulse } from './lines.ts'

export type EndedStatus = Exclude<RunFileStatus, 'live'>

/** A recorded run as it is told to others. */
export interface ToldRun {
  readonly header: RunHeader
  readonly status: EndedStatus
  readonly verdict?: ScenarioVerdict | undefined
  readonly findings: readonly Violation[]
  readonly bookmarks: Bookmarks
  readonly lastSeq: number
  /** In order, every time from the first on. */
  events(): Iterable<RunEvent>
}

export interface ReadRun {
  readonly header: RunHeader
  readonly status: EndedStatus
  readonly verdict?: ScenarioVerdict | undefined
  readonly findings?: readonly Violation[]
  readonly bookmarks?: Bookmarks
  /** Throws a LabError that names the line when it comes to what is none. */
  readonly events: Iterable<RunEvent>
}

export interface ImportOptions {
  readonly file: string
  /** What its owner calls it, when that is not its path. */
  readonly shown?: string | undefined
  /** Told of the bytes that were read. */
  readonly pulse?: Pulse
  /** It says of itself that Synod wrote it. */
  readonly isOwn?: boolean
  /** A name for a run whose file has none. */
  readonly name: string
  /** Beyond it a line is no line. */
  readonly lineBytesMax?: number
}

export interface ExchangeFormat extends Omit<FormatInfo, 'imports'> {
  /** Its text in pieces. Absent where the file is not text: the run file itself. */
  export?(run: ToldRun): Iterable<string>
  /** Whether a file that begins so is of this format; asked in the order of the list. */
  recognises?(head: Buffer): boolean
  import?(options: ImportOptions): ReadRun
}
