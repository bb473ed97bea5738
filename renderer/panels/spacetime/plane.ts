/** From places and lanes to pixels, whichever way time goes. */
import { acrossOf, alongOf, edgeOf, headOf, laneGap, lengthOf, type View } from './view.ts'

export class Plane {
  readonly view: View
  readonly gap: number
  readonly head: number
  readonly edge: number
  /** Along, where the drawing ends. */
  readonly tail: number
  readonly #perUnit: number
  readonly #first: number

  constructor(view: View) {
    this.view = view
    this.gap = laneGap(view)
    this.head = headOf(view)
    this.edge = edgeOf(view)
    this.tail = this.head + lengthOf(view)
    this.#perUnit = lengthOf(view) / (view.to - view.from)
    this.#first = acrossOf(0, view)
  }

  along(place: number): number {
    return this.head + (place - this.view.from) * this.#perUnit
  }

  across(lane: number): number {
    return this.#first + lane * this.gap
  }

  /** How much of the axis so many pixels are. */
  units(px: number): number {
    return px / this.#perUnit
  }

  put(list: number[], along: number, across: number): void {
    if (this.view.down) list.push(across, along)
    else list.push(along, across)
  }

  x(along: number, across: number): number {
    return this.view.down ? across : along
  }

  y(along: number, across: number): number {
    return this.view.down ? along : across
  }

  /** A rectangle `length` along and `breadth` across, as x, y, width, height. */
  box(along: number, across: number, length: number, breadth: number): [number, number, number, number] {
    return this.view.down ? [across, along, breadth, length] : [along, across, length, breadth]
  }
}

/** For places far beyond the window: not so far that a canvas loses its footing. */
export const alongClamped = (place: number, view: View): number => Math.max(-4000, Math.min(12_000, alongOf(place, view)))
