/** The density drawn with a pen, for pictures that go out. In steps, so that a file of it stays small. */
import { nodeToken } from '../../model/hues.ts'
import { Density, heightOf, shadeOf, usualIn } from './density.ts'
import { familiesOf } from './densityPicture.ts'
import type { Pen } from './pen.ts'
import type { Plane } from './plane.ts'
import type { Scene } from './scene.ts'

const BIN_PX = 2
const SHADES = 16

export function drawDensity(scene: Scene, plane: Plane, pen: Pen): void {
  const { drawing, view, types, endpoints } = scene
  const bins = Math.max(1, Math.round((plane.tail - plane.head) / BIN_PX))
  const { tokens, familyOf } = familiesOf(types)
  const size = (view.to - view.from) / bins
  const density = new Density()
  density.count(drawing, { from: view.from, size, count: bins }, { count: tokens.length, of: familyOf })
  const { marks, messages } = density
  const usually = usualIn(drawing, size)
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
