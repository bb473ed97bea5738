/** What a host holds: the lab, and a connection for each screen, socket or command line that speaks to it. */

import type { RunConfig } from '../protocols/core/config.ts'
import type { RunId } from '../protocols/core/ids.ts'
import type { NodeLauncher } from './cluster/launcher.ts'
import type { LabClient } from './contract/client.ts'
import type { LabInfo } from './contract/commands.ts'
import type { Change } from './contract/stream.ts'
import type { Beside } from './scenario/beside.ts'
import type { ScenarioOutcome, ScenarioProgress } from './scenario/runner.ts'

export type { NodeLauncher, ProcessExit, ProcessHandle, ProcessListeners } from './cluster/launcher.ts'

export interface LabOptions {
  /** Where run files, the library and the nodes' disks live. Created when absent; locked while the lab runs. */
  readonly dataFolder: string
  readonly host: LabInfo['host']
  /** How processes are started; plain fork when absent. */
  readonly launcher?: NodeLauncher
  /** Reads runs without holding the folder, so that it works beside a lab that does; nothing can be started or changed. */
  readonly readOnly?: boolean
  /** Lines for the log of the host: what went wrong that no caller is waiting for. */
  readonly onTrouble?: (text: string) => void
}

export interface Lab {
  readonly dataFolder: string
  /** Carries out a command of the contract. Rejects with a LabError; never throws anything else. */
  dispatch(command: string, request: unknown): Promise<unknown>
  /** A place of one's own to listen from: `run.watch` holds for the connection that asked. */
  connect(listener: ChangeListener): LabConnection
  /** Reads, starts and carries out a scenario. Rejects with a LabError when it cannot begin. */
  startScenario(text: string, options?: ScenarioStart): Promise<StartedScenario>
  /** Carries a scenario out in simulated time and keeps its recording like that of any run. Rejects with a LabError when it cannot begin. */
  simulateScenario(text: string, options?: ScenarioStart & { readonly signal?: AbortSignal }): Promise<ScenarioOutcome>
  /** The file of a run of the library. Throws `not-found`. */
  fileOf(run: RunId): string
  /** The file of a run with all that is known of it written, and how it ended. */
  exported(run: RunId): Promise<{ readonly file: string; readonly status: 'ended' | 'interrupted' }>
  /** Files that go over a host to somebody who has no files here. */
  readonly files: LabFiles
  /** Opens a run file that need not be in the library, for reading alone: the commands that read a run take what it resolves to. */
  openFile(file: string): Promise<RunId>
  /** Stops live runs in good order, ends the threads, gives the library free. Safe to call twice. */
  close(): Promise<void>
}

export interface LabFiles {
  /** A place for a file that is handed in under this name. */
  handIn(name: string): { readonly ticket: string; readonly file: string }
  /** The file of a ticket, and what it is called; undefined when there is none. */
  handOut(ticket: string): { readonly file: string; readonly name: string } | undefined
  /** It is not wanted any more. */
  drop(ticket: string): void
}

export interface ChangeListener {
  /** Must not block. Called at most once a frame for each kind of change and run. */
  change(change: Change): void
  /** False while the listener is behind: changes are then merged until it is not, and never pile up. */
  ready?(): boolean
}

export interface LabConnection extends LabClient {
  /** As `Lab.dispatch`, with `run.watch` for this connection. */
  dispatch(command: string, request: unknown): Promise<unknown>
  close(): void
}

export interface ScenarioStart {
  /** Stands in messages about the text: a file's name. */
  readonly fileName?: string
  /** In place of the scenario's own. */
  readonly seed?: number
  readonly name?: string
  readonly mode?: RunConfig['mode']
  /** One of two runs under this script: what is otherwise than in the scenario, if anything. */
  readonly beside?: Beside
  readonly onProgress?: (progress: ScenarioProgress) => void
}

export interface StartedScenario {
  readonly run: RunId
  readonly outcome: Promise<ScenarioOutcome>
}
