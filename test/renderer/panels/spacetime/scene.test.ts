/** What is drawn for a window: shapes by what things are, hit where they are drawn, walked from one to the next. */
import { describe, expect, test } from 'vitest'
import { coneOf, sideOf } from '../../../../protocols/causality/cone.ts'
import { ChunkKind } from '../../../../protocols/wire/chunk.ts'
import { SvgPen } from '../../../../renderer/model/picture/svgPen.ts'
import type { Band } from '../../../../renderer/panels/spacetime/bands.ts'
import { CanvasPen } from '../../../../renderer/panels/spacetime/canvasPen.ts'
import { drawDensity } from '../../../../renderer/panels/spacetime/densityScene.ts'
import { drawScene } from '../../../../renderer/panels/spacetime/draw.ts'
import { hitAt } from '../../../../renderer/panels/spacetime/hit.ts'
import { isNoted } from '../../../../renderer/panels/spacetime/markScene.ts'
import { Plane } from '../../../../renderer/panels/spacetime/plane.ts'
import { amountIn, isDense } from '../../../../renderer/panels/spacetime/scene.ts'
import { alongOf, panned, placeAt, showing, type View, whole, zoomed } from '../../../../renderer/panels/spacetime/view.ts'
import { alongLane, causeOf, effectOf } from '../../../../renderer/panels/spacetime/walk.ts'
import { seedOf } from '../../../support/seeds.ts'
import { AXES, drawn, gathered, matchedOf, sceneOf, seenRun, viewOf } from './runs.ts'
import { flat, type Shape, shapesOf } from './shapes.ts'

const seed = seedOf('scene')
const run = seenRun(seed, 5000)
const { columns } = run
const lanes = run.endpoints.length
/** Of more marks none says what it notes (markScene.ts). */
const NOTES_MAX = 140

describe(`a run of seed ${seed}`, () => {
  test.each(AXES)('by %s, a window is drawn as simple shapes with numbers that are numbers', (axis) => {
    const drawing = drawn(columns, axis)
    for (const down of [false, true]) {
      const view = viewOf(drawing.end * 0.3, drawing.end * 0.34, lanes, { down })
      const shapes = flat(shapesOf(sceneOf(run, drawing, view)))
      expect(shapes.length).toBeGreaterThan(100)
      const broken = JSON.stringify(shapes, (_, value) => (typeof value === 'number' && !Number.isFinite(value) ? 'BROKEN' : value))
      expect(broken).not.toContain('BROKEN')
      const names = shapes.flatMap((shape) => (shape.kind === 'text' ? [shape.text] : []))
      expect(names).toEqual(expect.arrayContaining([...run.endpoints]))
    }
  })

  test('no words run into those of a turning point on their lane', () => {
    const drawing = drawn(columns, 'time')
    const noted = Array.from({ length: columns.count }, (_, i) => i + 1).filter((row) =>
      isNoted(columns.kind[row] as number, columns.type[row] as number),
    )
    const row = noted[Math.floor(noted.length / 2)] as number
    const at = columns.atUs[row] as number
    const around = (halfUs: number) => viewOf(at - halfUs, at + halfUs, lanes)
    let halfUs = 15_000
    while (amountIn({ view: around(halfUs), drawing }).marks > NOTES_MAX) halfUs /= 2
    const view = around(halfUs)
    const plane = new Plane(view)
    const turningPoints = [{ row, kind: 'leader', text: 'TURNS' } as const]
    const scene = sceneOf(run, drawing, view, { turningPoints, words: () => 'notes something that is long to tell' })
    const texts = flat(shapesOf(scene)).flatMap((shape) => (shape.kind === 'text' ? [shape] : []))
    const over = (raise: number) => plane.across(columns.lane[row] as number) - raise
    const turn = texts.find(({ text }) => text === 'TURNS')
    expect(turn?.y).toBe(over(18))
    const before = texts.filter(({ text, x, y }) => text.startsWith('notes') && y === over(15) && x <= (turn?.x ?? 0))
    for (const { x, text } of before) expect(x + 6 * text.length, text).toBeLessThanOrEqual(turn?.x ?? 0)
    const behind = texts.filter(({ text, x, y }) => text.startsWith('notes') && y === over(15) && x > (turn?.x ?? 0))
    for (const { x } of behind) expect(x).toBeGreaterThan((turn?.x ?? 0) + 80)
  })

  test('words end where the diagram does, and those of a fault begin behind the rings of a turning point', () => {
    const drawing = drawn(columns, 'time')
    const noted = Array.from({ length: columns.count }, (_, i) => i + 1).filter((row) =>
      isNoted(columns.kind[row] as number, columns.type[row] as number),
    )
    const row = noted[Math.floor(noted.length / 2)] as number
    const lane = columns.lane[row] as number
    const at = columns.atUs[row] as number
    const turningPoints = [{ row, kind: 'leader', text: 'TURNS AROUND' } as const]
    const textsIn = (view: View, more: object = {}) =>
      flat(shapesOf(sceneOf(run, drawing, view, { turningPoints, words: () => 'notes something that is long to tell', ...more }))).flatMap(
        // Those along a message end where it does.
        (shape) => (shape.kind === 'text' && shape.angle === undefined ? [shape] : []),
      )

    for (const behindUs of [1000, 8000, 15_000]) {
      const view = viewOf(at + behindUs - 30_000, at + behindUs, lanes)
      const words = textsIn(view).filter(({ text }) => text.startsWith('notes') || text.startsWith('TURNS'))
      expect(words.map(({ text }) => text)).toContain('TURNS AROUND')
      for (const { x, text } of words) expect(x + 6 * text.length, text).toBeLessThanOrEqual(view.width)
    }

    const atBegin = viewOf(at - 500, at + 29_500, lanes)
    const all = Array.from({ length: lanes - 1 }, (_, each) => each)
    const fault = { kind: 'fault', begin: { seq: 1, atUs: 0 }, end: undefined, text: 'Partition', lanes: all, groups: all } as const
    const side = textsIn(atBegin, { bands: [fault] }).find(({ text }) => text === `side ${String.fromCharCode(65 + lane)}`)
    expect(side?.x).toBeGreaterThan(new Plane(atBegin).along(at) + 9)
  })

  test('a fault touches the nodes that are there: an empty seat has neither its strip nor its side', () => {
    const drawing = drawn(columns, 'time')
    const view = viewOf(drawing.end * 0.3, drawing.end * 0.34, lanes)
    const begin = { seq: 1, atUs: 0 }
    const nodes = lanes - 1
    const all = Array.from({ length: nodes }, (_, lane) => lane)
    const fault = { kind: 'fault', begin, end: undefined, text: 'Partition', lanes: all, groups: all.map((lane) => lane % 2) } as const
    const seat = { kind: 'absent', begin, end: undefined, text: 'not there yet', lanes: [nodes - 1] } as const
    const sides = (bands: readonly Band[]) =>
      flat(shapesOf(sceneOf(run, drawing, view, { bands }))).filter((shape) => shape.kind === 'text' && shape.text.startsWith('side '))
        .length
    expect(sides([fault])).toBe(nodes)
    expect(sides([fault, seat])).toBe(nodes - 1)
  })

  test('faults that overlap wash a lane once, from the first to the last of them, and each has its strip', () => {
    const drawing = drawn(columns, 'time')
    const view = viewOf(0, drawing.end, lanes)
    const at = (part: number) => ({ seq: 1 + Math.floor(part * columns.count), atUs: part * drawing.end })
    const fault = (from: number, to: number): Band => ({ kind: 'fault', begin: at(from), end: at(to), text: 'Cut', lanes: [0] })
    // A fault's beginning is a hair.
    const rects = (bands: readonly Band[], token: string) =>
      flat(shapesOf(sceneOf(run, drawing, view, { bands }))).filter(
        (shape) => shape.kind === 'rect' && shape.token === token && shape.width > 1,
      ).length
    const overlapping = [fault(0.1, 0.4), fault(0.2, 0.6), fault(0.3, 0.5)]
    expect(rects(overlapping, 'fault-wash')).toBe(1)
    expect(rects(overlapping, 'fault')).toBe(3)
    expect(rects([fault(0.1, 0.3), fault(0.5, 0.6)], 'fault-wash'), 'those that do not, each').toBe(2)
  })

  test('the side of a fault stands behind the word of a node that is down, not on it', () => {
    const drawing = drawn(columns, 'time')
    const view = viewOf(drawing.end * 0.3, drawing.end * 0.34, lanes)
    const begin = { seq: 1, atUs: 0 }
    const fault = { kind: 'fault', begin, end: undefined, text: 'Partition', lanes: [0, 1], groups: [0, 1] } as const
    const down = { kind: 'down', begin, end: undefined, text: 'n1 is down', lanes: [0] } as const
    const texts = flat(shapesOf(sceneOf(run, drawing, view, { bands: [fault, down] }))).filter((shape) => shape.kind === 'text')
    const [word, side, free] = ['✕ down', 'side A', 'side B'].map((text) => texts.find((shape) => shape.text === text))
    expect(side?.x).toBeGreaterThan((word?.x ?? 0) + 6 * '✕ down'.length)
    expect(free?.x).toBe(word?.x)
  })

  test('each message in sight is a line from its send to its delivery; a lost one ends in a cross', () => {
    const drawing = drawn(columns, 'time')
    // Where something was lost: in a window of its own choosing there may be nothing.
    const atUs = columns.atUs[columns.kind.indexOf(ChunkKind.drop)] as number
    const view = viewOf(atUs - drawing.end * 0.05, atUs + drawing.end * 0.05, lanes)
    const plane = new Plane(view)
    const lines = flat(shapesOf(sceneOf(run, drawing, view))).flatMap((shape) => (shape.kind === 'line' ? [shape.xy] : []))
    const has = (wanted: readonly number[]) =>
      lines.some((xy) => xy.length === wanted.length && xy.every((value, i) => Math.abs(value - (wanted[i] as number)) < 1e-6))
    let [delivered, lost] = [0, 0]
    for (const lane of drawing.messages)
      lane.visit(view.from, view.to, (row) => {
        const send = columns.cause[row] as number
        const from = [plane.along(columns.atUs[send] as number), plane.across(columns.lane[send] as number)]
        const to = [plane.along(columns.atUs[row] as number), plane.across(columns.lane[row] as number)]
        if (columns.kind[row] === ChunkKind.deliver) {
          delivered++
          expect(has([...from, ...to]), `row ${row}`).toBe(true)
        } else {
          lost++
          const middle = ((from[1] as number) + (to[1] as number)) / 2
          const x = to[0] as number
          expect(has([...from, x, middle]), `row ${row}`).toBe(true)
          const crossed = [2.5, 4].some((size) => has([x - size, middle - size, x + size, middle + size]))
          if (x > plane.head && x < plane.tail) expect(crossed, `the cross of row ${row}`).toBe(true)
        }
      })
    expect(delivered).toBeGreaterThan(5)
    expect(lost).toBeGreaterThan(0)
  })

  test('what is seen can be hit where it is seen', () => {
    const drawing = drawn(columns, 'rank')
    for (const down of [false, true]) {
      const view = viewOf(200, 230, lanes, { down })
      const plane = new Plane(view)
      const looked = { view, drawing, endpoints: run.endpoints }
      let marks = 0
      for (const [lane, extents] of drawing.marks.entries())
        extents.visit(view.from, view.to, (row) => {
          const [along, across] = [plane.along(drawing.placement.ofRow(row)), plane.across(lane)]
          expect(hitAt(looked, plane.x(along, across), plane.y(along, across))).toEqual({ kind: 'mark', row })
          marks++
        })
      expect(marks).toBeGreaterThan(10)
      drawing.messages[0]?.visit(view.from, view.to, (row) => {
        const send = columns.cause[row] as number
        const [from, to] = [drawing.placement.ofRow(send), drawing.placement.ofRow(row)]
        if (from < view.from || to > view.to || columns.kind[row] !== ChunkKind.deliver) return
        const [home, goal] = [columns.lane[send] as number, columns.lane[row] as number]
        const at = (share: number) => [plane.along(from + (to - from) * share), plane.across(home + (goal - home) * share)] as const
        const [along, across] = at(0.37)
        const hit = hitAt(looked, plane.x(along, across), plane.y(along, across))
        if (hit?.kind === 'message' && hit.send === send) expect(hit.row).toBe(send)
        else expect(hit).toBeDefined() // another one crosses there
      })
    }
  })

  test('beside the cone of an event messages are dotted and marks are small and hollow', () => {
    const drawing = drawn(columns, 'lamport')
    const dotted = (shapes: readonly Shape[]) => shapes.filter((shape) => shape.kind === 'line' && shape.dash?.join() === '1,3').length
    const small = (shapes: readonly Shape[]) => shapes.filter((shape) => shape.kind === 'circle' && shape.radius === 2.25).length
    /** How many events round the chosen one are concurrent with it, and what of them and their messages is seen. */
    const seenBeside = (chosen: number) => {
      const cone = coneOf(columns, chosen)
      const at = drawing.placement.ofRow(chosen)
      const view = viewOf(at - 60, at + 60, lanes)
      const plain = flat(shapesOf(sceneOf(run, drawing, view, { chosen })))
      const lit = flat(shapesOf(sceneOf(run, drawing, view, { chosen, cone })))
      expect([dotted(plain), small(plain)]).toEqual([0, 0])
      let aside = 0
      for (const lane of drawing.marks)
        lane.visit(view.from, view.to, (row) => {
          if (cone && sideOf(columns, cone, row) === 'concurrent') aside++
        })
      expect(small(lit)).toBeGreaterThanOrEqual(aside)
      return { aside, dotted: dotted(lit) }
    }
    // Some events have none beside them; of a handful in the middle not all.
    const handful = Array.from({ length: 8 }, (_, i) => seenBeside(columns.pointRow[Math.floor(columns.points / 2) + 5 * i] as number))
    expect(Math.max(...handful.map(({ aside }) => aside))).toBeGreaterThan(0)
    expect(Math.max(...handful.map((seen) => seen.dotted))).toBeGreaterThan(0)
  })

  test.each(AXES)('by %s, what a query found wears corners, at marks and at both ends of messages, and nothing else does', (axis) => {
    const drawing = drawn(columns, axis)
    const view = viewOf(drawing.end * 0.3, drawing.end * 0.33, lanes)
    const inSight = new Set<number>()
    for (const lane of drawing.marks) lane.visit(view.from, view.to, (row) => inSight.add(row))
    for (const lane of drawing.messages) lane.visit(view.from, view.to, (row) => inSight.add(row).add(columns.cause[row] as number))
    const rows = [...inSight].filter((row) => row % 7 === 0 && !Number.isNaN(drawing.placement.ofRow(row))).sort((a, b) => a - b)
    expect(rows.length).toBeGreaterThan(2)
    const plane = new Plane(view)
    const cornered = new Set(
      flat(shapesOf(sceneOf(run, drawing, view, { matched: matchedOf(columns, rows) })))
        .filter((shape) => shape.kind === 'line' && shape.token === 'accent' && shape.width === 1.75)
        .map((shape) => (shape.kind === 'line' ? shape.xy.slice(0, 2).map(Math.round).join() : '')),
    )
    for (const row of rows) {
      const [x, y] = [plane.along(drawing.placement.ofRow(row)), plane.across(columns.lane[row] as number)]
      expect(cornered.has(`${Math.round(x - 9)},${Math.round(y - 9)}`), `row ${row}`).toBe(true)
    }
    const places = new Set(rows.map((row) => `${drawing.placement.ofRow(row)} ${columns.lane[row]}`))
    expect(cornered.size).toBeLessThanOrEqual(4 * places.size)
  })

  test('where there is too much to be told apart, matches are notches: over their lanes while they are few, under the axis always', () => {
    const drawing = drawn(columns, 'time')
    const all = whole(drawing.end, 'time')
    const view = viewOf(all.from, all.to, lanes)
    expect(isDense(amountIn({ view, drawing }))).toBe(true)
    const notches = (rows: readonly number[]) =>
      flat(shapesOf(sceneOf(run, drawing, view, { matched: matchedOf(columns, rows) }))).filter(
        (shape) => shape.kind === 'area' && shape.token === 'accent',
      ).length
    const steps = Array.from({ length: columns.points }, (_, i) => columns.pointRow[i + 1] as number)
    expect(notches([steps[10] as number])).toBe(2)
    expect(notches([])).toBe(0)
    expect(notches(Array.from({ length: 2100 }, (_, i) => i + 1))).toBeLessThan(view.width / 8 + 1)
  })

  test.each(AXES)('by %s, a picture of it has the lanes with their names, close and from afar', (axis) => {
    const drawing = drawn(columns, axis)
    const all = whole(drawing.end, axis)
    for (const [from, to] of [
      [drawing.end * 0.4, drawing.end * 0.43],
      [all.from, all.to],
    ] as const) {
      const view = viewOf(from, to, lanes)
      const scene = sceneOf(run, drawing, view)
      const pen = new SvgPen((text) => text.length * 6)
      const canvas = new CanvasPen(pen, (token) => token)
      const amount = amountIn(scene)
      drawScene(scene, canvas, amount, () => drawDensity(scene, new Plane(view), canvas))
      const svg = pen.body() // a number that is none would have been refused
      for (const name of run.endpoints) expect(svg).toContain(`>${name}</text>`)
      if (isDense(amount)) {
        expect(svg.match(/<rect/g)?.length).toBeGreaterThan(100)
        expect(svg.length).toBeLessThan(2_000_000)
      } else expect(svg.match(/<path/g)?.length).toBeGreaterThan(5)
    }
  })

  test('the whole run is too much to be drawn one by one, a small window is not', () => {
    const big = seenRun(seed, 30_000)
    const drawing = drawn(big.columns, 'time')
    const all = whole(drawing.end, 'time')
    expect(isDense(amountIn({ view: viewOf(all.from, all.to, lanes), drawing }))).toBe(true)
    expect(isDense(amountIn({ view: viewOf(drawing.end / 2, drawing.end / 2 + 5000, lanes), drawing }))).toBe(false)
  })

  test('by the keys: along a lane and back, to an effect and back to its cause', () => {
    let pairs = 0
    for (let point = 1; point <= columns.points; point++) {
      const row = columns.pointRow[point] as number
      const next = alongLane(columns, row, 1)
      if (next !== row) expect(alongLane(columns, next, -1)).toBe(row)
      const effect = effectOf(columns, row)
      if (effect === undefined || columns.kind[effect] !== ChunkKind.step) continue
      pairs++
      expect(causeOf(columns, effect)).toBe(row)
    }
    expect(pairs).toBeGreaterThan(200)
  })
})

test('a run without stamps has lanes, marks and messages in real time', () => {
  const bare = run.events.map((event) => ('clock' in event ? { ...event, clock: [], lamport: 0 } : event))
  const without = gathered(run.header, bare)
  expect(without.hasClocks).toBe(false)
  expect(coneOf(without, 10)).toBeUndefined()
  const drawing = drawn(without, 'time')
  const count = (lanes: typeof drawing.marks) => lanes.reduce((sum, { length }) => sum + length, 0)
  expect(count(drawing.marks)).toBeGreaterThan(1000)
  expect(count(drawing.messages)).toBe(count(drawn(columns, 'time').messages))
  const view = viewOf(drawing.end * 0.3, drawing.end * 0.31, lanes)
  expect(flat(shapesOf(sceneOf(run, drawing, view))).length).toBeGreaterThan(50)
})

test('zooming keeps what is under the pointer, moving keeps the size, nothing leaves the run', () => {
  const end = 1e6
  const view = viewOf(100_000, 300_000, 4)
  const at = placeAt(700, view)
  expect(alongOf(at, view)).toBeCloseTo(700)
  const near = zoomed(view, at, 0.25, end, 'time')
  expect(near.to - near.from).toBeCloseTo(50_000)
  expect(alongOf(at, { ...view, ...near })).toBeCloseTo(700)
  const all = whole(end, 'time')
  expect(zoomed(view, at, 1e9, end, 'time').to).toBeCloseTo(all.to)
  expect(zoomed(view, at, 1e-9, end, 'time').to - zoomed(view, at, 1e-9, end, 'time').from).toBeCloseTo(20)
  expect(panned(view, -1e9, end, 'time')).toEqual({ from: all.from, to: all.from + 200_000 })
  expect(panned(view, 1e9, end, 'time').to).toBe(all.to)
  expect(showing(view, 150_000, end, 'time')).toBe(view)
  const there = showing(view, 700_000, end, 'time')
  expect(there.from).toBeLessThan(700_000)
  expect(there.to).toBeGreaterThan(700_000)
})
