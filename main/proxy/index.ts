/**
 * The proxy as lab.ts sees it: a thread of its own through which every message of a run passes, on which network faults
 * live, and whose feed to the recorder is the one ordered stream of all that happens.
 *
 * What the proxy records by itself: every frame, what became of it, every tap record, rejections at its ports, and the
 * actions `arm`, `lift`, `release` (one event a message) and `timeScale` at the very place where they took effect. All
 * other events (node changes, output, other actions) are handed to `event`, which keeps their order.
 */
import type { MessagePort } from 'node:worker_threads'
import type { RunConfig } from '../../protocols/core/config.ts'
import type { Unnumbered } from '../../protocols/core/event.ts'
import type { ArmedFault } from '../../protocols/core/fault.ts'
import type { EndpointId, FaultId, MessageId, NodeId } from '../../protocols/core/ids.ts'

export interface ProxySettings {
  readonly run: string
  readonly secret: string
  /** The machine's monotonic clock in microseconds (process.hrtime) at which the run began. */
  readonly epochUs: number
  readonly seed: number
  readonly nodes: readonly NodeId[]
  /** Message types by the index that stands in frames. */
  readonly messageTypes: readonly string[]
  readonly timeScale: number
  /** What every link between nodes costs by itself. Run milliseconds. */
  readonly network: RunConfig['network']
}

export interface ProxyListeners {
  /** All that the tap of this life of an endpoint had to say is in the feed. */
  onTapClosed?(endpoint: EndpointId, life: number): void
  /** Something that a person should know, and that ends nothing: a link that cannot be reached, say. */
  onTrouble?(text: string): void
  /** The thread died: the run cannot go on. */
  onFailure?(error: Error): void
}

export interface ProxyPorts {
  readonly tapPort: number
  /** `linkPorts[from][to]`: where the proxy listens for the directed link. From nodes to other nodes, and from clients to nodes. */
  readonly linkPorts: { readonly [from: string]: { readonly [to: string]: number } }
}

export interface ProxyThread {
  readonly ports: ProxyPorts
  /** A node's server listens at `port` in its `life`; undefined: the node is down. What arrives for it then is dropped. */
  setTarget(node: NodeId, port: number | undefined, life: number): void
  /** A fault's id must not be armed already. Rejects when it is. */
  arm(fault: ArmedFault): Promise<void>
  /** What waits because of the fault goes on its way. Resolves to false when no such fault is armed. */
  lift(fault: FaultId): Promise<boolean>
  /** Lets one message through a hold's gate, or all of them in their order; resolves to how many. */
  release(fault: FaultId, message?: MessageId): Promise<number>
  setTimeScale(scale: number): void
  /** Appends to the feed, after everything that was asked for before. */
  event(event: Unnumbered): void
  /** Resolves when all that came before is handed to the recorder and acknowledged by it. */
  flush(): Promise<void>
  /** Closes every port, hands the rest of the feed over and ends the thread. Resolves when it has ended. */
  close(): Promise<void>
}

export interface StartProxyOptions extends ProxySettings, ProxyListeners {
  /** Carries `FeedBatch` away and `FeedAck` back (protocols/wire/feed.ts). Changes hands. */
  readonly recorder: MessagePort
}

/** Starts the thread and opens its ports. Rejects with the reason when a port cannot be opened. */
export declare function startProxy(options: StartProxyOptions): Promise<ProxyThread>
