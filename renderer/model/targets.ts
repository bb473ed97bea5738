/** Which directed links a fault stands on, spelt out. */
import type { ArmedFault, LinkTarget } from '../../protocols/core/fault.ts'
import { CLIENTS, type EndpointId, type NodeId } from '../../protocols/core/ids.ts'

export type Link = readonly [from: EndpointId, to: EndpointId]

export const linkKey = (from: EndpointId, to: EndpointId): string => `${from}>${to}`

/** The links of a target in a cluster of `nodes`. `all` means every link between nodes and from and to the clients. */
export function linksOf(target: LinkTarget, nodes: readonly NodeId[]): Link[] {
  if ('links' in target) return target.links.map(([from, to]) => [from, to] as const)
  if ('groups' in target) return crossings(target.groups)
  const ends: EndpointId[] = [...nodes, CLIENTS]
  return ends.flatMap((from) => ends.filter((to) => to !== from).map((to) => [from, to] as const))
}

function crossings(groups: readonly (readonly EndpointId[])[]): Link[] {
  const links: Link[] = []
  for (const [i, one] of groups.entries())
    for (const [j, other] of groups.entries())
      if (i !== j) for (const from of one) for (const to of other) if (from !== to) links.push([from, to])
  return links
}

/** True when the fault stands on a link that begins or ends at `endpoint`. */
export function touchesEndpoint(fault: ArmedFault, endpoint: EndpointId, nodes: readonly NodeId[]): boolean {
  return linksOf(fault.target, nodes).some(([from, to]) => from === endpoint || to === endpoint)
}

export function touchesLink(fault: ArmedFault, from: EndpointId, to: EndpointId, nodes: readonly NodeId[]): boolean {
  return linksOf(fault.target, nodes).some((link) => link[0] === from && link[1] === to)
}

/** The sides of a partition: a cut between groups that touches everything. Undefined for any other fault. */
export function sidesOf(fault: ArmedFault): readonly (readonly EndpointId[])[] | undefined {
  return fault.kind === 'cut' && fault.rule === undefined && 'groups' in fault.target ? fault.target.groups : undefined
}
