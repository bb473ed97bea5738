/**
 * Keeps the processes of one live run: a process per node, and one for all clients. What it does to them it does for
 * real: crash is kill -9, pause is SIGSTOP, and a node comes back from its own disk or not at all.
 */
import type { Load, RunConfig } from '../../protocols/core/config.ts'
import type { Unnumbered } from '../../protocols/core/event.ts'
import type { NodeAction } from '../../protocols/core/fault.ts'
import type { EndpointId, NodeId } from '../../protocols/core/ids.ts'
import type { Json } from '../../protocols/core/json.ts'
import type { NodeStatus } from '../../protocols/core/moment.ts'
import type { ProcessEntries } from './entries.ts'
import type { NodeLauncher } from './launcher.ts'

/** What the cluster needs of the proxy; a ProxyThread is one. */
export interface ClusterNetwork {
  readonly ports: { readonly tapPort: number; readonly linkPorts: { readonly [from: string]: { readonly [to: string]: number } } }
  setTarget(node: NodeId, port: number | undefined, life: number): void
  event(event: Unnumbered): void
}

export interface ClusterSettings {
  readonly run: string
  readonly secret: string
  /** The machine's monotonic clock in microseconds (process.hrtime) at which the run began. */
  readonly epochUs: number
  readonly config: RunConfig
  readonly nodes: readonly NodeId[]
  readonly messageTypes: readonly string[]
  /** The nodes' disks: a folder each in here, created when missing. */
  readonly disksFolder: string
  readonly launcher: NodeLauncher
  readonly entries: ProcessEntries
  readonly network: ClusterNetwork
  /** The load has done all its operations (`Load.operations`) and stopped. */
  onLoadDone?(): void
  /** Something went wrong that no caller waits for: a node that ended by itself, say. */
  onTrouble?(text: string): void
}

export interface NodeState {
  readonly node: NodeId
  readonly status: NodeStatus
  readonly life: number
  readonly pid: number | undefined
  /** Why it is down, when it is. */
  readonly reason: string | undefined
}

/** How an operation of the client bar went. */
export interface OperationAnswer {
  readonly operation: number
  readonly is: 'ok' | 'refused' | 'unknown'
  readonly result?: Json
  readonly why?: string
  readonly latencyMs: number
}

/** The methods' order of events: see each. All rejections are LabErrors. */
export declare class Supervisor {
  constructor(settings: ClusterSettings)
  /** Starts all processes side by side, then the load of the configuration. Resolves when all are up; rejects with `start-failed`, everything ended again. */
  start(): Promise<void>
  /** To be called from the proxy's onTapClosed: a node's `down` is recorded after the last of its steps. */
  tapClosed(endpoint: EndpointId, life: number): void
  nodeStates(): readonly NodeState[]
  /** Records the action and carries it out; resolves when the change is recorded. Rejects with `node-down` or `bad-request` when the node is not in a state for it. */
  act(node: NodeId, action: NodeAction): Promise<void>
  /** Resumes what is paused and restarts what is down. */
  heal(): Promise<void>
  /** One operation of the client bar, in the client `you`. Operations wait for one another. */
  operate(op: Json): Promise<OperationAnswer>
  /** Starts, changes or (null) stops the load, and records it. */
  setLoad(load: Load | null): void
  /** For the processes' timers. Tell the proxy too: that records it. */
  setTimeScale(scale: number): void
  /** Ends all processes in good order: asked first, killed by id after a grace. Safe to call twice, and after a failed start. */
  stop(): Promise<void>
}
