/**
 * The line between two sides, wherever they stand: the contour where the pull of one side's nodes equals that of the other's. It
 * separates sides that no straight line could, and bends with the nodes when they are dragged.
 */
import type { Point } from './arrangement.ts'

/** How far a node's pull reaches, in the drawing's units. */
const REACH = 95
const CELL = 9
/** The line ends where no node is this near. */
const MARGIN = 62

/** Polylines that separate `one` from `other`; none when a side is empty. */
export function contour(one: readonly Point[], other: readonly Point[]): Point[][] {
  if (one.length === 0 || other.length === 0) return []
  const all = [...one, ...other]
  const left = Math.min(...all.map(({ x }) => x)) - MARGIN
  const top = Math.min(...all.map(({ y }) => y)) - MARGIN
  const columns = Math.ceil((Math.max(...all.map(({ x }) => x)) + MARGIN - left) / CELL)
  const rows = Math.ceil((Math.max(...all.map(({ y }) => y)) + MARGIN - top) / CELL)
  const field = new Float64Array((columns + 1) * (rows + 1))
  for (let row = 0; row <= rows; row++)
    for (let column = 0; column <= columns; column++) {
      const at = { x: left + column * CELL, y: top + row * CELL }
      // Off zero, so that no corner lies exactly on the line.
      field[row * (columns + 1) + column] = pull(one, at) - pull(other, at) || 1e-9
    }
  const segments: [Point, Point][] = []
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const corner = (dx: number, dy: number) => field[(row + dy) * (columns + 1) + column + dx] ?? 0
      const [a, b, c, d] = [corner(0, 0), corner(1, 0), corner(1, 1), corner(0, 1)]
      const x = left + column * CELL
      const y = top + row * CELL
      const cuts: Point[] = []
      if (a > 0 !== b > 0) cuts.push({ x: x + (CELL * a) / (a - b), y })
      if (b > 0 !== c > 0) cuts.push({ x: x + CELL, y: y + (CELL * b) / (b - c) })
      if (c > 0 !== d > 0) cuts.push({ x: x + (CELL * d) / (d - c), y: y + CELL })
      if (d > 0 !== a > 0) cuts.push({ x, y: y + (CELL * a) / (a - d) })
      for (let i = 0; i + 1 < cuts.length; i += 2) segments.push([cuts[i]!, cuts[i + 1]!])
    }
  return join(segments).filter((line) => line.length > 3)
}

function pull(points: readonly Point[], at: Point): number {
  let sum = 0
  for (const { x, y } of points) sum += Math.exp(-((x - at.x) ** 2 + (y - at.y) ** 2) / REACH ** 2)
  return sum
}

/** Puts segments that share an end together into lines. */
function join(segments: readonly (readonly [Point, Point])[]): Point[][] {
  const key = ({ x, y }: Point) => `${x.toFixed(3)} ${y.toFixed(3)}`
  const ends = new Map<string, number[]>()
  segments.forEach((segment, index) => {
    for (const point of segment) ends.set(key(point), [...(ends.get(key(point)) ?? []), index])
  })
  const used = new Set<number>()
  const walk = (line: Point[]): void => {
    for (;;) {
      const last = line.at(-1)!
      const next = ends.get(key(last))?.find((index) => !used.has(index))
      if (next === undefined) return
      used.add(next)
      const [a, b] = segments[next]!
      line.push(key(a) === key(last) ? b : a)
    }
  }
  const lines: Point[][] = []
  segments.forEach(([a, b], index) => {
    if (used.has(index)) return
    used.add(index)
    const line = [a, b]
    walk(line)
    line.reverse()
    walk(line)
    lines.push(line)
  })
  return lines
}
