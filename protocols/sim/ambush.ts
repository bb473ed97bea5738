/**
 * Misfortunes that do not come at a time but at a telling moment: right after a node wrote, right after a message of some
 * type left or arrived. Most mistakes of protocols show only then, and a storm that goes by the clock alone rarely meets
 * such a moment. An ambush is data like everything in a plan; what it did is told as deeds with their times, so that a
 * storm can be had again without it.
 */
import type { NodeId } from '../core/ids.ts'
import type { Caught, PlannedDeed, Strike } from './misfortune.ts'

/** The deeds of strikes at somebody who was caught at `atMs`. `label` is a beginning for the names of its faults. */
export function deedsOf(strikes: readonly Strike[], caught: Caught, nodes: readonly NodeId[], atMs: number, label: string): PlannedDeed[] {
  const deeds = strikes.flatMap((strike, index) => deedsOfStrike(strike, caught, nodes, atMs + strike.afterMs, `${label}-${index + 1}`))
  return deeds.sort((a, b) => a.atMs - b.atMs)
}

function deedsOfStrike(strike: Strike, caught: Caught, nodes: readonly NodeId[], atMs: number, label: string): PlannedDeed[] {
  const untilMs = atMs + strike.forMs
  const one = strike.whom === 'other' ? caught.other : caught.node
  switch (strike.do) {
    case 'crash':
    case 'pause': {
      const [what, back] = strike.do === 'crash' ? (['crash', 'restart'] as const) : (['pause', 'resume'] as const)
      const whom = strike.whom === 'all' ? nodes : one === undefined ? [] : [one]
      return whom.flatMap((node) => [
        { atMs, deed: { do: 'node', node, what } },
        { atMs: untilMs, deed: { do: 'node', node, what: back } },
      ])
    }
    case 'part': {
      if (one === undefined) return []
      const side = nodes.filter((node, index) => node === one || (strike.company >>> index) % 2 === 1)
      if (side.length === nodes.length) return []
      const groups = [side, nodes.filter((node) => !side.includes(node))]
      return [
        { atMs, deed: { do: 'arm', label, fault: { kind: 'cut', target: { groups } } } },
        { atMs: untilMs, deed: { do: 'lift', label } },
      ]
    }
    case 'mute': {
      const { node, other } = caught
      if (other === undefined) return []
      const link: [NodeId, NodeId] = strike.whom === 'node' ? [node, other] : [other, node]
      return [
        { atMs, deed: { do: 'arm', label, fault: { kind: 'cut', target: { links: [link] } } } },
        { atMs: untilMs, deed: { do: 'lift', label } },
      ]
    }
    default:
      return strike satisfies never
  }
}
