/** What a run file says of itself, and what the recorder says of what it records. */
import type { RunConfig } from '../../protocols/core/config.ts'
import { messageTypesOf } from '../../protocols/core/event.ts'
import { type NodeId, nodeIds, type RunId } from '../../protocols/core/ids.ts'
import type { AnyProtocol } from '../../protocols/core/machine.ts'
import type { Change } from '../contract/stream.ts'

/** Written before the first event. */
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
  /** Of a run that is another future of one recorded before. */
  readonly branch?: Branch
}

/** Where a run left another: up to and with its event `at` they are the same. */
export interface Branch {
  readonly of: string
  readonly at: number
  /** The first was one of real processes: what came after is simulated from the cut on. */
  readonly cut?: true
  /** After these events chance is drawn from another seed than that of the configuration. In order. */
  readonly seeds: readonly { readonly after: number; readonly seed: number }[]
}

type HeaderOf = Pick<RunHeader, 'run' | 'name' | 'config' | 'epochUs' | 'appVersion'> & {
  readonly protocol: AnyProtocol
  readonly scenario?: string | undefined
  readonly branch?: Branch
}

/** The header of a run of `protocol` that begins now. */
export function headerOf({ run, name, config, protocol, epochUs, appVersion, scenario, branch }: HeaderOf): RunHeader {
  return {
    ...{ run, name, config, protocolVersion: protocol.version, nodes: nodeIds(config.nodes), messageTypes: messageTypesOf(protocol) },
    timers: protocol.timers.map((timer) => timer.name),
    ...{ createdAt: new Date().toISOString(), epochUs, appVersion },
    ...(scenario === undefined ? {} : { scenario }),
    ...(branch === undefined ? {} : { branch }),
  }
}

/** What was recorded since the last report: `Change` of kind `grew` without its run. At most 30 a second, and all of it is in the file. */
export type RecorderReport = Omit<Extract<Change, { kind: 'grew' }>, 'kind' | 'run'>
