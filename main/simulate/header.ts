/** What the file of a simulated run says of itself. */
import type { RunConfig } from '../../protocols/core/config.ts'
import { CLIENT_MESSAGE_TYPES } from '../../protocols/core/event.ts'
import { nodeIds, type RunId } from '../../protocols/core/ids.ts'
import type { AnyProtocol } from '../../protocols/core/machine.ts'
import type { RunHeader } from '../recorder/header.ts'

export interface SimulatedRun {
  readonly run: RunId
  readonly name: string
  readonly config: RunConfig
  readonly protocol: AnyProtocol
  readonly scenario?: string
  readonly appVersion: string
}

export function headerOf({ run, name, config, protocol, scenario, appVersion }: SimulatedRun): RunHeader {
  return {
    ...{ run, name, config: { ...config, mode: 'simulation' }, protocolVersion: protocol.version, nodes: nodeIds(config.nodes) },
    messageTypes: [...protocol.messages.map(({ kind }) => kind), ...CLIENT_MESSAGE_TYPES],
    timers: protocol.timers.map(({ name }) => name),
    ...{ createdAt: new Date().toISOString(), epochUs: 0, appVersion },
    ...(scenario === undefined ? {} : { scenario }),
  }
}
