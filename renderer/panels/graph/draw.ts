/** Paints the whole graph for a picture, as Cytoscape has it on the screen, with the lanes' names beside them. */
import { CLIENTS } from '../../../protocols/core/ids.ts'
import { familyToken, nodeToken } from '../../model/hues.ts'
import type { Pen } from '../../model/picture/pen.ts'
import { FOLD_PX, NODE_PX } from './graph.ts'
import type { Scene, SceneEdge, SceneNode } from './scene.ts'

const LEFT = 96
const MARGIN = 44
const FONT = '"Inter Variable", system-ui, sans-serif'

export const sizeOf = ({ nodes, lanes }: Scene): { width: number; height: number } => ({
  width: LEFT + MARGIN + Math.max(0, ...nodes.map(({ x }) => x)),
  height: 2 * MARGIN + Math.max(0, ...lanes.map(({ y }) => y)),
})

export function drawGraph(pen: Pen, scene: Scene, selected: string | undefined, color: (token: string) => string): void {
  const { width } = sizeOf(scene)
  const byId = new Map(scene.nodes.map((node) => [node.id, node]))
  pen.textBaseline = 'middle'
  for (const { endpoint, y } of scene.lanes) {
    pen.fillStyle = color('hairline')
    pen.fillRect(LEFT - 30, MARGIN + y - 0.5, width - LEFT, 1)
    pen.font = `600 12px ${FONT}`
    pen.textAlign = 'left'
    pen.fillStyle = endpoint === CLIENTS ? color('text-soft') : color('text')
    pen.fillText(endpoint, 28, MARGIN + y)
    pen.fillStyle = color(nodeToken(endpoint))
    pen.beginPath()
    pen.arc(18, MARGIN + y, 4, 0, 2 * Math.PI)
    pen.fill()
  }
  pen.save()
  pen.translate(LEFT, MARGIN)
  for (const edge of scene.edges) {
    const [from, to] = [byId.get(edge.from), byId.get(edge.to)]
    if (from && to) drawEdge(pen, edge, from, to, color)
  }
  const hues = new Map(scene.lanes.map(({ lane, endpoint }) => [lane, color(nodeToken(endpoint))]))
  for (const node of scene.nodes) drawNode(pen, node, hues.get(node.lane) ?? color('text'), node.id === selected, color)
  pen.restore()
}

function drawEdge(
  pen: Pen,
  { kind, family, style, label }: SceneEdge,
  from: SceneNode,
  to: SceneNode,
  color: (token: string) => string,
): void {
  const angle = Math.atan2(to.y - from.y, to.x - from.x)
  const end = { x: to.x - Math.cos(angle) * reachOf(to, angle), y: to.y - Math.sin(angle) * reachOf(to, angle) }
  const hue = kind === 'message' && family ? color(familyToken(family)) : color('text-faint')
  pen.strokeStyle = hue
  pen.fillStyle = hue
  pen.globalAlpha = kind === 'message' ? 1 : 0.5
  pen.lineWidth = style === 'reply' ? 1 : 1.6
  pen.setLineDash(kind === 'through' ? [1.5, 3] : [])
  pen.beginPath()
  pen.moveTo(from.x, from.y)
  pen.lineTo(end.x, end.y)
  pen.stroke()
  pen.setLineDash([])
  pen.globalAlpha = 1
  if (kind !== 'message') return
  pen.save()
  pen.translate(end.x, end.y)
  pen.rotate(angle)
  pen.beginPath()
  pen.moveTo(-7, -3.5)
  pen.lineTo(0, 0)
  pen.lineTo(-7, 3.5)
  if (style === 'reply') pen.stroke()
  else pen.fill()
  pen.restore()
  pen.save()
  pen.translate((from.x + end.x) / 2, (from.y + end.y) / 2)
  pen.rotate(angle)
  pen.font = `400 9px ${FONT}`
  pen.textAlign = 'center'
  pen.lineWidth = 3
  pen.lineJoin = 'round'
  pen.strokeStyle = color('surface')
  pen.strokeText(label, 0, 0)
  pen.fillStyle = color('text-soft')
  pen.fillText(label, 0, 0)
  pen.restore()
}

/** From its middle to its rim. */
function reachOf({ points }: SceneNode, angle: number): number {
  if (points.length === 1) return NODE_PX / 2
  const [wide, high] = [FOLD_PX / 2, (NODE_PX + 3) / 2]
  return Math.min(wide / Math.max(1e-6, Math.abs(Math.cos(angle))), high / Math.max(1e-6, Math.abs(Math.sin(angle))))
}

function drawNode(pen: Pen, { x, y, points, label }: SceneNode, hue: string, isSelected: boolean, color: (token: string) => string): void {
  const isFold = points.length > 1
  const shape = (room: number) => {
    pen.beginPath()
    if (isFold) pen.roundRect(x - FOLD_PX / 2 - room, y - NODE_PX / 2 - 1.5 - room, FOLD_PX + 2 * room, NODE_PX + 3 + 2 * room, 5)
    else pen.arc(x, y, NODE_PX / 2 + room, 0, 2 * Math.PI)
  }
  shape(0)
  pen.fillStyle = isFold ? color('surface') : hue
  pen.fill()
  if (isFold) {
    pen.strokeStyle = hue
    pen.lineWidth = 1.5
    pen.stroke()
  }
  if (isSelected) {
    shape(4)
    pen.strokeStyle = color('accent')
    pen.lineWidth = 2.5
    pen.stroke()
  }
  pen.textAlign = 'center'
  pen.font = `400 10px ${FONT}`
  pen.fillStyle = color(isFold ? 'text' : 'text-soft')
  pen.fillText(label, x, isFold ? y : y + NODE_PX / 2 + 10)
}
