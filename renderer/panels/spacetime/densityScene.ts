/** The density drawn with a pen, for pictures: what tiles are on the screen. In steps, so that a file of it stays small. */
import { nodeToken } from '../../model/hues.ts'
import { counting, heightOf, shadeOf, usualIn } from './density.ts'
import type { Pen } from './pen.ts'
import type { Plane } from './plane.ts'
import type { Scene } from './scene.ts'

const BIN_PX = 2
const SHADES = 16

export function drawDensity(scene: Scene, plane: Plane, pen: Pen): void {
  const { drawing, view, types, endpoints } = scene
  const bins = Math.max(1, Math.round((plane.tail - plane.head) / BIN_PX))
  const tokens = [...new Set(['family-other', ...types.map(({ token }) => token)])]
  const familyOf = new Uint8Array(256)
  for (const [index, { token }] of types.entries()) familyOf[index] = tokens.indexOf(token)
  const work = counting(drawing, { from: view.from, to: view.to, bins }, tokens.length, familyOf)
  let turn = work.next()
  while (!turn.done) turn = work.next()
  const { marks, messages } = turn.value
  const usually = usualIn(drawing, (view.to - view.from) / bins)
  const px = (plane.tail - plane.head) / bins

  for (const [gap, families] of messages.entries())
    inRuns(
      bins,
      (bin) => {
        const counts = families.map((of) => of[bin] as number)
        const most = counts.indexOf(Math.max(...counts))
        const total = counts.reduce((sum, count) => sum + count, 0)
        return total === 0 ? undefined : `${tokens[most]} ${Math.ceil(shadeOf(total, usually) * SHADES)}`
      },
      (from, to, look) => {
        const [token = '', shade] = look.split(' ')
        pen.rect(...plane.box(plane.head + from * px, plane.across(gap), (to - from) * px, plane.gap), {
          token,
          alpha: Number(shade) / SHADES,
        })
      },
    )
  for (const [lane, counts] of marks.entries())
    inRuns(
      bins,
      (bin) => (counts[bin] === 0 ? undefined : String(Math.round(1.5 + plane.gap * heightOf(counts[bin] as number, usually)))),
      (from, to, half) => {
        const [start, high] = [plane.head + from * px, Number(half)]
        pen.rect(...plane.box(start, plane.across(lane) - high, (to - from) * px, 2 * high), {
          token: nodeToken(endpoints[lane] as never),
          alpha: 0.92,
        })
      },
    )
}

/** Tells stretches of bins that look alike. */
function inRuns(bins: number, lookOf: (bin: number) => string | undefined, tell: (from: number, to: number, look: string) => void): void {
  let start = 0
  let look = lookOf(0)
  for (let bin = 1; bin <= bins; bin++) {
    const next = bin === bins ? undefined : lookOf(bin)
    if (bin < bins && next === look) continue
    if (look !== undefined) tell(start, bin, look)
    start = bin
    look = next
  }
}
