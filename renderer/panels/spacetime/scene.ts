/**
 * What is to be drawn: a window on a drawing, and all that a person put over it or looks at. What is in sight is asked of the
 * drawing, nothing else is touched; where there is more than could be told apart, a picture of the density stands for it.
 */
import type { ChainLink } from '../../../protocols/causality/chain.ts'
import type { Cone } from '../../../protocols/causality/cone.ts'
import type { EndpointId } from '../../../protocols/core/ids.ts'
import type { Band } from './bands.ts'
import type { Drawing } from './drawing.ts'
import type { View } from './view.ts'

/** How messages of a type look. */
export interface TypeLook {
  readonly name: string
  readonly token: string
  readonly family: string
  readonly style: 'request' | 'reply'
}

export interface TurningPoint {
  readonly row: number
  readonly kind: 'leader' | 'violation'
  readonly text: string
}

export interface Proof {
  readonly from: number
  readonly to: number
  readonly links: readonly ChainLink[]
}

export interface CutLine {
  /** By lane, where on the axis the line crosses it. */
  readonly places: readonly number[]
  readonly consistent: boolean
  /** Messages whose deliveries are in the cut though their sends are not. */
  readonly early: readonly ChainLink[]
}

export interface Matched {
  /** In order, with the times at which they happened. */
  readonly rows: Uint32Array
  readonly timesUs: Float64Array
  readonly has: (row: number) => boolean
  /** The index of the first one behind a time. */
  readonly firstAfter: (atUs: number) => number
}

export interface Scene {
  readonly view: View
  readonly drawing: Drawing
  readonly endpoints: readonly EndpointId[]
  readonly bands: readonly Band[]
  /** Steps that stand out, in order: who became leader, what was violated. */
  readonly turningPoints: readonly TurningPoint[]
  readonly types: readonly TypeLook[]
  readonly playhead: { readonly seq: number; readonly atUs: number }
  /** The chosen event, and the one that it is compared with. */
  readonly chosen: number | undefined
  readonly other: number | undefined
  readonly hovered: number | undefined
  readonly cone: Cone | undefined
  /** That one of the two happened before the other: messages that lead from it to the other. */
  readonly proof: Proof | undefined
  readonly cut: CutLine | undefined
  /** The stretch of time that is chosen in all views, µs. */
  readonly brush: { readonly fromUs: number; readonly toUs: number } | undefined
  /** Up to where on the axis the recording is read; undefined: to its end. */
  readonly readTo: number | undefined
  /** What a query found; undefined: none is asked. */
  readonly matched: Matched | undefined
  /** A few words on a row, when they are known. */
  readonly words: (row: number) => string | undefined
}

/** More marks in sight than these are shown as their density. */
export const MARKS_MAX = 1400
/** More messages in sight than these. */
const MESSAGES_MAX = 1000

export interface Amount {
  readonly marks: number
  readonly messages: number
}

/** How much is in sight, counted no further than matters. */
export function amountIn({ view, drawing }: Pick<Scene, 'view' | 'drawing'>): Amount {
  const count = (lanes: Drawing['marks'], enough: number): number => {
    let sum = 0
    for (const lane of lanes) if (sum <= enough) sum += lane.count(view.from, view.to, enough - sum)
    return sum
  }
  return { marks: count(drawing.marks, MARKS_MAX), messages: count([...drawing.messages, ...drawing.ties], MESSAGES_MAX) }
}

export const isDense = ({ marks, messages }: Amount): boolean => marks > MARKS_MAX || messages > MESSAGES_MAX
