/**
 * Pictures of the density, made once a level of zoom and kept: a frame over a million events is a few of them, pasted. What is
 * missing is made in small pieces, and until it is there what is known from other levels stands in its place.
 */
import { counting, type Density, heightOf, joined, shadeOf, type Usual, usualIn } from './density.ts'
import type { Drawing } from './drawing.ts'
import { Plane } from './plane.ts'
import type { TypeLook } from './scene.ts'
import { unitsPerPx, type View } from './view.ts'

const BINS = 512
const KEPT_MAX = 96
/** Of each frame, at most so long is spent on making tiles. */
const BUDGET_MS = 5
/** How far the levels reach that stand in for one that is missing. */
const LEVELS_ASIDE = 8

interface Tile {
  readonly level: number
  readonly index: number
  /** Undefined until it is made for the first time. */
  picture: ImageBitmap | undefined
  /** What it was made of: from two of them side by side the one above is made. */
  density: Density | undefined
  /** Something in it has changed since. */
  stale: boolean
  making: Generator<void, Density> | undefined
  used: number
}

export interface Palette {
  readonly nodes: readonly string[]
  readonly families: readonly string[]
  /** By message type, which of `families`. */
  readonly familyOf: Uint8Array
}

/** What the families of a run look like, each once. */
export function paletteOf(types: readonly TypeLook[], nodes: readonly string[], color: (token: string) => string): Palette {
  const tokens = [...new Set(['family-other', ...types.map(({ token }) => token)])]
  const familyOf = new Uint8Array(256)
  for (const [index, { token }] of types.entries()) familyOf[index] = tokens.indexOf(token)
  return { nodes: nodes.map(color), families: tokens.map(color), familyOf }
}

export class Tiles {
  #tiles = new Map<string, Tile>()
  #look = ''
  #frame = 0
  #cells = { gap: 0, ratio: 0 }

  /** From a place on, things have changed. */
  change(from: number): void {
    for (const tile of this.#tiles.values()) if ((tile.index + 1) * BINS * 2 ** tile.level >= from) tile.stale = true
  }

  clear(): void {
    for (const [key, tile] of this.#tiles) this.#drop(key, tile)
  }

  #drop(key: string, tile: Tile): void {
    tile.picture?.close()
    this.#tiles.delete(key)
  }

  /** Pastes what there is, makes some of what there is not. True: there is more to be made. `look`: whatever the pictures depend on beside the drawing. */
  paint(ctx: CanvasRenderingContext2D, view: View, drawing: Drawing, palette: Palette, look: string, now: () => number): boolean {
    const plane = new Plane(view)
    const ratio = Math.min(2, globalThis.devicePixelRatio || 1)
    const cells = { gap: Math.max(8, Math.round(plane.gap * ratio)), ratio }
    const whole = `${look} ${drawing.axis} ${cells.gap} ${ratio} ${brightness(drawing)}`
    if (whole !== this.#look) {
      this.clear()
      this.#look = whole
    }
    this.#cells = cells
    this.#frame++
    const level = Math.floor(Math.log2(unitsPerPx(view) / ratio))
    const size = BINS * 2 ** level
    const wanted: Tile[] = []
    const end = Math.min(view.to, drawing.end)
    for (let index = Math.floor(Math.max(0, view.from) / size); index * size <= end; index++) wanted.push(this.#tile(level, index))
    const until = now() + BUDGET_MS
    let unfinished = false
    for (const tile of wanted) {
      if (tile.picture && !tile.stale && !tile.making) continue
      if (now() >= until || !this.#make(tile, drawing, palette, until, now)) unfinished = true
    }
    ctx.save()
    if (view.down) ctx.transform(0, 1, 1, 0, 0, 0)
    for (const tile of wanted) this.#paste(ctx, plane, tile)
    ctx.restore()
    this.#forget()
    return unfinished
  }

  #tile(level: number, index: number): Tile {
    const key = `${level} ${index}`
    let tile = this.#tiles.get(key)
    if (!tile) {
      tile = { level, index, picture: undefined, density: undefined, stale: false, making: undefined, used: 0 }
      this.#tiles.set(key, tile)
    }
    tile.used = this.#frame
    return tile
  }

  /** True when it is done. */
  #make(tile: Tile, drawing: Drawing, palette: Palette, until: number, now: () => number): boolean {
    const size = BINS * 2 ** tile.level
    const halves = tile.making ? undefined : this.#halvesOf(tile)
    if (halves) {
      tile.stale = false
      this.#finish(tile, joined(...halves), drawing, palette)
      return true
    }
    if (!tile.making) {
      tile.stale = false
      const slices = { from: tile.index * size, to: (tile.index + 1) * size, bins: BINS }
      tile.making = counting(drawing, slices, palette.families.length, palette.familyOf)
    }
    for (;;) {
      const turn = tile.making.next()
      if (turn.done) {
        tile.making = undefined
        this.#finish(tile, turn.value, drawing, palette)
        return !tile.stale
      }
      if (now() >= until) return false
    }
  }

  #finish(tile: Tile, density: Density, drawing: Drawing, palette: Palette): void {
    tile.density = density
    tile.picture?.close()
    tile.picture = pictureOf(density, palette, this.#cells.gap, usualIn(drawing, 2 ** tile.level))
  }

  /** What the two tiles below hold, when both are there as things are now. */
  #halvesOf({ level, index }: Tile): [Density, Density] | undefined {
    const [left, right] = [2 * index, 2 * index + 1].map((below) => this.#tiles.get(`${level - 1} ${below}`))
    const isReady = (tile: Tile | undefined) => tile !== undefined && !tile.stale && !tile.making
    return left?.density && right?.density && isReady(left) && isReady(right) ? [left.density, right.density] : undefined
  }

  #paste(ctx: CanvasRenderingContext2D, plane: Plane, tile: Tile): void {
    const { picture } = tile
    const [along, length] = this.#place(plane, tile)
    const across = plane.across(-0.5)
    const breadth = plane.gap * plane.view.lanes
    if (picture) return ctx.drawImage(picture, along, across, length, breadth)
    const kept = [...this.#tiles.values()].filter((other) => other.picture && overlaps(other, tile))
    if (kept.length === 0) return
    const nearest = Math.min(...kept.map(({ level }) => Math.abs(level - tile.level)))
    ctx.save()
    ctx.beginPath()
    ctx.rect(along, across, length, breadth)
    ctx.clip()
    for (const other of kept) {
      if (Math.abs(other.level - tile.level) !== nearest) continue
      const [start, reach] = this.#place(plane, other)
      ctx.drawImage(other.picture as ImageBitmap, start, across, reach, breadth)
    }
    ctx.restore()
  }

  #place(plane: Plane, { level, index }: Tile): [number, number] {
    const size = BINS * 2 ** level
    const along = plane.along(index * size)
    return [along, plane.along((index + 1) * size) - along]
  }

  #forget(): void {
    if (this.#tiles.size <= KEPT_MAX) return
    const oldest = [...this.#tiles].sort((a, b) => a[1].used - b[1].used).slice(0, this.#tiles.size - KEPT_MAX)
    for (const [key, tile] of oldest) if (tile.used !== this.#frame) this.#drop(key, tile)
  }
}

function overlaps(a: Tile, b: Tile): boolean {
  if (Math.abs(a.level - b.level) > LEVELS_ASIDE) return false
  const [sizeA, sizeB] = [2 ** a.level, 2 ** b.level]
  return a.index * sizeA < (b.index + 1) * sizeB && b.index * sizeB < (a.index + 1) * sizeA
}

const brightness = (drawing: Drawing): string => Object.values(usualIn(drawing)).join(' ')

/** Lanes as bars about their middle, gaps as shades, one column a slice. */
function pictureOf(density: Density, palette: Palette, gap: number, usually: Usual): ImageBitmap {
  const { bins, marks, messages } = density
  const height = gap * marks.length
  const picture = new OffscreenCanvas(bins, height)
  const ctx = picture.getContext('2d') as OffscreenCanvasRenderingContext2D
  const image = new ImageData(bins, height)
  const pixels = new Uint32Array(image.data.buffer)
  const row = new Uint32Array(bins)
  const families = palette.families.map(rgbOf)
  for (const [at, counts] of messages.entries()) {
    for (let bin = 0; bin < bins; bin++) row[bin] = inkOf(counts, bin, families, usually)
    const top = Math.round((at + 0.5) * gap)
    for (let y = top; y < top + gap; y++) pixels.set(row, y * bins)
  }
  for (const [lane, counts] of marks.entries()) {
    const [r, g, b] = rgbOf(palette.nodes[lane] as string)
    const ink = ((235 << 24) | (b << 16) | (g << 8) | r) >>> 0
    const middle = (lane + 0.5) * gap
    for (let bin = 0; bin < bins; bin++) {
      const count = counts[bin] as number
      if (count === 0) continue
      const half = 1.5 + gap * heightOf(count, usually)
      for (let y = Math.round(middle - half); y < middle + half; y++) pixels[y * bins + bin] = ink
    }
  }
  ctx.putImageData(image, 0, 0)
  return picture.transferToImageBitmap() // pasted more cheaply than a canvas, which might change any time
}

function inkOf(
  counts: readonly Uint32Array[],
  bin: number,
  families: readonly (readonly [number, number, number])[],
  usually: Usual,
): number {
  let [total, r, g, b] = [0, 0, 0, 0]
  for (const [family, of] of counts.entries()) {
    const count = of[bin] as number
    if (count === 0) continue
    const hue = families[family] as readonly [number, number, number]
    total += count
    r += hue[0] * count
    g += hue[1] * count
    b += hue[2] * count
  }
  if (total === 0) return 0
  const alpha = Math.round(255 * shadeOf(total, usually))
  return ((alpha << 24) | (Math.round(b / total) << 16) | (Math.round(g / total) << 8) | Math.round(r / total)) >>> 0
}

function rgbOf(color: string): [number, number, number] {
  const [r = 128, g = 128, b = 128] = color.match(/[\d.]+/g)?.map(Number) ?? []
  return [r, g, b]
}
