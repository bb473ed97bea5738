/**
 * The graph that Cytoscape holds: endpoints and directed links, their places, panning, zooming, dragging and hit-testing. It draws the
 * plain links; rings, faults and messages are painted on canvases above it (paint.ts), in the same geometry.
 */
import cytoscape from 'cytoscape'
import { CLIENTS, type EndpointId, type NodeId } from '../../../protocols/core/ids.ts'
import { linkKey } from '../../model/targets.ts'
import { CLIENTS_RADIUS, NODE_RADIUS, type Places } from './arrangement.ts'
import { BOW } from './geometry.ts'
import type { Ink } from './ink.ts'

/** `headless` draws nothing: for tests. */
export function createGraph(container: HTMLElement | undefined, nodes: readonly NodeId[], places: Places): cytoscape.Core {
  const ends: EndpointId[] = [...nodes, CLIENTS]
  return cytoscape({
    ...(container ? { container } : { headless: true }),
    elements: [
      ...ends.map((id) => ({
        data: { id },
        position: { ...(places.get(id) ?? { x: 0, y: 0 }) },
        classes: id === CLIENTS ? 'clients' : 'node',
      })),
      ...ends.flatMap((from) =>
        ends
          .filter((to) => to !== from)
          .map((to) => ({
            data: { id: linkKey(from, to), source: from, target: to },
            classes: from === CLIENTS || to === CLIENTS ? 'client' : '',
          })),
      ),
    ],
    layout: { name: 'preset' },
    minZoom: 0.3,
    maxZoom: 4,
    boxSelectionEnabled: false,
    autounselectify: true,
    selectionType: 'single',
    pixelRatio: 'auto',
  })
}

/** Looks of what Cytoscape draws itself. Nodes are see-through: their rings are painted above. */
export function dress(graph: cytoscape.Core, ink: Ink): void {
  const style = [
    {
      selector: 'node',
      style: {
        width: NODE_RADIUS * 2,
        height: NODE_RADIUS * 2,
        'background-opacity': 0,
        'border-width': 0,
        'overlay-opacity': 0,
        label: '',
      },
    },
    { selector: 'node.clients', style: { width: CLIENTS_RADIUS * 2, height: CLIENTS_RADIUS * 2 } },
    {
      selector: 'edge',
      style: {
        width: 1,
        ...opaque('line-color', ink.line, 1),
        'curve-style': 'unbundled-bezier',
        'control-point-distances': BOW,
        'control-point-weights': 0.5,
        'edge-distances': 'node-position',
        'overlay-opacity': 0,
        'overlay-padding': 6,
        'target-arrow-shape': 'none',
        'arrow-scale': 0.8,
      },
    },
    { selector: 'edge.client', style: { opacity: 0.4, 'line-style': 'dashed', 'line-dash-pattern': [2, 5] } },
    { selector: 'edge.faulty', style: { opacity: 0 } },
    { selector: 'edge.vacant', style: { display: 'none' } },
    {
      selector: 'edge.hovered, edge.selected',
      style: {
        opacity: 1,
        'line-style': 'solid',
        ...opaque('line-color', ink.accent, 0.6),
        'target-arrow-shape': 'triangle',
        'target-arrow-color': ink.accent,
      },
    },
    { selector: 'edge.selected', style: { width: 2, ...opaque('line-color', ink.accent, 1) } },
  ]
  graph.style(style as cytoscape.StylesheetJson)
}

/** Cytoscape takes a colour and its opacity apart. `strength` thins it further. */
function opaque(property: string, colour: string, strength: number): Record<string, string | number> {
  const [r, g, b, a = 1] = (colour.match(/[\d.]+/g) ?? ['0', '0', '0']).map(Number)
  return { [property]: `rgb(${r}, ${g}, ${b})`, 'line-opacity': a * strength }
}

/** Moves what is not being dragged to its place. */
export function place(graph: cytoscape.Core, places: Places): void {
  graph.batch(() => {
    for (const [id, point] of places) {
      const node = graph.getElementById(id)
      if (node.length === 0 || node.grabbed()) continue
      const now = node.position()
      if (now.x !== point.x || now.y !== point.y) node.position({ x: point.x, y: point.y })
    }
  })
}

/** Gives a class to exactly these elements. */
export function mark(graph: cytoscape.Core, name: string, ids: ReadonlySet<string>): void {
  graph.batch(() => {
    graph.elements(`.${name}`).forEach((element) => {
      if (!ids.has(element.id())) element.removeClass(name)
    })
    for (const id of ids) graph.getElementById(id).addClass(name)
  })
}
