/**
 * Lanes: a line for each endpoint in its hue, bands where it was down or paused, strips for the faults that touch it. Where an
 * event is chosen, the line tells its cone: thick in its past, double in its future, dotted where nothing there could know of it.
 */
import { CLIENTS } from '../../../protocols/core/ids.ts'
import { nodeToken, repeats } from '../../model/hues.ts'
import { type Band, rowsOf } from './bands.ts'
import { fitted } from './fitted.ts'
import { turningOn } from './markScene.ts'
import type { Pen } from './pen.ts'
import type { Plane } from './plane.ts'
import type { Scene } from './scene.ts'

export const RIBBON_PX = 16
export const RIBBONS_MAX = 3
const BAND_PX = 16
const STRIP_PX = 2
/** From the middle of a turning point to where its rings no longer cover words; and how high letters are. */
const RINGS_PX = 13
const LETTERS_PX = 12

/** How many rows of ribbons the faults of a run need; on the causal axes there is no one time at which they began. */
export const ribbonsOf = (bands: readonly Band[], axis: string): number =>
  axis === 'time' ? Math.max(0, ...rowsOf(bands.filter(isFault), RIBBONS_MAX).map((row) => row + 1)) : 0

const isFault = ({ kind }: Band): boolean => kind === 'fault'

export function drawLanes(scene: Scene, plane: Plane, pen: Pen): void {
  const { endpoints, drawing, cone } = scene
  const end = Math.min(plane.tail, plane.along(drawing.end))
  for (const [lane, id] of endpoints.entries()) {
    const across = plane.across(lane)
    const token = nodeToken(id)
    const dash = repeats(id) ? { dash: [9, 3] } : {}
    const gaps = absences(scene, plane, lane)
    const line = (from: number, to: number, shift: number): number[] => {
      const xy: number[] = []
      for (const [begin, finish] of without(from, to, gaps)) {
        if (begin >= finish || finish <= plane.head || begin >= plane.tail) continue
        plane.put(xy, Math.max(plane.head, begin), across + shift)
        plane.put(xy, Math.min(plane.tail, finish), across + shift)
      }
      return xy
    }
    const start = plane.along(0)
    if (!cone) {
      pen.lines(line(start, end, 0), { token, width: 1.5, alpha: 0.6, ...dash })
      continue
    }
    const { past, future } = coneAlong(scene, plane, lane)
    pen.lines(line(past, future, 0), { token, width: 1.25, alpha: 0.7, dash: [1, 4] })
    pen.lines(line(start, past, 0), { token, width: 3.5 })
    pen.lines([...line(future, end, -1.75), ...line(future, end, 1.75)], { token, width: 1.25 })
  }
}

/** Stretches of a lane in which its node is not there, in order. */
const absences = (scene: Scene, plane: Plane, lane: number): [number, number][] =>
  scene.bands.flatMap((band): [number, number][] =>
    band.kind === 'absent' && band.lanes[0] === lane ? [reach(scene, plane, band, lane)] : [],
  )

function without(from: number, to: number, gaps: readonly (readonly [number, number])[]): [number, number][] {
  const parts: [number, number][] = []
  let at = from
  for (const [begin, end] of gaps) {
    if (end <= at || begin >= to) continue
    if (begin > at) parts.push([at, begin])
    at = end
  }
  return [...parts, [at, to]]
}

/** What at least one of them covers, in order. */
function joined(spans: [number, number][]): [number, number][] {
  const parts: [number, number][] = []
  for (const [begin, end] of spans.sort(([a], [b]) => a - b)) {
    const last = parts.at(-1)
    if (last && begin <= last[1]) last[1] = Math.max(last[1], end)
    else parts.push([begin, end])
  }
  return parts
}

/** Where on a lane the past of the chosen event ends and its future begins. */
function coneAlong({ drawing, cone }: Scene, plane: Plane, lane: number): { past: number; future: number } {
  const none = { past: Number.NEGATIVE_INFINITY, future: Number.POSITIVE_INFINITY }
  if (!cone) return none
  const { columns, placement } = drawing
  const last = cone.past[lane] as number
  const first = cone.future[lane] as number
  const lastPoint = last === 0 ? 0 : columns.pointFrom(lane, last)
  const firstPoint = first === 0 ? 0 : columns.pointFrom(lane, first)
  return {
    past: lastPoint === 0 ? none.past : plane.along(placement.ofPoint(lastPoint)),
    future: firstPoint === 0 ? none.future : plane.along(placement.ofPoint(firstPoint)),
  }
}

export function drawBands(scene: Scene, plane: Plane, pen: Pen): void {
  const stretches = stretchesInSight(scene, plane)
  wash(stretches, plane, pen)
  for (const { band, lane, from, to, row } of stretches) {
    if (band.kind === 'absent') absent(plane, pen, lane, from, to)
    else if (band.kind === 'fault') strip(plane, pen, lane, from, to, row)
    else if (band.kind === 'down') down(plane, pen, lane, from, to)
    else paused(plane, pen, lane, from, to)
  }
}

const BAND_WORDS = {
  down: () => '✕ down',
  paused: () => 'paused',
  absent: ({ begin }: Band) => (begin.seq === 0 ? 'not there yet' : 'removed'),
}

/** Over everything that happened meanwhile, so that it can be read. */
export function drawBandWords(scene: Scene, plane: Plane, pen: Pen): void {
  const taken = scene.endpoints.map((_, lane) => takenOn(scene, plane, pen, lane))
  for (const { band, lane, from, to } of stretchesInSight(scene, plane)) {
    const [start, end] = [Math.max(from, plane.head), Math.min(to, plane.tail)]
    if (band.kind !== 'fault')
      label(plane, pen, start, end, lane, BAND_WORDS[band.kind](band), band.kind === 'absent' ? 'text-faint' : 'text-soft')
    else stripWords(scene, plane, pen, { band, lane, start, end, taken: taken[lane] ?? [] })
  }
}

/** A band on one of its lanes. */
interface Stretch {
  readonly band: Band
  readonly lane: number
  readonly from: number
  readonly to: number
  /** Of a fault: the row of its strip. */
  readonly row: number
}

function stretchesInSight(scene: Scene, plane: Plane): Stretch[] {
  const seen: Stretch[] = []
  const faults = scene.bands.filter(isFault)
  const rows = rowsOf(faults, RIBBONS_MAX)
  const gaps = scene.endpoints.map((_, lane) => absences(scene, plane, lane))
  for (const band of scene.bands) {
    const row = isFault(band) ? (rows[faults.indexOf(band)] ?? 0) : 0
    for (const lane of band.lanes) {
      const whole = reach(scene, plane, band, lane)
      // A fault touches a node that is there.
      for (const [from, to] of isFault(band) ? without(...whole, gaps[lane] ?? []) : [whole])
        if (from < to && to >= plane.head && from <= plane.tail) seen.push({ band, lane, from, to, row })
    }
  }
  return seen
}

function reach({ drawing }: Scene, plane: Plane, { begin, end }: Band, lane: number): [number, number] {
  const { placement } = drawing
  const from = plane.along(placement.between(lane, begin.seq, begin.atUs))
  const to = end ? plane.along(placement.between(lane, end.seq, end.atUs)) : plane.along(drawing.end)
  return [from, Math.max(from + 2, to)]
}

function down(plane: Plane, pen: Pen, lane: number, from: number, to: number): void {
  const top = plane.across(lane) - BAND_PX / 2
  const [start, end] = [Math.max(from, plane.head), Math.min(to, plane.tail)]
  pen.rect(...plane.box(start, top, end - start, BAND_PX), { token: 'surface' })
  pen.rect(...plane.box(start, top, end - start, BAND_PX), { token: 'sunken' })
  const hatch: number[] = []
  for (let at = Math.ceil(start / 7) * 7; at < end - BAND_PX / 2 && hatch.length < 4000; at += 7) {
    plane.put(hatch, at, top + BAND_PX)
    plane.put(hatch, at + BAND_PX / 2, top)
  }
  pen.lines(hatch, { token: 'text-faint', width: 1, alpha: 0.55 })
}

/** A lane begins where its node does: before that there is a dotted place for it. */
function absent(plane: Plane, pen: Pen, lane: number, from: number, to: number): void {
  const xy: number[] = []
  plane.put(xy, Math.max(from, plane.head), plane.across(lane))
  plane.put(xy, Math.min(to, plane.tail), plane.across(lane))
  pen.lines(xy, { token: 'text-faint', width: 1, alpha: 0.5, dash: [1, 6] })
}

function paused(plane: Plane, pen: Pen, lane: number, from: number, to: number): void {
  const top = plane.across(lane) - BAND_PX / 2
  const [start, end] = [Math.max(from, plane.head), Math.min(to, plane.tail)]
  pen.rect(...plane.box(start, top, end - start, BAND_PX), { token: 'sunken' })
  const bars: number[] = []
  for (let at = Math.ceil(start / 22) * 22; at < end - 4 && bars.length < 2000; at += 22)
    for (const shift of [0, 4]) {
      plane.put(bars, at + shift, top + 4)
      plane.put(bars, at + shift, top + BAND_PX - 4)
    }
  pen.lines(bars, { token: 'text-faint', width: 1.5, alpha: 0.6 })
}

function label(plane: Plane, pen: Pen, start: number, end: number, lane: number, text: string, token: string): void {
  const look = { token, align: plane.view.down ? 'center' : 'left', halo: 'surface' } as const
  if (end - start < pen.measure(text, look) + 12) return
  pen.text(
    plane.x(start + (plane.view.down ? 10 : 6), plane.across(lane)),
    plane.y(start + (plane.view.down ? 10 : 6), plane.across(lane)),
    text,
    look,
  )
}

/** Where a lane is touched by faults, once however many they are: what happened there must be seen. */
function wash(stretches: readonly Stretch[], plane: Plane, pen: Pen): void {
  const touched = new Map<number, [number, number][]>()
  for (const { band, lane, from, to } of stretches) {
    if (!isFault(band)) continue
    const spans = touched.get(lane) ?? []
    spans.push([Math.max(from, plane.head), Math.min(to, plane.tail)])
    touched.set(lane, spans)
  }
  const { gap } = plane
  for (const [lane, spans] of touched)
    for (const [start, end] of joined(spans))
      pen.rect(...plane.box(start, plane.across(lane) - gap / 2, end - start, gap), { token: 'fault-wash', alpha: 0.5 })
}

/** Beside the lane, so that it hides no mark. */
function strip(plane: Plane, pen: Pen, lane: number, from: number, to: number, row: number): void {
  const { gap } = plane
  const [start, end] = [Math.max(from, plane.head), Math.min(to, plane.tail)]
  pen.rect(...plane.box(start, besideLane(plane, lane) + row * (STRIP_PX + 1), end - start, STRIP_PX), { token: 'fault', alpha: 0.7 })
  if (from >= plane.head) pen.rect(...plane.box(from, plane.across(lane) - gap / 2, 1, gap), { token: 'fault', alpha: 0.7 })
}

const besideLane = (plane: Plane, lane: number): number => plane.across(lane) + Math.min(plane.gap / 2 - 4, BAND_PX / 2 + 3)

/** Of a fault on a lane: from where to where it is seen, and where there is no room for its words. */
interface Strip {
  readonly band: Band
  readonly lane: number
  readonly start: number
  readonly end: number
  readonly taken: readonly (readonly [number, number])[]
}

/** A partition says which side the lane is on; where there are no ribbons, the first lane says what it is. */
function stripWords({ drawing }: Scene, plane: Plane, pen: Pen, { band, lane, start, end, taken }: Strip): void {
  const group = band.groups?.[band.lanes.indexOf(lane)]
  const side = group === undefined ? [] : [`side ${String.fromCharCode(65 + group)}`]
  const name = drawing.axis !== 'time' && lane === band.lanes[0] ? [band.text] : []
  const text = [...side, ...name].join(' · ')
  if (text === '' || end - start < 46 || plane.gap < 34) return
  const across = besideLane(plane, lane) - 8
  const look = { token: 'fault-text', halo: 'surface' }
  const long = plane.view.down ? LETTERS_PX : pen.measure(text, look)
  let at = start + 6
  for (const [from, to] of taken) if (to > at && from < at + long) at = to
  if (at + long <= end) pen.text(plane.x(at, across), plane.y(at, across), text, look)
}

/** Where rings or words stand on a lane already, in order. */
function takenOn(scene: Scene, plane: Plane, pen: Pen, lane: number): [number, number][] {
  const rings = turningOn(scene, plane, lane).map((turn): [number, number] => [turn - RINGS_PX, turn + RINGS_PX])
  const words = scene.bands.flatMap((band): [number, number][] => {
    if (band.kind === 'fault' || !band.lanes.includes(lane)) return []
    const from = Math.max(plane.head, reach(scene, plane, band, lane)[0])
    return [[from, from + 12 + (plane.view.down ? LETTERS_PX : pen.measure(BAND_WORDS[band.kind](band), { token: 'text-soft' }))]]
  })
  return [...rings, ...words].sort(([a], [b]) => a - b)
}

/** The faults in words, over the lanes. */
export function drawRibbons({ view, bands, drawing }: Scene, plane: Plane, pen: Pen): void {
  if (view.ribbons === 0) return
  const faults = bands.filter(isFault)
  const rows = rowsOf(faults, RIBBONS_MAX)
  const untils = coveredFrom(faults, rows)
  const top = plane.edge - view.ribbons
  pen.rect(...plane.box(plane.head, top, plane.tail - plane.head, view.ribbons), { token: 'surface' })
  for (const [at, band] of faults.entries()) {
    const from = Math.max(plane.head, plane.along(band.begin.atUs))
    const to = Math.min(plane.tail, plane.along(band.end?.atUs ?? drawing.end))
    if (to < plane.head || from > plane.tail) continue
    const across = top + (rows[at] ?? 0) * RIBBON_PX
    const length = Math.max(2, to - from)
    pen.rect(...plane.box(from, across + 2, length, RIBBON_PX - 3), { token: 'fault-wash' })
    pen.rect(...plane.box(from, across + 2, Math.min(2, length), RIBBON_PX - 3), { token: 'fault' })
    const room = Math.min(to, plane.along(untils[at] ?? drawing.end)) - from
    if (view.down || room < 40) continue
    const text = fitted(pen, band.text, room - 10)
    if (text !== '') pen.text(from + 6, across + RIBBON_PX / 2 + 0.5, text, { token: 'fault-text' })
  }
}

/** There may be more faults than rows: when the next one in its row begins, over whose words nothing can be written. */
function coveredFrom(faults: readonly Band[], rows: readonly number[]): readonly (number | undefined)[] {
  const next: (number | undefined)[] = []
  return faults
    .map(({ begin }, at) => ({ row: rows[at] ?? 0, atUs: begin.atUs }))
    .reverse()
    .map(({ row, atUs }) => {
      const covered = next[row]
      next[row] = atUs
      return covered
    })
    .reverse()
}

export function drawNames({ view, endpoints }: Scene, plane: Plane, pen: Pen): void {
  pen.rect(...plane.box(0, 0, plane.head, view.down ? view.width : view.height), { token: 'surface' })
  const border: number[] = []
  plane.put(border, plane.head - 0.5, 0)
  plane.put(border, plane.head - 0.5, view.down ? view.width : view.height)
  pen.lines(border, { token: 'hairline', width: 1 })
  const top = plane.edge - view.ribbons
  pen.within(...plane.box(0, top, plane.head, (view.down ? view.width : view.height) - top), () => {
    for (const [lane, id] of endpoints.entries()) {
      const across = plane.across(lane)
      const token = nodeToken(id)
      if (view.down) {
        pen.circles([across - 14, plane.head / 2], 4, { token })
        pen.text(across - 6, plane.head / 2 + 0.5, id, { token: 'text', bold: id !== CLIENTS })
      } else {
        pen.circles([14, across], 4, { token })
        pen.text(24, across + 0.5, id, { token: 'text', bold: id !== CLIENTS })
      }
    }
  })
}
