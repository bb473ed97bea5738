/** How clients talk to nodes where the protocol says nothing of it: they open sessions, and ask whoever leads. */
import type { ClientManners, ProtocolDefinition } from '../core/machine.ts'

const usual: ClientManners = { sessions: true, asks: 'leader' }

/** Equal answers of different nodes that make a result on a cluster of so many nodes, with these options of the protocol. */
export const acceptsOf = ({ clients }: Pick<ProtocolDefinition, 'clients'>, nodes: number, options: unknown): number =>
  clients?.accepts?.(nodes, options) ?? 1

export const mannersOf = ({ clients }: Pick<ProtocolDefinition, 'clients'>): ClientManners => clients ?? usual

export const readsAnywhere = ({ clients }: Pick<ProtocolDefinition, 'clients'>, options: unknown): boolean =>
  clients?.readsAnywhere?.(options) ?? false
