/** A simulated run as the panel sees it: in columns, and whole. */
import { Columns } from '../../../../protocols/causality/columns.ts'
import { Gatherer } from '../../../../protocols/causality/gather.ts'
import type { RunEvent } from '../../../../protocols/core/event.ts'
import { type EndpointId, endpointIds } from '../../../../protocols/core/ids.ts'
import { Positions } from '../../../../renderer/model/positions.ts'
import { bandsOf } from '../../../../renderer/panels/spacetime/bands.ts'
import { Drawing } from '../../../../renderer/panels/spacetime/drawing.ts'
import type { AxisKind } from '../../../../renderer/panels/spacetime/placement.ts'
import type { Matched, Scene } from '../../../../renderer/panels/spacetime/scene.ts'
import type { View } from '../../../../renderer/panels/spacetime/view.ts'
import { type SimulatedRun, simulatedRun } from '../../../support/simulatedRun.ts'

export const AXES = ['time', 'lamport', 'rank'] as const

export interface SeenRun extends SimulatedRun {
  readonly columns: Columns
  readonly endpoints: readonly EndpointId[]
}

export function seenRun(seed: number, count: number): SeenRun {
  const run = simulatedRun(seed, count)
  return { ...run, columns: gathered(run.header, run.events), endpoints: endpointIds(run.header.nodes) }
}

export function gathered(header: SimulatedRun['header'], events: readonly RunEvent[]): Columns {
  const gatherer = new Gatherer(header)
  const columns = new Columns(gatherer.endpoints)
  for (const event of events) columns.add(gatherer.take(event))
  return columns
}

export function drawn(columns: Columns, axis: AxisKind): Drawing {
  const drawing = new Drawing(columns, axis)
  drawing.grow()
  return drawing
}

export const viewOf = (from: number, to: number, lanes: number, more: Partial<View> = {}): View => ({
  ...{ from, to, lanes, width: 1000, height: 500, down: false, scroll: 0, ribbons: 0 },
  ...more,
})

export function sceneOf(run: SeenRun, drawing: Drawing, view: View, more: Partial<Scene> = {}): Scene {
  const turns = run.events.filter((event) => event.kind === 'node' || event.kind === 'action')
  return {
    ...{ view, drawing, endpoints: run.endpoints, bands: bandsOf(turns, run.endpoints), turningPoints: [] },
    types: run.header.messageTypes.map((name) => ({
      name,
      token: 'family-replication',
      family: 'replication',
      style: /Reply/.test(name) ? 'reply' : 'request',
    })),
    playhead: { seq: 1, atUs: 0 },
    ...{ chosen: undefined, other: undefined, hovered: undefined, cone: undefined, proof: undefined, cut: undefined, brush: undefined },
    ...{ readTo: undefined, matched: undefined, words: () => undefined },
    ...more,
  }
}

/** As if a query had found these rows, which are in order. */
export function matchedOf(columns: Columns, rows: readonly number[]): Matched {
  const positions = new Positions()
  positions.add(
    rows,
    rows.map((row) => columns.atUs[row] as number),
  )
  const found = new Set(rows)
  return { rows: positions.seqs, timesUs: positions.timesUs, has: (row) => found.has(row), firstAfter: (atUs) => positions.upTo(atUs) }
}
