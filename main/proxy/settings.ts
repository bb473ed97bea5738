/** What a proxy is told at its start, and the ports that it opens. */
import type { RunConfig } from '../../protocols/core/config.ts'
import type { NodeId } from '../../protocols/core/ids.ts'

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

export interface ProxyPorts {
  readonly tapPort: number
  /** `linkPorts[from][to]`: where the proxy listens for the directed link. From nodes to other nodes, and from clients to nodes. */
  readonly linkPorts: { readonly [from: string]: { readonly [to: string]: number } }
}
