/** Happened-before as it is defined (Lamport 1978), by walking: program order, messages, and what follows from both. Slow, and so a judge of what is quick. */
import type { Columns } from '../../../protocols/causality/columns.ts'
import { Columns as MadeColumns } from '../../../protocols/causality/columns.ts'
import { Gatherer } from '../../../protocols/causality/gather.ts'
import { ChunkKind } from '../../../protocols/wire/chunk.ts'
import type { SimulatedRun } from '../../support/simulatedRun.ts'

export function columnsOf(run: Pick<SimulatedRun, 'header' | 'events'>): Columns {
  const gatherer = new Gatherer(run.header)
  const columns = new MadeColumns(gatherer.endpoints)
  for (const event of run.events) columns.add(gatherer.take(event))
  return columns
}

export class Brute {
  readonly columns: Columns
  /** By point: the next of its lane, and those that took in what it sent. */
  readonly #next: number[] = []
  readonly #heard: number[][] = []

  constructor(columns: Columns) {
    this.columns = columns
    for (const { list, length } of columns.lanes) for (let i = 0; i + 1 < length; i++) this.#next[list[i] as number] = list[i + 1] as number
    for (let row = 1; row <= columns.count; row++) {
      if (columns.kind[row] !== ChunkKind.deliver) continue
      const sent = columns.point[columns.cause[row] as number] as number
      const received = columns.point[row] as number
      if (sent === 0 || received === 0) continue
      const heard = this.#heard[sent] ?? []
      this.#heard[sent] = heard
      heard.push(received)
    }
  }

  /** How many messages a shortest chain from a point to each other has; those that are not there do not follow it. */
  distancesFrom(point: number): Map<number, number> {
    const distance = new Map([[point, 0]])
    let layer = [point]
    for (let messages = 0; layer.length > 0; messages++) {
      const over: number[] = []
      for (const first of layer) {
        for (let at: number | undefined = first; at !== undefined; at = this.#next[at]) {
          if (at !== first && distance.has(at)) break
          distance.set(at, Math.min(messages, distance.get(at) ?? messages))
          over.push(...(this.#heard[at] ?? []))
        }
      }
      layer = [...new Set(over)].filter((at) => !distance.has(at))
      for (const at of layer) distance.set(at, messages + 1)
    }
    return distance
  }
}
