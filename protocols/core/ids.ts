/**
 * Names and numbers that identify things in a run. Branded, so that a node's name cannot stand where a run's should.
 * A run has nodes n1..nN and one further endpoint, `clients`: the process in which all logical clients live.
 */
declare const brand: unique symbol
type Brand<T, Name extends string> = T & { readonly [brand]: Name }

/** A node's name: `n1`, `n2`, ... */
export type NodeId = Brand<string, 'NodeId'>
/** A node's name, or `clients`. */
export type EndpointId = NodeId | typeof CLIENTS
export type RunId = Brand<string, 'RunId'>
export type FaultId = Brand<string, 'FaultId'>
/** A message's identity within a run: sender, the sender's life, and its running number packed into one safe integer. */
export type MessageId = Brand<number, 'MessageId'>

/** The endpoint in which all logical clients of a run live. Its index is the number of nodes. */
export const CLIENTS = 'clients' as Brand<'clients', 'NodeId'>

export const nodeId = (text: string): NodeId => text as NodeId
export const runId = (text: string): RunId => text as RunId
export const faultId = (text: string): FaultId => text as FaultId

/** The names of a cluster of `count` nodes, in index order: the node at index 0 is `n1`. */
export function nodeIds(count: number): NodeId[] {
  return Array.from({ length: count }, (_, index) => nodeId(`n${index + 1}`))
}

/** All endpoints of a run in index order: its nodes, then `clients`. Stamps and frames speak in these indexes. */
export function endpointIds(nodes: readonly NodeId[]): EndpointId[] {
  return [...nodes, CLIENTS]
}

const LIVES = 2 ** 13
const NUMBERS = 2 ** 32

/** Packs a message's identity: `sender` is an endpoint index (0..255), `life` counts the sender's starts from 1, `number` its messages from 1. */
export function messageId(sender: number, life: number, number: number): MessageId {
  return ((sender * LIVES + life) * NUMBERS + number) as MessageId
}

/** Takes a packed identity apart again. */
export function messageIdParts(id: MessageId): { sender: number; life: number; number: number } {
  const high = Math.floor(id / NUMBERS)
  return { sender: Math.floor(high / LIVES), life: high % LIVES, number: id % NUMBERS }
}
