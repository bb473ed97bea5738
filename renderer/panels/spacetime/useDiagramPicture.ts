/** The diagram as a picture: all lanes, of the stretch that is looked at, with what is chosen and cut in it. */
import { ChunkKind } from '../../../protocols/wire/chunk.ts'
import { formatCount, formatCountOf, formatRunTime } from '../../model/format.ts'
import type { LegendEntry } from '../../model/picture/sheet.ts'
import { usePicture } from '../../stores/pictures.ts'
import { CanvasPen } from './canvasPen.ts'
import { drawDensity } from './densityScene.ts'
import { drawScene } from './draw.ts'
import { Plane } from './plane.ts'
import { amountIn, isDense, type Scene } from './scene.ts'
import type { Seen } from './useSeen.ts'
import { headOf, scrollMax, type View } from './view.ts'

const AXIS_WORDS = { time: 'real time', lamport: 'Lamport time', rank: 'causal rank' } as const

export function useDiagramPicture({ view, scene }: Seen): void {
  usePicture('spacetime', 'Space-time', () => {
    if (view.value.width <= headOf(view.value)) return undefined
    const whole = allLanes(view.value)
    const drawn: Scene = { ...scene.value, view: whole, hovered: undefined }
    const { marks, messages } = amountIn(drawn)
    return {
      what: 'Space-time',
      range: rangeOf(drawn),
      describe: describe(drawn, isDense({ marks, messages })),
      ...{ width: whole.width, height: whole.height },
      legend: legendOf(drawn, isDense({ marks, messages })),
      draw: (pen, { color }) => {
        const here = new CanvasPen(pen, color)
        drawScene(drawn, here, { marks, messages }, () => drawDensity(drawn, new Plane(whole), here))
      },
    }
  })
}

/** Lanes that are scrolled out of sight are on paper all the same. */
function allLanes(view: View): View {
  const more = scrollMax(view)
  return { ...view, scroll: 0, ...(view.down ? { width: view.width + more } : { height: view.height + more }) }
}

function rangeOf({ drawing, view }: Scene): string {
  const [from, to] = [Math.max(0, view.from), Math.min(view.to, drawing.end)]
  if (drawing.axis === 'time') return `${formatRunTime(from)} to ${formatRunTime(to)}`
  return `by ${AXIS_WORDS[drawing.axis]}, ${formatCount(Math.ceil(from))} to ${formatCount(Math.floor(to))}`
}

function describe({ drawing, endpoints, view, chosen, matched }: Scene, dense: boolean): string {
  const steps = drawing.marks.reduce((sum, lane) => sum + lane.count(view.from, view.to), 0)
  const messages = drawing.messages.reduce((sum, lane) => sum + lane.count(view.from, view.to), 0)
  return [
    `A lane for each of ${endpoints.join(', ')}, by ${AXIS_WORDS[drawing.axis]}: ${formatCountOf(steps, 'step')} and ${formatCountOf(messages, 'message')} between them.`,
    ...(dense ? ['They are too many to be told apart: the darker, the more messages; the higher a lane, the more it did.'] : []),
    ...(chosen === undefined ? [] : [`Event ${formatCount(chosen)} is chosen, and its causal past and future are marked.`]),
    ...(matched ? ['What a query found is marked.'] : []),
  ].join(' ')
}

function legendOf({ types, cone, matched, bands, drawing, view }: Scene, dense: boolean): LegendEntry[] {
  const seen = new Map<string, LegendEntry>()
  const { columns } = drawing
  if (!dense)
    for (const lane of drawing.messages.keys())
      drawing.eachTo(lane, view.from, view.to, (send) => {
        const look = columns.kind[send] === ChunkKind.send ? types[columns.type[send] as number] : undefined
        if (!look) return
        const mark = look.style === 'request' ? 'line' : 'thin'
        seen.set(`${look.family} ${mark}`, { mark, token: look.token, text: `${look.family} ${look.style}` })
      })
  else for (const { family, token } of types) seen.set(family, { mark: 'box', token, text: `${family} messages` })
  return [
    ...seen.values(),
    ...(dense ? [] : [{ mark: 'dot', token: 'text', text: 'receipt' } as const, { mark: 'cross', token: 'text', text: 'lost' } as const]),
    ...(bands.length > 0 ? [{ mark: 'box', token: 'fault', text: 'fault' } as const] : []),
    ...(cone ? [{ mark: 'dashed', token: 'text-faint', text: 'concurrent with the chosen event' } as const] : []),
    ...(matched
      ? [{ mark: 'box', token: 'accent', text: dense ? 'found by the query: notches' : 'found by the query: corners' } as const]
      : []),
  ]
}
