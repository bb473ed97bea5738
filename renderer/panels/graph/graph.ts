/** The graph that Cytoscape holds and draws: the scene's elements, their looks, and which of them are marked. */
import cytoscape from 'cytoscape'
import { finished, type Pieces } from '../../../protocols/causality/pieces.ts'
import type { EndpointId } from '../../../protocols/core/ids.ts'
import type { Family } from '../../../protocols/words/speech.ts'
import { familyToken, nodeToken } from '../../model/hues.ts'
import type { Scene } from './scene.ts'

export const NODE_PX = 17
export const FOLD_PX = 46
const FAMILIES: readonly Family[] = ['election', 'replication', 'snapshot', 'client', 'membership', 'read', 'other']

export function createGraph(container: HTMLElement | undefined): cytoscape.Core {
  return cytoscape({
    ...(container ? { container } : { headless: true }),
    elements: [],
    layout: { name: 'preset' },
    minZoom: 0.05,
    maxZoom: 3,
    boxSelectionEnabled: false,
    autounselectify: true,
    autoungrabify: true,
    // Labels cost more than all else: while the drawing moves they are left out where there are many.
    hideLabelsOnViewport: true,
  })
}

/** So many elements are added at a stretch: a few milliseconds. */
const ADDED_AT_ONCE = 20

/** Puts the scene in the place of what was there. */
export const fill = (graph: cytoscape.Core, scene: Scene): void => finished(fillInPieces(graph, scene))

export function* fillInPieces(graph: cytoscape.Core, { nodes, edges, lanes }: Scene): Pieces<void> {
  const endpoints = new Map(lanes.map(({ lane, endpoint }) => [lane, endpoint]))
  const elements: cytoscape.ElementDefinition[] = [
    ...nodes.map(({ id, x, y, label, points, lane }) => ({
      group: 'nodes' as const,
      data: { id, label },
      position: { x, y },
      classes: `${nodeToken(endpoints.get(lane) as EndpointId)} ${points.length > 1 ? 'fold' : ''}`,
    })),
    ...edges.map(({ id, from, to, kind, label, family, style }) => ({
      group: 'edges' as const,
      data: { id, source: from, target: to, label },
      classes: `${kind} ${family === undefined ? '' : familyToken(family)} ${style ?? ''}`,
    })),
  ]
  graph.batch(() => {
    graph.elements().remove()
  })
  for (let at = 0; at < elements.length; at += ADDED_AT_ONCE) {
    if (at > 0) yield
    // Asked for its box, an element works out its looks here and now: left to the next frame, that holds it up for all that was added since the last.
    graph.add(elements.slice(at, at + ADDED_AT_ONCE)).boundingBox()
  }
}

/** Colours come from tokens: `color('node-1')`. */
export function dress(graph: cytoscape.Core, endpoints: readonly EndpointId[], color: (token: string) => string): void {
  const plain = (token: string) => color(token).replace(/^rgba\((.+), [\d.]+\)$/, 'rgb($1)')
  const font = { 'font-family': '"Inter Variable", system-ui, sans-serif', 'min-zoomed-font-size': 8 }
  const style = [
    {
      selector: 'node',
      style: {
        width: NODE_PX,
        height: NODE_PX,
        'border-width': 0,
        'overlay-opacity': 0,
        label: 'data(label)',
        ...font,
        'font-size': 10,
        color: plain('text-soft'),
        'text-valign': 'bottom',
        'text-margin-y': 4,
      },
    },
    ...[...new Set(endpoints.map(nodeToken))].map((token) => ({
      selector: `.${token}`,
      style: { 'background-color': plain(token), 'border-color': plain(token) },
    })),
    {
      selector: '.fold',
      style: {
        ...{ shape: 'round-rectangle', width: FOLD_PX, height: NODE_PX + 3, 'border-width': 1.5, 'background-opacity': 0.16 },
        ...{ 'text-valign': 'center', 'text-margin-y': 0, color: plain('text') },
      },
    },
    {
      selector: 'edge',
      style: {
        'overlay-opacity': 0,
        'curve-style': 'haystack',
        'haystack-radius': 0,
        width: 1.5,
        'line-color': plain('text-faint'),
        'line-opacity': 0.5,
      },
    },
    { selector: '.through', style: { 'line-style': 'dotted' } },
    {
      selector: '.message',
      style: {
        ...{ 'curve-style': 'straight', 'target-arrow-shape': 'triangle', 'arrow-scale': 0.75, width: 1.6, 'line-opacity': 1 },
        ...{ label: 'data(label)', ...font, 'font-size': 9, 'text-rotation': 'autorotate', 'text-background-opacity': 0.85 },
        ...{ 'text-background-color': plain('surface'), 'text-background-padding': 1, color: plain('text-soft') },
      },
    },
    { selector: '.reply', style: { width: 1, 'target-arrow-shape': 'vee' } },
    ...FAMILIES.map(familyToken).map((token) => ({
      selector: `.${token}`,
      style: { 'line-color': plain(token), 'target-arrow-color': plain(token) },
    })),
    { selector: '.ahead', style: { opacity: 0.38 } },
    { selector: 'node.hovered', style: { 'underlay-opacity': 0.2, 'underlay-padding': 5, 'underlay-color': plain('accent') } },
    { selector: 'node.found', style: { 'underlay-opacity': 0.4, 'underlay-padding': 6, 'underlay-color': plain('accent') } },
    { selector: 'node.now', style: { 'outline-width': 1.5, 'outline-offset': 2, 'outline-color': plain('accent') } },
    {
      selector: 'node.selected, node.walked',
      style: { 'outline-width': 2.5, 'outline-offset': 3, 'outline-color': plain('accent'), opacity: 1 },
    },
    { selector: 'node.walked', style: { 'outline-style': 'dashed' } },
  ]
  graph.style(style as cytoscape.StylesheetJson)
}

/** Gives a class to exactly these nodes. */
export function mark(graph: cytoscape.Core, name: string, ids: ReadonlySet<string>): void {
  graph.batch(() => {
    graph.nodes(`.${name}`).forEach((node) => {
      if (!ids.has(node.id())) node.removeClass(name)
    })
    for (const id of ids) {
      const node = graph.getElementById(id)
      if (!node.hasClass(name)) node.addClass(name)
    }
  })
}
