/**
 * Paints one moment onto two canvases above the graph: marks (nodes, faults; repainted when they change) and messages (repainted every
 * frame while something moves). Knows neither stores nor Vue: what it paints is handed to it.
 */
import { CLIENTS, type EndpointId, type MessageId } from '../../../protocols/core/ids.ts'
import type { Speech } from '../../../protocols/words/speech.ts'
import type { Flight } from '../../model/flights.ts'
import type { Pen } from '../../model/picture/pen.ts'
import { linkKey } from '../../model/targets.ts'
import { CLIENTS_RADIUS, NODE_RADIUS, type Places, type Point } from './arrangement.ts'
import { contour } from './contour.ts'
import { drawFlow, FLOW_FROM, Flow, flowUnit } from './flow.ts'
import { type Arc, angleAt, arcBetween, labelSide, pointAt } from './geometry.ts'
import { glyphScale, type Ink, toDrawing, toScreen, type View } from './ink.ts'
import { arcOnScreen, drawDivide, drawLinkMark, drawTag, TAGS_MAX, tagText } from './linkGlyphs.ts'
import { drawFalling, drawMessage, drawQueueRest, type MessageLook, QUEUE_MAX, queuePlaces } from './messageGlyphs.ts'
import { drawNode, type NodeLook } from './nodeGlyphs.ts'
import { type Scene, vacantLinks } from './scene.ts'
import { GATE_AT, isStretched, LOST_AT, type Playhead, sight } from './timing.ts'

export interface Marks {
  readonly scene: Scene
  readonly places: Places
  readonly look: (id: EndpointId) => Omit<NodeLook, 'at' | 'outward'>
}

/** Where a message was painted, for the pointer. */
export interface Painted {
  readonly message: MessageId
  readonly at: Point
  readonly held: boolean
}

export interface Report {
  readonly painted: readonly Painted[]
  /** Messages seen, by their weights. */
  readonly count: number
  readonly stretched: boolean
  readonly flowing: boolean
}

const radiusOf = (id: EndpointId): number => (id === CLIENTS ? CLIENTS_RADIUS : NODE_RADIUS)

/** The arc of a link in the drawing's units; undefined while an end has no place. */
export function arcOf(from: EndpointId, to: EndpointId, places: Places): Arc | undefined {
  const a = places.get(from)
  const b = places.get(to)
  return a && b ? arcBetween(a, b, radiusOf(from), radiusOf(to)) : undefined
}

function begin(pen: Pen, view: View, fresh: boolean): void {
  pen.setTransform(view.ratio, 0, 0, view.ratio, 0, 0)
  if (fresh) pen.clearRect(0, 0, view.width, view.height)
}

/** The links that no fault touches, as Cytoscape draws them on the screen: for pictures, which it does not paint. */
export function paintLinks(pen: Pen, { scene, places }: Marks, ink: Ink, view: View): void {
  begin(pen, view, false)
  pen.strokeStyle = ink.line
  const vacant = vacantLinks(scene)
  for (const from of places.keys())
    for (const to of places.keys()) {
      const arc = from === to || scene.links.has(linkKey(from, to)) || vacant.has(linkKey(from, to)) ? undefined : arcOf(from, to, places)
      if (!arc) continue
      const toClient = from === CLIENTS || to === CLIENTS
      pen.lineWidth = view.zoom
      pen.globalAlpha = toClient ? 0.4 : 1
      pen.setLineDash(toClient ? [2 * view.zoom, 5 * view.zoom] : [])
      const { from: a, control, to: b } = arcOnScreen(arc, view)
      pen.beginPath()
      pen.moveTo(a.x, a.y)
      pen.quadraticCurveTo(control.x, control.y, b.x, b.y)
      pen.stroke()
    }
  pen.setLineDash([])
  pen.globalAlpha = 1
}

/** `fresh`: what was painted before is wiped away. */
export function paintMarks(pen: Pen, marks: Marks, ink: Ink, view: View, fresh = true): void {
  begin(pen, view, fresh)
  const { scene, places } = marks
  const sides = scene.partition?.map((side) => side.flatMap((id) => (id === CLIENTS ? [] : (places.get(id) ?? [])))) ?? []
  for (let i = 0; i < sides.length - 1; i++) {
    for (const line of dividing(sides[i]!, sides.slice(i + 1).flat())) {
      drawDivide(
        pen,
        line.map((point) => toScreen(view, point)),
        ink,
        glyphScale(view),
      )
    }
  }
  const vacant = vacantLinks(scene)
  const tags = countTags(scene)
  const later: { text: string; arc: Arc }[] = []
  for (const mark of scene.links.values()) {
    const arc = arcOf(mark.from, mark.to, places)
    if (!arc || vacant.has(linkKey(mark.from, mark.to))) continue
    const shown = arcOnScreen(arc, view)
    drawLinkMark(pen, mark, shown, ink, view, apart(scene, mark.from, mark.to))
    const text = tagText(mark)
    if (text !== '' && (tags.get(text) ?? 0) <= TAGS_MAX) later.push({ text, arc: shown })
  }
  const middle = middleOf(scene, places)
  for (const mark of scene.nodes) {
    const at = places.get(mark.id)
    if (!at) continue
    drawNode(pen, mark, { ...marks.look(mark.id), at: toScreen(view, at), outward: labelSide(at, middle, places.get(CLIENTS)) }, ink, view)
  }
  for (const { text, arc } of later) drawTag(pen, text, arc, ink, view)
}

/** Lines found for the same places are kept: they are asked for whenever a number in a node changes. */
const found = new Map<string, Point[][]>()
function dividing(one: readonly Point[], other: readonly Point[]): Point[][] {
  const key = [one, other].map((side) => side.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')).join('|')
  let lines = found.get(key)
  if (!lines) {
    if (found.size > 20) found.clear()
    lines = contour(one, other)
    found.set(key, lines)
  }
  return lines
}

/** How many links carry the same tag. */
export function countTags(scene: Scene): Map<string, number> {
  const tags = new Map<string, number>()
  for (const mark of scene.links.values()) {
    const text = tagText(mark)
    if (text !== '') tags.set(text, (tags.get(text) ?? 0) + 1)
  }
  return tags
}

function apart(scene: Scene, from: EndpointId, to: EndpointId): boolean {
  const sideOf = (id: EndpointId) => scene.partition?.findIndex((side) => side.includes(id)) ?? -1
  return sideOf(from) >= 0 && sideOf(to) >= 0 && sideOf(from) !== sideOf(to)
}

/** Of the members: seats that nobody has taken stand aside. */
function middleOf(scene: Scene, places: Places): Point {
  const points = scene.nodes.filter(({ id, status }) => id !== CLIENTS && status !== 'empty').flatMap(({ id }) => places.get(id) ?? [])
  const count = Math.max(1, points.length)
  return { x: points.reduce((s, p) => s + p.x, 0) / count, y: points.reduce((s, p) => s + p.y, 0) / count }
}

export interface Traffic {
  readonly flights: readonly Flight[]
  readonly head: Playhead
  readonly places: Places
  readonly speech: Speech
  readonly marked: ReadonlySet<MessageId>
  /** How many messages one of this type stands for. */
  readonly weight: (type: string) => number
  /** Nothing may move: a message is drawn in the middle of its way for as long as it is seen. */
  readonly still: boolean
  /** What the event at a resting playhead did: the message that it delivered or lost. */
  readonly ending: { readonly flight: Flight; readonly lost: boolean } | undefined
}

const flow = new Flow()

export function paintTraffic(pen: Pen, traffic: Traffic, ink: Ink, view: View, fresh = true): Report {
  begin(pen, view, fresh)
  const { flights, head, places, speech } = traffic
  const scale = glyphScale(view)
  const arcs = new Map<string, Arc | undefined>()
  const arcAt = (from: EndpointId, to: EndpointId) => {
    const key = linkKey(from, to)
    if (!arcs.has(key)) {
      const arc = arcOf(from, to, places)
      arcs.set(key, arc && arcOnScreen(arc, view))
    }
    return arcs.get(key)
  }
  const painted: Painted[] = []
  const queues = new Map<string, Flight[]>()
  const seen: { flight: Flight; at: number; falling: number | undefined }[] = []
  let stretched = false
  let count = 0
  for (const flight of flights) {
    const what = sight(flight, head)
    if (!what) continue
    if (what.is === 'waiting') {
      const key = linkKey(flight.from, flight.to)
      const queue = queues.get(key)
      if (queue) queue.push(flight)
      else queues.set(key, [flight])
      continue
    }
    count += traffic.weight(flight.type)
    stretched ||= isStretched(flight, head)
    if (what.is === 'travelling') seen.push({ flight, at: traffic.still && head.speed > 0 ? LOST_AT : what.fraction, falling: undefined })
    else seen.push({ flight, at: LOST_AT, falling: traffic.still ? 0 : what.fraction })
  }
  if (traffic.ending) {
    const { flight, lost } = traffic.ending
    seen.push({ flight, at: lost ? LOST_AT : 0.93, falling: lost ? 0.15 : undefined })
  }
  const flowing = count > FLOW_FROM
  if (flowing) {
    flow.clear()
    for (const { flight, at, falling } of seen) {
      if (falling === undefined) flow.add(linkKey(flight.from, flight.to), speech.family(flight.type), at, traffic.weight(flight.type))
    }
    const unit = flowUnit(flow.fullest)
    for (const [key, stream] of flow) {
      const [from, to] = key.split('>') as [EndpointId, EndpointId]
      const arc = arcAt(from, to)
      if (arc) drawFlow(pen, arc, stream, ink.family(stream.family), unit)
    }
  }
  const lookOf = (flight: Flight): MessageLook => ({
    style: speech.style(flight.type),
    faint: speech.faint(flight.type, flight.body),
    hue: ink.family(speech.family(flight.type)),
    family: speech.family(flight.type),
    scale,
    marked: traffic.marked.has(flight.message),
  })
  for (const { flight, at, falling } of seen) {
    const arc = arcAt(flight.from, flight.to)
    if (!arc || (flowing && !traffic.marked.has(flight.message))) continue
    if (falling !== undefined) drawFalling(pen, arc, at, falling, lookOf(flight), ink)
    else {
      const point = pointAt(arc, at)
      drawMessage(pen, point, angleAt(arc, at), lookOf(flight), ink)
      painted.push({ message: flight.message, at: toDrawing(view, point), held: false })
    }
  }
  for (const queue of queues.values()) {
    const first = queue[0]!
    const arc = arcAt(first.from, first.to)
    if (!arc) continue
    const places = queuePlaces(arc, GATE_AT, queue.length, scale)
    places.forEach(({ at, angle }, index) => {
      const flight = queue[index]!
      drawMessage(pen, at, angle, { ...lookOf(flight), faint: false, scale: scale * 0.9 }, ink)
      painted.push({ message: flight.message, at: toDrawing(view, at), held: true })
    })
    if (queue.length > QUEUE_MAX) drawQueueRest(pen, arc, GATE_AT, queue.length - QUEUE_MAX, ink, scale)
  }
  return { painted, count, stretched, flowing }
}

/** The message nearest to a point of the drawing, within `reach`. */
export function messageAt(painted: readonly Painted[], point: Point, reach: number): Painted | undefined {
  let best: Painted | undefined
  let least = reach
  for (const candidate of painted) {
    const distance = Math.hypot(candidate.at.x - point.x, candidate.at.y - point.y)
    if (distance <= least) {
      least = distance
      best = candidate
    }
  }
  return best
}
