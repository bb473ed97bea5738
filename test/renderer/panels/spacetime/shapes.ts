/** A scene as a plain list of shapes, in the order in which they lie over each other: what tests look at. */
import { drawScene } from '../../../../renderer/panels/spacetime/draw.ts'
import type { Look, Pen, StrokeLook, TextLook } from '../../../../renderer/panels/spacetime/pen.ts'
import { amountIn, type Scene } from '../../../../renderer/panels/spacetime/scene.ts'

export type Shape =
  | ({ readonly kind: 'line'; readonly xy: readonly number[] } & StrokeLook)
  | ({ readonly kind: 'area'; readonly xy: readonly number[] } & Look)
  | {
      readonly kind: 'circle'
      readonly x: number
      readonly y: number
      readonly radius: number
      readonly fill?: Look
      readonly ring?: StrokeLook
    }
  | ({ readonly kind: 'rect'; readonly x: number; readonly y: number; readonly width: number; readonly height: number } & Look)
  | ({ readonly kind: 'text'; readonly x: number; readonly y: number; readonly text: string } & TextLook)
  | {
      readonly kind: 'within'
      readonly x: number
      readonly y: number
      readonly width: number
      readonly height: number
      readonly shapes: readonly Shape[]
    }

/** Letters of this face are about so wide, in pixels, at the one size that the diagram uses. */
const LETTER_PX = 6.2

class ShapeList implements Pen {
  shapes: Shape[] = []

  lines(xy: readonly number[], look: StrokeLook): void {
    for (let i = 0; i + 3 < xy.length; i += 4) this.shapes.push({ kind: 'line', xy: xy.slice(i, i + 4), ...look })
  }

  path(xy: readonly number[], look: StrokeLook): void {
    if (xy.length >= 4) this.shapes.push({ kind: 'line', xy: xy.slice(), ...look })
  }

  areas(xy: readonly number[], corners: number, look: Look): void {
    for (let i = 0; i + 2 * corners <= xy.length; i += 2 * corners)
      this.shapes.push({ kind: 'area', xy: xy.slice(i, i + 2 * corners), ...look })
  }

  circles(xy: readonly number[], radius: number, fill: Look | undefined, ring?: StrokeLook): void {
    for (let i = 0; i + 1 < xy.length; i += 2) {
      const [x, y] = [xy[i] as number, xy[i + 1] as number]
      this.shapes.push({ kind: 'circle', x, y, radius, ...(fill ? { fill } : {}), ...(ring ? { ring } : {}) })
    }
  }

  rect(x: number, y: number, width: number, height: number, look: Look): void {
    this.shapes.push({ kind: 'rect', x, y, width, height, ...look })
  }

  text(x: number, y: number, text: string, look: TextLook): void {
    this.shapes.push({ kind: 'text', x, y, text, ...look })
  }

  measure(text: string): number {
    return text.length * LETTER_PX
  }

  within(x: number, y: number, width: number, height: number, draw: () => void): void {
    const outer = this.shapes
    this.shapes = []
    draw()
    const shapes = this.shapes
    this.shapes = outer
    this.shapes.push({ kind: 'within', x, y, width, height, shapes })
  }
}

export function shapesOf(scene: Scene): Shape[] {
  const list = new ShapeList()
  drawScene(scene, list, amountIn(scene))
  return list.shapes
}

export const flat = (shapes: readonly Shape[]): Shape[] =>
  shapes.flatMap((shape) => (shape.kind === 'within' ? flat(shape.shapes) : [shape]))
