/**
 * The density on a canvas, a pixel a slice: gaps as shades, lanes as bars about their middle. It is counted and painted anew for
 * every frame that moves it, which costs the same whatever is in sight, and is exact in each.
 */
import { Density, HEIGHT_MAX, heightOf, shadeOf, type Usual, usualIn } from './density.ts'
import type { Drawing } from './drawing.ts'
import { Plane } from './plane.ts'
import type { TypeLook } from './scene.ts'
import { unitsPerPx, type View } from './view.ts'

type Color = readonly [red: number, green: number, blue: number]

export interface Palette {
  readonly nodes: readonly Color[]
  readonly families: readonly Color[]
  /** By message type, which of `families`. */
  readonly familyOf: Uint8Array
}

/** Even a lane that did little is seen. */
const HALF_LEAST_PX = 1.5
const INK = 235

/** What the families of a run look like, each once. */
export function paletteOf(types: readonly TypeLook[], nodes: readonly string[], color: (token: string) => string): Palette {
  const { tokens, familyOf } = familiesOf(types)
  return { nodes: nodes.map((token) => rgbOf(color(token))), families: tokens.map((token) => rgbOf(color(token))), familyOf }
}

/** The looks of a run's message types, each once; and by type, which. */
export function familiesOf(types: readonly TypeLook[]): { readonly tokens: readonly string[]; readonly familyOf: Uint8Array } {
  const tokens = [...new Set(['family-other', ...types.map(({ token }) => token)])]
  const familyOf = new Uint8Array(256)
  for (const [index, { token }] of types.entries()) familyOf[index] = tokens.indexOf(token)
  return { tokens, familyOf }
}

/** What a picture depends on. */
interface Shown {
  readonly drawing: Drawing
  readonly rows: number
  readonly palette: Palette
  readonly first: number
  readonly size: number
  readonly count: number
  readonly gap: number
  readonly lanes: number
}

export class DensityPicture {
  readonly #density = new Density()
  readonly #ctx = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D
  #image = new ImageData(1, 1)
  #pixels = new Uint32Array(this.#image.data.buffer)
  #shows: Shown | undefined

  paint(ctx: CanvasRenderingContext2D, view: View, drawing: Drawing, palette: Palette): void {
    const plane = new Plane(view)
    const { lanes } = view
    const gaps = Math.max(0, lanes - 1)
    const half = Math.ceil(HALF_LEAST_PX + plane.gap * HEIGHT_MAX)
    const size = unitsPerPx(view)
    // Slices lie at the same places of the axis wherever it is moved to, so that moving it changes no shade.
    const first = Math.floor(view.from / size)
    const count = Math.ceil(plane.tail - plane.head) + 1
    const shows: Shown = { drawing, rows: drawing.rows, palette, first, size, count, gap: plane.gap, lanes }
    if (!isSame(shows, this.#shows)) {
      this.#shows = shows
      this.#fit(count, gaps + lanes * 2 * half)
      this.#paint({ top: gaps, half, ...shows })
    }

    ctx.save()
    ctx.imageSmoothingEnabled = false
    if (view.down) ctx.transform(0, 1, 1, 0, 0, 0)
    const along = Math.round(plane.along(first * size))
    const { canvas } = this.#ctx
    if (gaps > 0) ctx.drawImage(canvas, 0, 0, count, gaps, along, plane.across(0), count, plane.gap * gaps)
    for (let lane = 0; lane < lanes; lane++)
      ctx.drawImage(canvas, 0, gaps + lane * 2 * half, count, 2 * half, along, Math.round(plane.across(lane)) - half, count, 2 * half)
    ctx.restore()
  }

  #paint({ drawing, palette, first, size, count, top, half, gap }: Shown & { readonly top: number; readonly half: number }): void {
    this.#density.count(drawing, { from: first * size, size, count }, { count: palette.families.length, of: palette.familyOf })
    const usually = usualIn(drawing, size)
    this.#pixels.fill(0)
    this.#shades(count, palette, usually)
    this.#bars({ top, half, gap }, palette, usually)
    this.#ctx.putImageData(this.#image, 0, 0)
  }

  #fit(width: number, height: number): void {
    const { canvas } = this.#ctx
    if (canvas.width === width && canvas.height === height) return
    canvas.width = width
    canvas.height = height
    this.#image = new ImageData(width, height)
    this.#pixels = new Uint32Array(this.#image.data.buffer)
  }

  /** A row of pixels for each gap. */
  #shades(width: number, { families }: Palette, usually: Usual): void {
    for (const [gap, counts] of this.#density.messages.entries())
      for (let x = 0; x < width; x++) this.#pixels[gap * width + x] = inkOf(counts, x, families, usually)
  }

  /** Below them, so many rows for each lane. */
  #bars({ top, half, gap }: { top: number; half: number; gap: number }, { nodes }: Palette, usually: Usual): void {
    const pixels = this.#pixels
    for (const [lane, counts] of this.#density.marks.entries()) {
      const [r, g, b] = nodes[lane] as Color
      const ink = pixelOf(r, g, b, INK)
      const width = counts.length
      const middle = top + (2 * lane + 1) * half
      for (let x = 0; x < width; x++) {
        const count = counts[x] as number
        if (count === 0) continue
        const high = Math.round(HALF_LEAST_PX + gap * heightOf(count, usually))
        const end = (middle + high) * width
        for (let at = (middle - high) * width + x; at < end; at += width) pixels[at] = ink
      }
    }
  }
}

const isSame = (a: Shown, b: Shown | undefined): boolean =>
  b !== undefined && (Object.keys(a) as (keyof Shown)[]).every((key) => a[key] === b[key])

function inkOf(counts: readonly Uint32Array[], at: number, families: readonly Color[], usually: Usual): number {
  let total = 0
  let r = 0
  let g = 0
  let b = 0
  for (let family = 0; family < counts.length; family++) {
    const count = counts[family]?.[at] as number
    if (count === 0) continue
    const hue = families[family] as Color
    total += count
    r += hue[0] * count
    g += hue[1] * count
    b += hue[2] * count
  }
  return total === 0
    ? 0
    : pixelOf(Math.round(r / total), Math.round(g / total), Math.round(b / total), Math.round(255 * shadeOf(total, usually)))
}

const pixelOf = (r: number, g: number, b: number, alpha: number): number => ((alpha << 24) | (b << 16) | (g << 8) | r) >>> 0

function rgbOf(color: string): Color {
  const [r = 128, g = 128, b = 128] = color.match(/[\d.]+/g)?.map(Number) ?? []
  return [r, g, b]
}
