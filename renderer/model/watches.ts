/** Watch expressions: a node, or `*` for all of them, a dot, and a path: `n1.term`, `*.commitIndex`, `*.log`. */
import type { ProtocolInfo } from '../../main/contract/commands.ts'
import type { Lane, LanePoint } from '../../main/contract/state.ts'
import type { NodeId } from '../../protocols/core/ids.ts'

export interface Watch {
  readonly text: string
  readonly nodes: readonly NodeId[]
  readonly path: string
}

/** A sentence when it is no expression. What the protocol calls its epoch is the epoch. */
export function readWatch(text: string, nodes: readonly NodeId[], epochName = 'epoch'): Watch | string {
  const trimmed = text.trim()
  const match = /^(\*|n[0-9]+)\.(\S+)$/.exec(trimmed)
  if (!match) return `“${trimmed}” is no watch: a node or * for all, a dot, and a field, as in n1.role or *.commitIndex.`
  const [, word = '', field = ''] = match
  const meant = word === '*' ? nodes : nodes.filter((node) => node === word)
  if (meant.length === 0) return `There is no node ${word} in this run: it has ${nodes.join(', ')}.`
  return { text: trimmed, nodes: meant, path: field === epochName ? 'epoch' : field }
}

/** What can be watched: facts that nodes show, then the fields of their states. */
export function watchable(nodes: readonly NodeId[], protocol: ProtocolInfo | undefined, fields: readonly string[]): string[] {
  const names = ['role', protocol?.epochName ?? 'epoch', 'leader', ...(protocol?.facts.map(({ name }) => name) ?? []), ...fields]
  const unique = [...new Set(names)]
  return ['*', ...nodes].flatMap((node) => unique.map((name) => `${node}.${name}`))
}

/** What holds at a time; undefined where nothing is known. */
export function valueAtTime(points: readonly LanePoint[], atUs: number): LanePoint['value'] {
  let low = 0
  let high = points.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((points[middle] as LanePoint).atUs > atUs) high = middle
    else low = middle + 1
  }
  return points[low - 1]?.value
}

/** Lowest and highest of a lane of numbers; undefined when it has a word in it, or nothing. */
export function rangeOf(lane: Lane): { readonly low: number; readonly high: number } | undefined {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const { points } of lane.nodes) {
    for (const { value } of points) {
      if (value === undefined || value === null) continue
      if (typeof value !== 'number') return undefined
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
  }
  return low > high ? undefined : { low, high }
}
