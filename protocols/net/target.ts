/** Which directed links a fault's target means, among the links that a run has. */
import type { LinkTarget } from '../core/fault.ts'
import type { EndpointId } from '../core/ids.ts'

/** A directed link as endpoint indexes. */
export interface DirectedLink {
  readonly from: number
  readonly to: number
}

/**
 * The links meant by `target`, each once. `endpoints` are all of a run in index order, the clients last; every ordered
 * pair of two of them is a link. Names that the run does not have mean no link.
 */
export function linksOf(target: LinkTarget, endpoints: readonly EndpointId[]): DirectedLink[] {
  const chosen = new Set<number>()
  const choose = (from: number, to: number) => {
    if (from >= 0 && to >= 0 && from !== to) chosen.add(from * endpoints.length + to)
  }
  if ('all' in target) {
    for (let from = 0; from < endpoints.length; from++) for (let to = 0; to < endpoints.length; to++) choose(from, to)
  } else if ('links' in target) {
    for (const [from, to] of target.links) choose(endpoints.indexOf(from), endpoints.indexOf(to))
  } else {
    for (const here of target.groups)
      for (const there of target.groups)
        if (here !== there) for (const a of here) for (const b of there) choose(endpoints.indexOf(a), endpoints.indexOf(b))
  }
  return [...chosen].map((link) => ({ from: Math.floor(link / endpoints.length), to: link % endpoints.length }))
}
