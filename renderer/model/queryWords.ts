/** The words of a run for queries: its names, what its protocol calls things, and queries worth asking of it. */
import { CLIENT_MESSAGE_TYPES } from '../../protocols/core/event.ts'
import { CLIENTS, type NodeId } from '../../protocols/core/ids.ts'
import type { Mark } from '../../protocols/core/mark.ts'
import type { Words } from '../../protocols/query/complete.ts'
import { pathsOf } from '../../protocols/query/paths.ts'
import { findProtocol } from '../../protocols/registry.ts'

export interface SavedQuery {
  readonly name: string
  readonly where: string
}

/** `protocol`: its name; one that is not known here has only what is recorded. */
export function queryWords(
  protocol: string | undefined,
  nodes: readonly NodeId[],
  types: readonly string[],
  marks: readonly Mark[],
): Words {
  const known = protocol === undefined ? undefined : findProtocol(protocol)
  const help = new Map(known?.messages.map((spec) => [spec.kind, spec.help]))
  const faults = new Map(
    marks.flatMap(({ kind, fault, text }) => (kind === 'fault' && fault !== undefined ? [[fault, text] as const] : [])),
  )
  return {
    endpoints: [...nodes, CLIENTS],
    messageTypes: types.map((name) => ({ name, help: help.get(name) ?? '' })),
    timers: known?.timers ?? [],
    notes: known?.notes ?? [],
    faults: [...faults].map(([name, text]) => ({ name, help: text })),
    clients: ['you'],
    paths: known ? pathsOf(known) : [],
  }
}

/** Queries that ship: made of what the protocol says of its messages. */
export function shippedQueries(protocol: string | undefined): SavedQuery[] {
  const known = protocol === undefined ? undefined : findProtocol(protocol)
  const election = known?.messages.filter(({ family }) => family === 'election').map(({ kind }) => kind) ?? []
  const asked = election.length > 0 ? ` or type:${election.join(',')}` : ''
  return [
    { name: 'Elections', where: `role:leader,candidate${asked}` },
    { name: 'Faults and what followed', where: 'kind:action,node or fault:* or role:leader,candidate' },
    { name: 'Lost and held messages', where: 'kind:drop,hold' },
    { name: 'Operations', where: 'kind:invoke,return' },
    { name: 'Operations that failed', where: 'outcome:refused,unknown' },
    { name: 'Starts and ends of nodes', where: 'kind:node or input:start' },
    { name: 'Client messages', where: `type:${CLIENT_MESSAGE_TYPES.join(',')}` },
    { name: 'Rejected and printed', where: 'kind:reject,output' },
  ]
}
