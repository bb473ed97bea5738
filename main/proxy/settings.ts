/** What a proxy is told at its start, and the ports that it opens. */
import type { RunConfig } from '../../protocols/core/config.ts'
import type { ArmedFault } from '../../protocols/core/fault.ts'
import type { NodeId } from '../../protocols/core/ids.ts'
import type { LinkFateData } from '../../protocols/net/link.ts'
import type { FramedFlights } from '../../protocols/sim/framed.ts'

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
  /** It goes on where another run was; nothing of it is on its way before `begin`. */
  readonly past?: ProxyPast
}

/** What links remember, and what is on its way. */
export interface ProxyPast {
  readonly links: readonly { readonly from: number; readonly to: number; readonly fate: LinkFateData }[]
  readonly faults: readonly ArmedFault[]
  readonly armed: number
  /** The seed of what is drawn from here on. */
  readonly seed: number
  readonly timeScale: number
  /** In the order in which they were sent, due in run time. */
  readonly flights: FramedFlights
  /** Run time now: nothing arrives before. */
  readonly atUs: number
}

export interface ProxyPorts {
  readonly tapPort: number
  /** `linkPorts[from][to]`: where the proxy listens for the directed link. From nodes to other nodes, and from clients to nodes. */
  readonly linkPorts: { readonly [from: string]: { readonly [to: string]: number } }
}
