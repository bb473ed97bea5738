/** Messages and signatures of one decision against the number of nodes, as SVG. */
import * as Plot from '@observablehq/plot'
import { Window } from 'happy-dom'

/** Of one operation. */
export interface Cost {
  readonly protocol: string
  readonly nodes: number
  readonly messages: number
  readonly bytes: number
  readonly made: number
  readonly received: number
}

/** Okabe and Ito's, as far as they show on white; a dash of its own for those who see no hues. */
const HUES = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9']
const DASHES = ['none', '7 3', '2 3', '9 3 2 3', '1 4', '12 4']

const WIDTH = 810
const HEIGHT = 460
const MARGIN = { marginLeft: 56, marginRight: 235, marginBottom: 40, marginTop: 28 }
const TEXT_PX = 14

interface Point {
  readonly what: string
  readonly protocol: string
  readonly nodes: number
  readonly count: number
}

export function drawChart(costs: readonly Cost[]): string {
  const titles = [...new Set(costs.map(({ protocol }) => protocol))]
  const points = costs.flatMap(({ protocol, nodes, messages, made }): Point[] => [
    { what: `${protocol}: messages`, protocol, nodes, count: messages },
    ...(made > 0 ? [{ what: `${protocol}: signatures`, protocol, nodes, count: made }] : []),
  ])
  const lines = [...new Set(points.map(({ what }) => what))].map((what) => points.filter((point) => point.what === what))
  const aside = besides(
    lines.map((line) => line.at(-1) as Point),
    points,
  )
  const svg = Plot.plot({
    document: new Window().document as unknown as Document,
    ...{ width: WIDTH, height: HEIGHT, ...MARGIN },
    style: { fontFamily: 'Inter, system-ui, sans-serif', fontSize: '12px', background: 'white', color: '#1f2430' },
    x: { label: 'nodes (N)', ticks: [...new Set(points.map(({ nodes }) => nodes))], tickFormat: 'd' },
    y: { type: 'log', label: 'per operation, one client, no faults', grid: true, tickFormat: 'd' },
    marks: lines.flatMap((line, at) => {
      const stroke = HUES[titles.indexOf(line[0]?.protocol ?? '') % HUES.length] as string
      const place = { x: 'nodes', y: 'count' } as const
      return [
        Plot.lineY(line, { ...place, stroke, strokeWidth: 2, strokeDasharray: DASHES[at % DASHES.length] as string }),
        Plot.dot(line, { ...place, fill: stroke, r: 2.5 }),
        Plot.text(line.slice(-1), {
          ...place,
          text: 'what',
          textAnchor: 'start',
          dx: 8,
          dy: aside.get(line[0]?.what ?? '') ?? 0,
          fill: stroke,
        }),
      ]
    }),
  })
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  return `${svg.outerHTML}\n`
}

/** How far up or down a line's name must go so that none lies on another, pixels. */
function besides(ends: readonly Point[], all: readonly Point[]): Map<string, number> {
  const counts = all.map(({ count }) => Math.log(count))
  const span = Math.max(...counts) - Math.min(...counts)
  const heightOf = ({ count }: Point) =>
    ((Math.max(...counts) - Math.log(count)) / span) * (HEIGHT - MARGIN.marginTop - MARGIN.marginBottom)
  const moved = new Map<string, number>()
  let free = Number.NEGATIVE_INFINITY
  for (const end of ends.toSorted((a, b) => heightOf(a) - heightOf(b))) {
    const at = Math.max(free, heightOf(end))
    moved.set(end.what, at - heightOf(end))
    free = at + TEXT_PX
  }
  return moved
}
