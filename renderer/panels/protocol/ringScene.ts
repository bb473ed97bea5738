/** A ring of keys as shapes, for a picture: the ring with its partitions, nodes' places and keys; beside it a table of keys and of what every node has. */
import type { NodeId } from '../../../protocols/core/ids.ts'
import type { RingPicture } from '../../../protocols/core/ringPicture.ts'
import { nodeToken } from '../../model/hues.ts'
import { fitted, type Shape } from './shapes.ts'

const RING = 300
const ROW = 26
const KEY = 90
const LIST = 120
const CELL = 118
const TOP = 20
/** Keys that a picture has room for. */
export const KEYS_MAX = 40

export const ringSize = (ring: RingPicture, nodes: number): { readonly width: number; readonly height: number } => ({
  width: RING + KEY + LIST + nodes * CELL + 20,
  height: Math.max(RING, TOP + (1 + Math.min(KEYS_MAX, ring.keys.length)) * ROW) + 10,
})

export function ringScene(ring: RingPicture, nodes: readonly NodeId[], color: (token: string) => string): Shape[] {
  return [...circle(ring, color), ...table(ring, nodes, color)]
}

function circle(ring: RingPicture, color: (token: string) => string): Shape[] {
  const at = (share: number, radius: number): readonly [number, number] => [
    RING / 2 + radius * Math.sin(2 * Math.PI * share),
    RING / 2 - radius * Math.cos(2 * Math.PI * share),
  ]
  const dot = (share: number, radius: number, r: number) => {
    const [x, y] = at(share, radius)
    return { is: 'rect' as const, x: x - r, y: y - r, w: 2 * r, h: 2 * r, r }
  }
  const arcs = ring.arcs.map(({ from, to, list }): Shape => {
    const length = (to > from ? to - from : 1 + to - from) - 0.002
    const points = Array.from({ length: 17 }, (_, step) => at(from + 0.001 + (length * step) / 16, 104))
    return { is: 'path', points, stroke: color(nodeToken(list[0] ?? ring.by ?? ('n1' as NodeId))), width: 12, alpha: 0.75 }
  })
  const tokens = ring.tokens.flatMap(({ at: share, node }): Shape[] => {
    const [x, y] = at(share, 124)
    return [
      { ...dot(share, 124, 8), fill: color(nodeToken(node)) },
      { is: 'text', x, y, text: node.slice(1), anchor: 'middle', font: 'data', size: 9, weight: 700, fill: color('surface') },
    ]
  })
  const keys = ring.keys.map(
    ({ at: share, isEqual }): Shape => ({
      ...dot(share, 86, 3.5),
      ...(isEqual ? { fill: color('text-soft') } : { stroke: color('text'), width: 1.6 }),
    }),
  )
  return [...arcs, ...tokens, ...keys]
}

function table(ring: RingPicture, nodes: readonly NodeId[], color: (token: string) => string): Shape[] {
  const left = (column: number) => RING + KEY + LIST + column * CELL
  const data = (x: number, y: number, text: string, more: object = {}): Shape => ({
    ...({ is: 'text', x, y, text, font: 'data', fill: color('text') } as const),
    ...more,
  })
  const head = TOP + ROW / 2
  const shapes = [
    data(RING, head, 'key', { font: 'ui', fill: color('text-soft') }),
    ...nodes.flatMap((node, column): Shape[] => [
      { is: 'rect', x: left(column), y: head - 4, w: 8, h: 8, r: 4, fill: color(nodeToken(node)) },
      data(left(column) + 14, head, node),
    ]),
  ]
  for (const [row, { key, list, copies, isEqual }] of ring.keys.slice(0, KEYS_MAX).entries()) {
    const top = TOP + (row + 1) * ROW
    const y = top + ROW / 2
    shapes.push({ is: 'rect', x: RING, y: top, w: KEY + LIST + nodes.length * CELL, h: 1, fill: color('hairline') })
    shapes.push(data(RING, y, fitted(`${key}${isEqual ? '' : ' ≠'}`, KEY - 8, 11), { weight: 600 }))
    shapes.push(data(RING + KEY, y, fitted(list.join(' '), LIST - 8, 11), { fill: color('text-soft') }))
    for (const [column, node] of nodes.entries()) {
      const here = copies.filter((copy) => copy.node === node)
      if (list.includes(node)) shapes.push({ is: 'rect', x: left(column) - 6, y: top + 1, w: CELL, h: ROW - 1, fill: color('sunken') })
      const text = here.map(({ values, for: target }) => `${values.join(' | ')}${target === undefined ? '' : ` → ${target}`}`).join(', ')
      if (text === '') continue
      const isKept = here.every((copy) => copy.for !== undefined)
      const isPast = here.every((copy) => copy.past)
      const shown = fitted(text, CELL - 20, 11)
      shapes.push({
        ...({ is: 'rect', x: left(column), y: top + 4, w: shown.length * 6.6 + 10, h: ROW - 8, r: 3 } as const),
        ...{ stroke: color(nodeToken(node)), width: 1.5, alpha: isPast ? 0.5 : 1, ...(isKept ? { dash: [2, 2] } : {}) },
      })
      shapes.push(data(left(column) + 5, y, shown, { alpha: isPast ? 0.5 : 1 }))
    }
  }
  return shapes
}
