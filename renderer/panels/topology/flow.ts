/**
 * Above a couple of hundred messages in flight single glyphs say nothing: the links carry a flow instead. Its density is true: each
 * stretch of a link is as strong as the number of messages on it, by family. Where the screen is told of a sample only, each
 * message of the sample stands for as many as the rate of its type says.
 */

import type { Family } from '../../../protocols/words/speech.ts'
import type { Pen } from '../../model/picture/pen.ts'
import { type Arc, pointAt } from './geometry.ts'

export const FLOW_FROM = 200
export const STRETCHES = 16

export interface Stream {
  readonly family: Family
  /** Messages on each stretch of the link, sender's end first. */
  readonly counts: Float32Array
}

export class Flow {
  readonly #links = new Map<string, Map<Family, Float32Array>>()

  clear(): void {
    for (const streams of this.#links.values()) for (const counts of streams.values()) counts.fill(0)
  }

  /** `weight`: how many messages this one stands for. */
  add(link: string, family: Family, fraction: number, weight = 1): void {
    let streams = this.#links.get(link)
    if (!streams) {
      streams = new Map()
      this.#links.set(link, streams)
    }
    let counts = streams.get(family)
    if (!counts) {
      counts = new Float32Array(STRETCHES)
      streams.set(family, counts)
    }
    const stretch = Math.min(STRETCHES - 1, Math.max(0, Math.floor(fraction * STRETCHES)))
    counts[stretch] = (counts[stretch] ?? 0) + weight
  }

  *[Symbol.iterator](): Iterator<[string, Stream]> {
    for (const [link, streams] of this.#links) for (const [family, counts] of streams) yield [link, { family, counts }]
  }

  /** The number of messages on the fullest stretch. */
  get fullest(): number {
    let most = 0
    for (const [, { counts }] of this) for (const count of counts) most = Math.max(most, count)
    return most
  }

  /** All messages that are in, by their weights. */
  get total(): number {
    let sum = 0
    for (const [, { counts }] of this) for (const count of counts) sum += count
    return sum
  }
}

/** Pixels of width a message adds, the same on all links: ink is in proportion to messages, and the fullest stretch still fits. */
export function flowUnit(fullest: number): number {
  return Math.min(0.9, 10 / Math.max(1, fullest))
}

export function drawFlow(pen: Pen, arc: Arc, stream: Stream, hue: string, unit: number): void {
  pen.strokeStyle = hue
  pen.lineCap = 'butt'
  for (let i = 0; i < STRETCHES; i++) {
    const width = (stream.counts[i] ?? 0) * unit
    if (width === 0) continue
    const a = pointAt(arc, i / STRETCHES)
    const b = pointAt(arc, (i + 1) / STRETCHES)
    pen.lineWidth = Math.max(0.4, width)
    pen.globalAlpha = 0.75
    pen.beginPath()
    pen.moveTo(a.x, a.y)
    pen.lineTo(b.x, b.y)
    pen.stroke()
  }
  pen.globalAlpha = 1
}
