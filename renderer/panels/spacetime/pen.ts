/**
 * What the diagram is made of, whoever draws it: strokes, areas, circles and words, in colours by what they mean (tokens). A pen
 * takes many of one look at once, so that a canvas can paint them in one go; `ShapeList` is the pen that keeps them as a plain
 * list, for an SVG.
 */

export interface Look {
  /** A colour of styles/tokens.css, without its dashes: `accent`, `node-3`. */
  readonly token: string
  /** 0 to 1; 1 when left out. */
  readonly alpha?: number
}

export interface StrokeLook extends Look {
  readonly width: number
  readonly dash?: readonly number[]
}

export interface TextLook extends Look {
  readonly align?: 'left' | 'center' | 'right'
  readonly bold?: boolean
  /** Of numbers and code. */
  readonly data?: boolean
  /** Radians, round the text's own place. */
  readonly angle?: number
  /** A token of the ground, painted round the letters so that they can be read over lines. */
  readonly halo?: string
}

export interface Pen {
  /** Separate lines: x, y, x, y of each. */
  lines(xy: readonly number[], look: StrokeLook): void
  /** One line through all: x, y of each. */
  path(xy: readonly number[], look: StrokeLook): void
  /** Filled polygons of `corners` corners each. */
  areas(xy: readonly number[], corners: number, look: Look): void
  /** Circles: x, y of each; filled, ringed, or both. */
  circles(xy: readonly number[], radius: number, fill: Look | undefined, ring?: StrokeLook): void
  rect(x: number, y: number, width: number, height: number, look: Look): void
  /** `y` is the middle of the letters. */
  text(x: number, y: number, text: string, look: TextLook): void
  /** How wide a text is, pixels. */
  measure(text: string, look: TextLook): number
  /** What `draw` draws is cut off at the rectangle. */
  within(x: number, y: number, width: number, height: number, draw: () => void): void
}

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

/** Keeps what is drawn as a list of simple shapes, in the order in which they lie over each other. */
export class ShapeList implements Pen {
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
