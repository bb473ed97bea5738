/** How clients talk to nodes where the protocol says nothing of it: they open sessions, and ask whoever leads. */
import type { ClientManners, ProtocolDefinition } from '../core/machine.ts'

const usual: ClientManners = { sessions: true, asks: 'leader' }

export const mannersOf = ({ clients }: Pick<ProtocolDefinition, 'clients'>): ClientManners => clients ?? usual
