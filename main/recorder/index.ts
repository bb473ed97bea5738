/**
 * The recorder as lab.ts sees it: a thread of its own that puts the feed into causal order, numbers the events and
 * keeps them in one SQLite file a run. The library (library.ts) is the folder of those files; reading them is the work
 * of the replay thread (main/replayThread.ts), so that a long search never stands in the way of recording.
 */
import type { MessagePort } from 'node:worker_threads'
import type { RunConfig } from '../../protocols/core/config.ts'
import type { NodeId, RunId } from '../../protocols/core/ids.ts'
import type { RunSummary, Violation } from '../contract/commands.ts'
import type { LabFailure } from '../contract/errors.ts'
import type { Change } from '../contract/stream.ts'

/** What a run file says of itself, written before its first event. */
export interface RunHeader {
  readonly run: RunId
  readonly name: string
  readonly config: RunConfig
  /** Of the ProtocolDefinition that the nodes ran. */
  readonly protocolVersion: number
  readonly nodes: readonly NodeId[]
  /** Message types by the index that stands in frames. */
  readonly messageTypes: readonly string[]
  /** Timer names by the index that stands in tap records: `ProtocolDefinition.timers` in order. */
  readonly timers: readonly string[]
  /** ISO 8601. */
  readonly createdAt: string
  /** The machine's monotonic clock in microseconds at which the run began. */
  readonly epochUs: number
  readonly appVersion: string
  /** The text of the scenario that the run came from. */
  readonly scenario?: string
}

/** What was recorded since the last report: `Change` of kind `grew` without its run. At most 30 a second. */
export type RecorderReport = Omit<Extract<Change, { kind: 'grew' }>, 'kind' | 'run'>

export interface RecorderOptions {
  /** The run file; must not exist. Its folder must. */
  readonly file: string
  readonly header: RunHeader
  onReport?(report: RecorderReport): void
  /** Once: the disk is full or failed, or the thread died. What was committed stays; nothing more is recorded. */
  onFailure?(failure: LabFailure): void
}

export interface RecorderThread {
  /** For the proxy: carries FeedBatch in and FeedAck out. Changes hands. */
  readonly feed: MessagePort
  /** Keeps what the judge found, so that the file carries it. Found again changes nothing. */
  findings(violations: readonly Violation[]): void
  /** The verdict of the scenario that the run came from. */
  verdict(is: NonNullable<RunSummary['verdict']>): void
  rename(name: string): void
  /** Resolves when all that was fed before is in the file. Rejects with a LabError when recording has failed. */
  flush(): Promise<{ readonly lastSeq: number }>
  /** Records what is still in the feed, marks the run as ended, leaves one whole file. Never rejects. */
  close(): Promise<{ readonly lastSeq: number; readonly lengthUs: number }>
}

/** Creates the run file and starts the thread. Rejects with a LabError (`disk`) when the file cannot be created. */
export declare function startRecorder(options: RecorderOptions): Promise<RecorderThread>

/** The folder of run files, held by one lab at a time. Every method throws a LabError when it cannot do its work. */
export interface RunLibrary {
  readonly dataFolder: string
  /** A name that no run of the library has, where its file goes, and the folder (created) for its nodes' disks. */
  create(name: string): { readonly run: RunId; readonly file: string; readonly folder: string }
  /** Throws `not-found`. */
  fileOf(run: RunId): string
  /** Says that this lab is recording the run now, or that it no longer is. */
  setLive(run: RunId, live: boolean): void
  /** Newest first. A file that cannot be read is listed as `unreadable` with its problem. */
  list(): RunSummary[]
  summary(run: RunId): RunSummary
  /** Not for a live run: tell its recorder. */
  rename(run: RunId, name: string): RunSummary
  /** Keeps violations of a run that has ended. */
  findings(run: RunId, violations: readonly Violation[]): void
  /** Keeps the verdict of a scenario that was judged after its run had ended. */
  verdict(run: RunId, is: NonNullable<RunSummary['verdict']>): void
  /** Removes the file and the nodes' disks. Throws `bad-request` when the run is live. */
  delete(run: RunId): void
  /** Checks the whole file, then copies it in under a name that is free. */
  import(path: string): RunSummary
  /** Writes one self-contained file; what is at `path` is replaced. */
  export(run: RunId, path: string): Promise<void>
  close(): void
}

/** $SYNOD_HOME, or the platform's place for application data. */
export declare function defaultDataFolder(): string

export interface LibraryOptions {
  /** Looks without holding the folder: `list`, `summary`, `fileOf` and `export` while another lab may hold it; the rest throws. */
  readonly readOnly?: boolean
}

/** Creates the folder when absent. Throws a LabError: `library-locked` when another lab holds it, `disk`. */
export declare function openLibrary(dataFolder: string, options?: LibraryOptions): RunLibrary
