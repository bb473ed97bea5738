import { expect, test } from 'vitest'
import { type EndpointId, messageId, nodeId, nodeIds } from '../../../../protocols/core/ids.ts'
import { speechOf } from '../../../../protocols/words/speech.ts'
import type { Flight } from '../../../../renderer/model/flights.ts'
import { arrange } from '../../../../renderer/panels/topology/arrangement.ts'
import { FLOW_FROM, Flow, flowUnit, STRETCHES } from '../../../../renderer/panels/topology/flow.ts'
import type { Ink, View } from '../../../../renderer/panels/topology/ink.ts'
import { messageAt, paintTraffic, type Traffic } from '../../../../renderer/panels/topology/paint.ts'

const ink: Ink = {
  surface: '#fff',
  text: '#000',
  soft: '#000',
  faint: '#000',
  line: '#000',
  accent: '#00f',
  accentLine: '#00f',
  fault: '#f80',
  faultText: '#f80',
  node: () => '#000',
  repeats: () => false,
  family: (family) => family,
}
const view: View = { zoom: 2, panX: 300, panY: 200, width: 600, height: 400, ratio: 1 }

/** A canvas that draws nothing and counts its strokes. */
function stubPen() {
  const calls: string[] = []
  const pen = new Proxy({} as Record<string, unknown>, {
    get: (target, name: string) => target[name] ?? ((..._: unknown[]) => void calls.push(name)),
    set: (target, name: string, value) => {
      target[name] = value
      return true
    },
  }) as unknown as CanvasRenderingContext2D
  return { pen, calls }
}

let number = 0
function flight(part: Partial<Flight> = {}): Flight {
  return {
    message: messageId(0, 1, ++number),
    seq: number,
    from: nodeId('n1'),
    to: nodeId('n2'),
    type: 'AppendEntries',
    body: null,
    sentAtUs: 0,
    endAtUs: 1_000_000,
    fate: 'delivered',
    lostTo: undefined,
    held: undefined,
    heldAtUs: undefined,
    ...part,
  }
}
const traffic = (flights: Flight[], part: Partial<Traffic> = {}): Traffic => ({
  flights,
  head: { atUs: 500_000, speed: 1 },
  places: arrange(nodeIds(3)),
  speech: speechOf('raft', 'kv'),
  marked: new Set(),
  weight: () => 1,
  still: false,
  ending: undefined,
  ...part,
})

test('each message that is seen can be found again by the pointer, at every zoom', () => {
  const flights = [flight(), flight({ from: nodeId('n2'), to: nodeId('n3') }), flight({ endAtUs: 400_000 })]
  const near = paintTraffic(stubPen().pen, traffic(flights), ink, view)
  const far = paintTraffic(stubPen().pen, traffic(flights), ink, { ...view, zoom: 0.5, panX: 10 })
  expect(near.count).toBe(2)
  expect(near.painted.map(({ message }) => message)).toEqual(flights.slice(0, 2).map(({ message }) => message))
  near.painted.forEach(({ at }, index) => {
    expect(far.painted[index]!.at.x).toBeCloseTo(at.x, 6)
    expect(far.painted[index]!.at.y).toBeCloseTo(at.y, 6)
  })
  expect(messageAt(near.painted, near.painted[1]!.at, 4)?.message).toBe(flights[1]!.message)
  expect(messageAt(near.painted, { x: 999, y: 999 }, 4)).toBeUndefined()
})

test('above some two hundred messages a flow is drawn, and it holds every one of them', () => {
  const few = Array.from({ length: FLOW_FROM }, () => flight())
  expect(paintTraffic(stubPen().pen, traffic(few), ink, view).flowing).toBe(false)
  const report = paintTraffic(stubPen().pen, traffic([...few, flight()]), ink, view)
  expect(report.flowing).toBe(true)
  expect(report.count).toBe(FLOW_FROM + 1)
  expect(report.painted).toEqual([])
})

test('a selected message is drawn over the flow', () => {
  const many = Array.from({ length: FLOW_FROM + 50 }, () => flight())
  const chosen = many[7]!.message
  const report = paintTraffic(stubPen().pen, traffic(many, { marked: new Set([chosen]) }), ink, view)
  expect(report.painted.map(({ message }) => message)).toEqual([chosen])
})

test('where a message of a sample stands for many, they count', () => {
  const report = paintTraffic(stubPen().pen, traffic([flight(), flight()], { weight: () => 150 }), ink, view)
  expect(report).toMatchObject({ count: 300, flowing: true })
})

test('held messages queue before their gate, the oldest first; what does not fit is counted', () => {
  const held = Array.from({ length: 12 }, () => flight({ held: 'f1' as never, heldAtUs: 10, endAtUs: undefined, fate: undefined }))
  const { pen, calls } = stubPen()
  const report = paintTraffic(pen, traffic(held), ink, view)
  expect(report.painted).toHaveLength(7)
  expect(report.painted.every((it) => it.held)).toBe(true)
  expect(report.painted[0]!.message).toBe(held[0]!.message)
  expect(calls).toContain('fillText')
  expect(report.count).toBe(0)
})

test('links to endpoints that have no place are left out', () => {
  expect(paintTraffic(stubPen().pen, traffic([flight({ to: 'n9' as EndpointId })]), ink, view).painted).toEqual([])
})

test('a flow is as dense as its messages are, stretch by stretch', () => {
  const flow = new Flow()
  for (let i = 0; i < 160; i++) flow.add('n1>n2', 'replication', i / 160)
  flow.add('n1>n2', 'election', 0.999, 3)
  flow.add('n2>n1', 'client', 1)
  expect(flow.total).toBe(164)
  const streams = [...flow]
  const replication = streams.find(([, { family }]) => family === 'replication')![1]
  expect([...replication.counts]).toEqual(new Array(STRETCHES).fill(10))
  expect(flow.fullest).toBe(10)
  expect(flowUnit(flow.fullest) * 10).toBeCloseTo(9)
  expect(flowUnit(1000) * 1000).toBeCloseTo(10)
  flow.clear()
  expect(flow.total).toBe(0)
})
