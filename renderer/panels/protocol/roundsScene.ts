/** Rounds as shapes, for a picture: a row for each, who began it and what came of it, and under every node what it said in each phase. */
import type { NodeId } from '../../../protocols/core/ids.ts'
import type { RoundsWords } from '../../../protocols/core/panel.ts'
import type { Round, Said } from '../../../protocols/core/rounds.ts'
import { nodeToken } from '../../model/hues.ts'
import { fitted, type Shape } from './shapes.ts'

export interface RoundRow {
  readonly round: Round
  readonly brief: string
  readonly isSettled: boolean
  readonly isLater: boolean
  readonly cells: readonly { readonly node: NodeId; readonly said: readonly Said[] }[]
}

const ROW = 28
const NAME = 76
const BRIEF = 300
const CELL = 132
const CHAR = 6.6

export const roundsSize = (rows: number, nodes: number): { readonly width: number; readonly height: number } => ({
  width: NAME + BRIEF + nodes * CELL + 24,
  height: (rows + 1) * ROW + 12,
})

/** `seq`: what was said later is faint. */
export function roundsScene(
  rows: readonly RoundRow[],
  words: RoundsWords,
  nodes: readonly NodeId[],
  seq: number,
  color: (token: string) => string,
): Shape[] {
  const left = (column: number) => 12 + NAME + BRIEF + column * CELL
  const shapes: Shape[] = [
    { is: 'text', x: 12, y: ROW / 2, text: words.round.label, fill: color('text-soft') },
    ...nodes.flatMap((node, column): Shape[] => [
      { is: 'rect', x: left(column), y: ROW / 2 - 4, w: 8, h: 8, r: 4, fill: color(nodeToken(node)) },
      { is: 'text', x: left(column) + 14, y: ROW / 2, text: node, font: 'data', fill: color('text') },
    ]),
  ]
  for (const [index, { round, brief, isSettled, isLater, cells }] of rows.entries()) {
    const top = (index + 1) * ROW
    const y = top + ROW / 2
    const alpha = isLater ? 0.35 : 1
    const head = `${round.by === undefined ? '' : `${round.by}  `}${brief}`
    shapes.push(
      { is: 'rect', x: 0, y: top, w: left(nodes.length), h: 1, fill: color('hairline') },
      { is: 'text', x: 12, y, text: fitted(round.name, NAME - 8, 11), font: 'data', weight: 700, fill: color('text'), alpha },
      { is: 'text', x: 12 + NAME, y, text: fitted(head, BRIEF, 10), weight: isSettled ? 600 : 400, fill: color('text'), alpha },
    )
    for (const [column, { node, said }] of cells.entries()) {
      let x = left(column)
      for (const each of said) {
        const text = fitted(each.refused ? '✕' : each.text === '' ? '–' : each.text, left(column + 1) - x - 18, 11)
        if (text === '') break
        const isLast = each.phase === words.phases.at(-1)?.name
        const hue = color(nodeToken(round.by ?? node))
        const w = text.length * CHAR + 10
        const faint = each.seq > seq ? 0.35 : 1
        if (!each.refused) {
          const isUnheard = each.heard === undefined && each.node !== round.by
          const box = { is: 'rect', x, y: y - 9, w, h: 18, r: isLast ? 9 : 3 } as const
          if (isLast) shapes.push({ ...box, fill: hue, alpha: 0.26 * faint })
          shapes.push({ ...box, stroke: hue, width: 1.5, alpha: faint, ...(isUnheard ? { dash: [2, 2] } : {}) })
        }
        shapes.push({ is: 'text', x: x + 5, y, text, font: 'data', weight: isLast ? 700 : 400, fill: color('text'), alpha: faint })
        x += w + 4
      }
    }
  }
  return shapes
}
