/** Which token of the palette a node or a message family wears. */
import { CLIENTS, type EndpointId } from '../../protocols/core/ids.ts'
import type { Family } from '../../protocols/words/speech.ts'

/** `node-1` .. `node-8`, the ninth node wears the first hue again (with a pattern, see `repeats`); `node-clients` for clients. */
export function nodeToken(node: EndpointId): string {
  if (node === CLIENTS) return 'node-clients'
  return `node-${((nodeNumber(node) - 1) % 8) + 1}`
}

/** True when the node's hue was worn before: it is told apart by a pattern. */
export const repeats = (node: EndpointId): boolean => node !== CLIENTS && nodeNumber(node) > 8

export const nodeVar = (node: EndpointId): string => `var(--${nodeToken(node)})`
/** Which of the hues of groups (terms, ballots, views) a number wears; the number always stands beside it. */
export const groupToken = (group: number): string => `group-${((((Math.max(1, Math.floor(group)) - 1) % GROUPS) + GROUPS) % GROUPS) + 1}`
export const GROUPS = 7
export const familyToken = (family: Family): string => `family-${family}`
export const familyVar = (family: Family): string => `var(--${familyToken(family)})`

/** Hosts from elsewhere, by names of their own: their places in the run that is open. */
let hosts: readonly EndpointId[] = []
/** Gives the nodes of the open run their hues, in this order. */
export function wearHues(nodes: readonly EndpointId[]): void {
  hosts = nodes
}

const nodeNumber = (node: EndpointId): number => (/^n[0-9]+$/.test(node) ? Number(node.slice(1)) : hosts.indexOf(node) + 1) || 1
