/**
 * What the diagram is made of, whoever draws it: strokes, areas, circles and words, in colours by what they mean (tokens). A pen
 * takes many of one look at once, so that a canvas can paint them in one go (`canvasPen.ts`).
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
