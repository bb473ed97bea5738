/** What a run file says of itself, and what the recorder says of what it records. */
import type { RecordedConfig, RunConfig } from '../../protocols/core/config.ts'
import { messageTypesOf } from '../../protocols/core/event.ts'
import { type NodeId, nodeIds, type RunId } from '../../protocols/core/ids.ts'
import type { AnyProtocol } from '../../protocols/core/machine.ts'
import { LabError } from '../contract/errors.ts'
import type { Foreign } from '../contract/exchange.ts'
import type { Change } from '../contract/stream.ts'

/** Written before the first event. */
export interface RunHeader {
  readonly run: RunId
  readonly name: string
  readonly config: RecordedConfig
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
  /** Of a run that happened elsewhere: what its log told, and so what it does not tell. */
  readonly foreign?: Foreign
}

/** Where a run left another: up to and with its event `at` they are the same. */
export interface Branch {
  readonly of: string
  readonly at: number
  /** It was not brought there again: what came after goes on from a cut. */
  readonly cut?: true
  /** The name that the other run had, and the time of event `at` in it: it may be gone. */
  readonly name?: string
  readonly atUs?: number
  /** The past is a simulation, dated in run time, and what came after is of real processes. */
  readonly simulated?: true
  /** After these events chance is drawn from another seed than that of the configuration. In order. */
  readonly seeds: readonly { readonly after: number; readonly seed: number }[]
}

type HeaderOf = Pick<RunHeader, 'run' | 'name' | 'epochUs' | 'appVersion'> & {
  readonly config: RunConfig
  readonly protocol: AnyProtocol
  readonly scenario?: string | undefined
  readonly branch?: Branch
}

/** The header of a run of `protocol` that begins now. */
export function headerOf({
  run,
  name,
  config,
  protocol,
  epochUs,
  appVersion,
  scenario,
  branch,
}: HeaderOf): RunHeader & { readonly config: RunConfig } {
  return {
    ...{ run, name, config, protocolVersion: protocol.version, nodes: nodeIds(config.nodes), messageTypes: messageTypesOf(protocol) },
    timers: protocol.timers.map((timer) => timer.name),
    ...{ createdAt: new Date().toISOString(), epochUs, appVersion },
    ...(scenario === undefined ? {} : { scenario }),
    ...(branch === undefined ? {} : { branch }),
  }
}

/** What a run of this lab was started with. Throws a LabError for one that happened elsewhere: it cannot be had again. */
export function ownConfig({ config, foreign, name }: Pick<RunHeader, 'config' | 'foreign' | 'name'>): RunConfig {
  const { mode } = config
  if (mode !== 'imported') return { ...config, mode }
  throw new LabError(
    'bad-request',
    `"${name}" happened elsewhere (${foreign?.format}): its protocol is not known, so it cannot be run again.`,
  )
}

/** What was recorded since the last report: `Change` of kind `grew` without its run. At most 30 a second, and all of it is in the file. */
export type RecorderReport = Omit<Extract<Change, { kind: 'grew' }>, 'kind' | 'run'>
