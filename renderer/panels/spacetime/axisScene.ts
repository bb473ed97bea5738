/** The axis and its grid: seconds of the run, or whole numbers of a logical clock. */
import { ticks } from '../../model/scale.ts'
import type { Pen } from './pen.ts'
import type { Plane } from './plane.ts'
import type { Scene } from './scene.ts'

interface Tick {
  readonly place: number
  readonly text: string
}

/** Readable places on the axis, at least `gapPx` apart. */
export function ticksOf({ view, drawing }: Pick<Scene, 'view' | 'drawing'>, lengthPx: number, gapPx: number): Tick[] {
  if (drawing.axis === 'time')
    return ticks({ fromUs: view.from, toUs: view.to }, lengthPx, gapPx)
      .filter(({ atUs }) => atUs >= 0)
      .map(({ atUs, text }) => ({ place: atUs, text }))
  const least = ((view.to - view.from) / lengthPx) * gapPx
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)))
  const step = [1, 2, 5, 10].map((times) => times * power).find((each) => each >= least) ?? 10 * power
  const found: Tick[] = []
  for (let place = Math.max(0, Math.ceil(view.from / step) * step); place <= view.to; place += step)
    found.push({ place, text: String(place) })
  return found
}

export function drawGrid(scene: Scene, plane: Plane, pen: Pen): void {
  const { view } = scene
  const lines: number[] = []
  const far = view.down ? view.width : view.height
  for (const { place } of ticksOf(scene, plane.tail - plane.head, view.down ? 64 : 96)) {
    const along = Math.round(plane.along(place)) + 0.5
    plane.put(lines, along, plane.edge)
    plane.put(lines, along, far)
  }
  pen.lines(lines, { token: 'hairline', width: 1 })
}

export function drawAxis(scene: Scene, plane: Plane, pen: Pen): void {
  const { view } = scene
  const breadth = plane.edge - view.ribbons
  pen.rect(...plane.box(plane.head, 0, plane.tail - plane.head, breadth), { token: 'surface' })
  const line: number[] = []
  plane.put(line, plane.head, breadth - 0.5)
  plane.put(line, plane.tail, breadth - 0.5)
  pen.lines(line, { token: 'hairline', width: 1 })
  for (const { place, text } of ticksOf(scene, plane.tail - plane.head, view.down ? 64 : 96)) {
    const along = plane.along(place)
    if (along < plane.head + 14 || along > plane.tail - 18) continue
    if (view.down) pen.text(breadth - 8, along, text, { token: 'text-faint', align: 'right' })
    else pen.text(along, breadth / 2, text, { token: 'text-faint', align: 'center' })
  }
}
