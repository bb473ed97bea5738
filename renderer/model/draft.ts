/** A run that is being described in the form, and the configuration it comes to. */
import type { ProtocolInfo } from '../../main/contract/commands.ts'
import { membersOf, type RunConfig, type RunConfigInput } from '../../protocols/core/config.ts'
import { nodeIds } from '../../protocols/core/ids.ts'
import type { Json } from '../../protocols/core/json.ts'
import { findProtocol } from '../../protocols/registry.ts'

export interface Draft {
  name: string
  protocol: string
  service: string
  /** Those that are there when it begins. */
  nodes: number
  /** Seats besides, for nodes that come later. */
  spares: number
  seed: number
  sync: 'batch' | 'never'
  timeScale: number
  delayMs: number
  jitterMs: number
  withLoad: boolean
  load: { clients: number; rate: number; read: number; write: number; cas: number; keys: number; valueBytes: number }
  options: Record<string, Json>
}

export function newDraft(protocol: ProtocolInfo | undefined, service: string): Draft {
  return {
    name: '',
    protocol: protocol?.name ?? 'raft',
    service,
    nodes: protocol?.clusterSize.usual ?? 5,
    spares: sparesOf(protocol),
    seed: 1,
    sync: 'batch',
    timeScale: 1,
    delayMs: 0,
    jitterMs: 0,
    withLoad: false,
    load: { clients: 4, rate: 20, read: 5, write: 4, cas: 1, keys: 5, valueBytes: 8 },
    options: defaultsOf(protocol),
  }
}

/** Where nodes can come later, there is room for some. */
export const sparesOf = (protocol: ProtocolInfo | undefined): number => (protocol?.membership ? USUAL_SPARES : 0)
const USUAL_SPARES = 2

/** All seats, and how many of them are empty: those that are there come first, if there are too many. */
function seatsOf({ nodes, spares, protocol }: Draft): Pick<RunConfig, 'nodes' | 'spares'> {
  const max = findProtocol(protocol)?.clusterSize.max ?? nodes
  const room = Math.max(0, Math.min(spares, max - nodes))
  return { nodes: nodes + room, spares: room }
}

export const defaultsOf = (protocol: ProtocolInfo | undefined): Record<string, Json> =>
  Object.fromEntries(protocol?.optionSpecs.map(({ name, value }) => [name, value]) ?? [])

/** Options that are as the protocol has them anyway are left out, so that a recording says what was chosen. */
export function configOf(draft: Draft, protocol: ProtocolInfo | undefined): RunConfigInput {
  const { clients, rate, read, write, cas, keys, valueBytes } = draft.load
  const usual = defaultsOf(protocol)
  return {
    ...(draft.name.trim() === '' ? {} : { name: draft.name.trim() }),
    protocol: draft.protocol,
    service: draft.service,
    ...seatsOf(draft),
    seed: draft.seed,
    sync: draft.sync,
    timeScale: draft.timeScale,
    network: { delayMs: draft.delayMs, jitterMs: draft.jitterMs },
    options: Object.fromEntries(Object.entries(draft.options).filter(([name, value]) => value !== usual[name])),
    ...(draft.withLoad ? { load: { clients, rate, mix: { read, write, cas }, keys, valueBytes } } : {}),
  }
}

/** Why it cannot be started, in the words of the protocol; undefined when it can. */
export function refusalOf(draft: Draft): string | undefined {
  const protocol = findProtocol(draft.protocol)
  const options = protocol?.options.safeParse(draft.options)
  if (!protocol || !options) return undefined
  if (!options.success) return options.error.issues[0]?.message
  const seats = seatsOf(draft)
  return protocol.refuse?.(options.data, nodeIds(seats.nodes), membersOf(seats))
}

/** What the draft means, in a sentence. */
export function draftText(draft: Draft, mode: RunConfig['mode']): string {
  const slowed = draft.timeScale === 1 ? '' : `, ${draft.timeScale} times slower than life`
  const bears = findProtocol(draft.protocol)?.bears
  const faulty = bears ? bears.faulty(draft.nodes) : Math.ceil(draft.nodes / 2) - 1
  const may = bears?.lies ? 'may fail or lie' : 'may fail'
  const [one, many] = mode === 'real' ? ['process', 'processes'] : ['simulated node', 'simulated nodes']
  const { spares } = seatsOf(draft)
  const room = spares === 0 ? '' : `, and room for ${spares} more`
  return `${draft.nodes} ${draft.nodes === 1 ? one : many}${room}${slowed}; ${faulty === 0 ? 'none' : faulty === 1 ? 'one' : faulty} ${may}.`
}

export const startingText = (mode: RunConfig['mode']): string => (mode === 'real' ? 'Starting the processes…' : 'Starting the simulation…')
