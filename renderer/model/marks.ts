/** What the timeline's marks mean: where to stop when looking for faults, and the bands that they span. */
import type { NodeId } from '../../protocols/core/ids.ts'
import { leaderships } from '../../protocols/core/leaderships.ts'
import type { Mark } from '../../protocols/core/mark.ts'

/** Kinds at which `[` and `]` stop. */
const STOPS: ReadonlySet<Mark['kind']> = new Set(['crash', 'pause', 'wipe', 'fault', 'violation'])

/** The nearest fault or violation after (1) or before (-1) an event. */
export function nextStop(marks: readonly Mark[], seq: number, direction: 1 | -1): Mark | undefined {
  const stops = marks.filter((mark) => STOPS.has(mark.kind))
  return direction === 1 ? stops.find((mark) => mark.seq > seq) : stops.findLast((mark) => mark.seq < seq)
}

export interface Band {
  readonly fromUs: number
  /** Undefined while it still holds at the end of the recording. */
  readonly toUs: number | undefined
  readonly seq: number
  readonly text: string
  readonly node: NodeId | undefined
  /** The leadership number, for a leader's band. */
  readonly epoch?: number | undefined
}

/** Who led when. */
export const leaderBands = (marks: readonly Mark[]): Band[] =>
  leaderships(marks).map(({ won, begun, untilUs }) => ({
    ...{ fromUs: begun.atUs, toUs: untilUs, seq: begun.seq },
    ...{ text: won.text, node: won.node, epoch: won.epoch },
  }))

/** When something was broken: armed faults until they are lifted, nodes down or paused until they are back. */
export function faultBands(marks: readonly Mark[]): Band[] {
  const bands: Band[] = []
  const open = new Map<string, number>()
  const begin = (key: string, mark: Mark) => {
    if (open.has(key)) return
    open.set(key, bands.length)
    bands.push({ fromUs: mark.atUs, toUs: undefined, seq: mark.seq, text: mark.text, node: mark.node })
  }
  const end = (key: string, mark: Mark) => {
    const index = open.get(key)
    if (index === undefined) return
    open.delete(key)
    bands[index] = { ...(bands[index] as Band), toUs: mark.atUs }
  }
  for (const mark of marks) {
    if (mark.kind === 'fault') begin(`fault ${mark.fault}`, mark)
    else if (mark.kind === 'lift') end(`fault ${mark.fault}`, mark)
    else if (mark.kind === 'crash') {
      end(`pause ${mark.node}`, mark)
      begin(`crash ${mark.node}`, mark)
    } else if (mark.kind === 'restart') end(`crash ${mark.node}`, mark)
    else if (mark.kind === 'pause') begin(`pause ${mark.node}`, mark)
    else if (mark.kind === 'remove') {
      end(`pause ${mark.node}`, mark)
      end(`crash ${mark.node}`, mark)
    } else if (mark.kind === 'resume') end(`pause ${mark.node}`, mark)
  }
  return bands
}

/** Lays bands into as few rows as hold them without overlap; gives each band's row. `endUs` closes the open ones. */
export function packRows(bands: readonly Band[], endUs: number, rowsMax: number): number[] {
  const rowEnds: number[] = []
  return bands.map((band) => {
    let row = rowEnds.findIndex((end) => end <= band.fromUs)
    if (row < 0) row = Math.min(rowEnds.length, rowsMax - 1)
    rowEnds[row] = Math.max(rowEnds[row] ?? 0, band.toUs ?? endUs)
    return row
  })
}
