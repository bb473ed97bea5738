/**
 * The graph as it is drawn: nodes in rows, a row for each lane, from left to right by causal rank; edges with what they carry. It
 * holds at most ELEMENTS_MAX elements, which is what can be moved at 60 frames a second: of more it folds more, then shows less, and
 * says so.
 */
import type { Columns } from '../../../protocols/causality/columns.ts'
import { type Folded, foldInPieces, ranksInPieces } from '../../../protocols/causality/fold.ts'
import { type HasseEdge, hasseInPieces } from '../../../protocols/causality/hasse.ts'
import type { Messages } from '../../../protocols/causality/messages.ts'
import { PIECE, type Pieces } from '../../../protocols/causality/pieces.ts'
import type { EndpointId } from '../../../protocols/core/ids.ts'
import { ChunkKind } from '../../../protocols/wire/chunk.ts'
import { StepInputKind } from '../../../protocols/wire/tap.ts'
import type { Family, Speech } from '../../../protocols/words/speech.ts'
import { formatCount, formatCountOf } from '../../model/format.ts'
import type { Chosen } from './choose.ts'

export const ELEMENTS_MAX = 2000
/** What is said of a message of which nothing is known but its ends. */
const UNNAMED = 'message'
/** Runs of fewer steps than this are not worth a fold. */
const CHAIN_LEAST = 4
export const RANK_PX = 72
export const LANE_PX = 74

export interface SceneNode {
  /** Its first point, as text: what Cytoscape calls it. */
  readonly id: string
  readonly points: readonly number[]
  /** The first row of its first point, and of its last. */
  readonly row: number
  readonly lastRow: number
  readonly lane: number
  readonly x: number
  readonly y: number
  /** Short, in the drawing. */
  readonly label: string
  /** "n2 takes in AppendEntries from n1". */
  readonly words: string
}

export interface SceneEdge {
  readonly id: string
  readonly from: string
  readonly to: string
  readonly kind: HasseEdge['kind']
  /** The message's type; "AppendEntries ×3". Of messages of one type from one step, the longest edge alone is labelled. */
  readonly label: string
  readonly words: string
  readonly family: Family | undefined
  readonly style: 'request' | 'reply' | undefined
  /** The row of the first send. */
  readonly send: number | undefined
}

export interface Scene {
  readonly nodes: readonly SceneNode[]
  readonly edges: readonly SceneEdge[]
  /** Lanes that have something on them, with the height at which they lie. */
  readonly lanes: readonly { readonly endpoint: EndpointId; readonly lane: number; readonly y: number }[]
  readonly steps: number
  /** What is not as it would be, in sentences. */
  readonly notes: readonly string[]
}

export interface SceneWords {
  readonly endpoints: readonly EndpointId[]
  readonly messageTypes: readonly string[]
  readonly speech: Speech
}

export interface SceneWish {
  readonly chosen: Chosen
  /** Fold runs of steps at all. */
  readonly folds: boolean
  readonly alone: ReadonlySet<number>
  readonly unfolded: ReadonlySet<number>
  /** Told how much of the work is done, about: 0 to 1. */
  readonly onShare?: (share: number) => void
}

const sizeOf = ({ nodes, edges }: Folded): number => nodes.length + edges.length

export function* sceneInPieces(columns: Columns, messages: Messages, wish: SceneWish, words: SceneWords): Pieces<Scene> {
  const notes: string[] = []
  let points = wish.chosen.points
  const { alone, unfolded, onShare = () => {} } = wish
  let hasse = yield* hasseInPieces(columns, messages, points)
  onShare(0.3)
  const make = (by: 'none' | 'chains' | 'turns') => foldInPieces(hasse, { by, least: by === 'turns' ? 2 : CHAIN_LEAST, alone, unfolded })
  let folded = yield* make(wish.folds ? 'chains' : 'none')
  if (sizeOf(folded) > ELEMENTS_MAX) {
    const whole = sizeOf(folded)
    onShare(0.5)
    folded = yield* make('turns')
    notes.push(
      `Folded further: ${formatCount(whole)} elements would be more than ${formatCount(ELEMENTS_MAX)}, so steps that receive and those that then send are one.`,
    )
    const before = points.length
    while (sizeOf(folded) > ELEMENTS_MAX) {
      points = nearestShare(points, alone, (0.95 * ELEMENTS_MAX) / sizeOf(folded))
      hasse = yield* hasseInPieces(columns, messages, points)
      folded = yield* make('turns')
      onShare(0.75)
    }
    if (points.length < before)
      notes.push(`${formatCount(points.length)} of ${formatCountOf(before, 'step')} are shown: brush a shorter stretch to see all of it.`)
  }
  if (wish.chosen.of > wish.chosen.points.length)
    notes.push(`${formatCount(wish.chosen.points.length)} of ${formatCountOf(wish.chosen.of, 'step')} are taken, the nearest.`)
  if (!columns.hasClocks && columns.points > 0)
    notes.push('This run has no vector clocks: the order is made of program order and messages alone.')
  return { ...(yield* placed(columns, folded, words)), steps: points.length, notes }
}

/** As many of the points, round those that stand alone or else round the middle. */
function nearestShare(points: readonly number[], alone: ReadonlySet<number>, share: number): readonly number[] {
  const sorted = [...points].sort((a, b) => a - b)
  const count = Math.max(1, Math.floor(sorted.length * Math.min(0.9, share)))
  const found = sorted.findIndex((point) => alone.has(point))
  const middle = found < 0 ? sorted.length / 2 : found
  const first = Math.round(Math.max(0, Math.min(sorted.length - count, middle - count / 2)))
  return sorted.slice(first, first + count)
}

function* placed(columns: Columns, folded: Folded, words: SceneWords): Pieces<Pick<Scene, 'nodes' | 'edges' | 'lanes'>> {
  const ranks = yield* ranksInPieces(folded)
  const used = [...new Set(folded.nodes.map(({ lane }) => lane))].sort((a, b) => a - b)
  const heights = new Map(used.map((lane, index) => [lane, index * LANE_PX]))
  const fromOutside = new Set(folded.edges.flatMap(({ to, sends }) => (sends.length > 0 ? [to] : [])))
  const nodes: SceneNode[] = []
  for (const [index, { points, lane }] of folded.nodes.entries()) {
    if (index % PIECE === 0) yield
    const [first, last] = [points[0] as number, points.at(-1) as number]
    const row = columns.pointRow[first] as number
    const said = points.length > 1 ? undefined : sayRow(columns, row, words)
    nodes.push({
      ...{ id: String(first), points, row, lastRow: columns.pointRow[last] as number, lane },
      ...{ x: (ranks[index] as number) * RANK_PX, y: heights.get(lane) as number },
      label: said === undefined ? `${points.length} steps` : said.isMessage && fromOutside.has(index) ? '' : said.short,
      words: `${words.endpoints[lane]} ${said === undefined ? `takes ${points.length} steps, folded` : said.long}`,
    })
  }
  const edges: SceneEdge[] = []
  for (const [index, { from, to, kind, sends }] of folded.edges.entries()) {
    if (index % PIECE === 0) yield
    const types = [...new Set(sends.map((send) => words.messageTypes[columns.type[send] as number] ?? UNNAMED))]
    const [type] = types
    edges.push({
      ...{ id: `${nodes[from]?.id}>${nodes[to]?.id}`, from: nodes[from]?.id as string, to: nodes[to]?.id as string, kind, send: sends[0] },
      label: '',
      words: types.length === 0 ? '' : `${types.join(', ')}${sends.length > types.length ? ` ×${sends.length}` : ''}`,
      family: type === undefined ? undefined : words.speech.family(type),
      style: type === undefined ? undefined : words.speech.style(type),
    })
  }
  const lanes = used.map((lane) => ({ endpoint: words.endpoints[lane] as EndpointId, lane, y: heights.get(lane) as number }))
  return { nodes, edges: labelled(nodes, edges), lanes }
}

function labelled(nodes: readonly SceneNode[], edges: readonly SceneEdge[]): SceneEdge[] {
  const x = new Map(nodes.map((node) => [node.id, node.x]))
  const longest = new Map<string, SceneEdge>()
  const lengthOf = ({ from, to }: SceneEdge) => (x.get(to) ?? 0) - (x.get(from) ?? 0)
  for (const edge of edges) {
    if (edge.words === UNNAMED) continue
    const key = `${edge.from} ${edge.words}`
    const best = longest.get(key)
    if (!best || lengthOf(edge) > lengthOf(best)) longest.set(key, edge)
  }
  return edges.map((edge) => (longest.get(`${edge.from} ${edge.words}`) === edge ? { ...edge, label: edge.words } : edge))
}

/** What a point's first row says of it, of what the columns know. */
function sayRow(
  columns: Columns,
  row: number,
  { endpoints, messageTypes }: SceneWords,
): { short: string; long: string; isMessage: boolean } {
  const { kind, type, cause, lane } = columns
  const typeOf = (send: number) => messageTypes[type[send] as number] ?? 'a message'
  switch (kind[row]) {
    case ChunkKind.step: {
      const delivery = cause[row] as number
      const send = delivery === 0 ? 0 : (cause[delivery] as number)
      if (send !== 0)
        return { short: typeOf(send), long: `takes in ${typeOf(send)} from ${endpoints[lane[send] as number]}`, isMessage: true }
      return STEPS[(type[row] as number) & 7] ?? { short: 'step', long: 'takes a step', isMessage: false }
    }
    case ChunkKind.send:
      return { short: typeOf(row), long: `sends ${typeOf(row)} to ${endpoints[columns.to[row] as number]}`, isMessage: false }
    case ChunkKind.invoke:
      return { short: 'call', long: 'call an operation', isMessage: false }
    case ChunkKind.return:
      return { short: 'answer', long: 'hear the answer to an operation', isMessage: false }
    default:
      return { short: '', long: 'take a step', isMessage: false }
  }
}

const STEPS: { readonly [input: number]: { short: string; long: string; isMessage: boolean } } = {
  [StepInputKind.start]: { short: 'start', long: 'starts', isMessage: false },
  [StepInputKind.timer]: { short: 'timer', long: 'hears a timer', isMessage: false },
  [StepInputKind.control]: { short: 'told', long: 'is told something from outside', isMessage: false },
  [StepInputKind.durable]: { short: 'disk', long: 'hears that its disk has what it wrote', isMessage: false },
  [StepInputKind.message]: { short: 'message', long: 'takes in a message', isMessage: true },
  [StepInputKind.request]: { short: 'request', long: 'takes in a request', isMessage: true },
}

/** The next node along the lane, or along an edge that is no program order; undefined where none is. */
export function neighbourOf(scene: Scene, id: string, towards: 'left' | 'right' | 'cause' | 'effect'): SceneNode | undefined {
  const here = scene.nodes.find((node) => node.id === id)
  if (!here) return undefined
  if (towards === 'left' || towards === 'right') {
    const sign = towards === 'left' ? -1 : 1
    return scene.nodes.filter((node) => node.lane === here.lane && sign * (node.x - here.x) > 0).sort((a, b) => sign * (a.x - b.x))[0]
  }
  const ids = new Set(
    scene.edges.flatMap(({ from, to, kind }) => {
      if (kind === 'program') return []
      return towards === 'cause' ? (to === id ? [from] : []) : from === id ? [to] : []
    }),
  )
  return scene.nodes.filter((node) => ids.has(node.id)).sort((a, b) => Math.abs(a.x - here.x) - Math.abs(b.x - here.x))[0]
}
