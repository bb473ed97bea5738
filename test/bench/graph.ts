/**
 * How smooth the causality graph is: graphs of 500, 1,000 and 2,000 elements out of a simulated run, drawn by the panel's own
 * Cytoscape code in a real Chromium at 1280×800, panned by hand for some seconds. Frame intervals are taken in the page. Then how long
 * it takes to work such a graph out of the columns of a run of a hundred thousand events, here in Node.
 */
import os from 'node:os'
import { chromium } from 'playwright-core'
import { createServer } from 'vite'
import { getBrowser } from '../../main/setup/browser.mjs'
import { Columns } from '../../protocols/causality/columns.ts'
import { Gatherer } from '../../protocols/causality/gather.ts'
import { Messages } from '../../protocols/causality/messages.ts'
import { messageTypesOf } from '../../protocols/core/event.ts'
import { endpointIds } from '../../protocols/core/ids.ts'
import { raft } from '../../protocols/raft/index.ts'
import { speechOf } from '../../renderer/model/speech.ts'
import { pointsAround } from '../../renderer/panels/graph/choose.ts'
import { buildScene, ELEMENTS_MAX, type Scene } from '../../renderer/panels/graph/scene.ts'
import { chromiumOptions } from '../support/chromium.ts'
import { simulatedRun } from '../support/simulatedRun.ts'
import { percentile, remark, report } from './figures.ts'

const EVENTS = 100_000
const PAN_MS = 6000
const LIMIT_MS = 20
const FRAMES_LEAST = 30
const busyness = (): string => `load average ${os.loadavg()[0]?.toFixed(1)} on ${os.cpus().length} cores`

const run = simulatedRun(7, EVENTS)
const gatherer = new Gatherer(run.header)
const columns = new Columns(gatherer.endpoints)
for (const event of run.events) columns.add(gatherer.take(event))
const words = { endpoints: endpointIds(run.header.nodes), messageTypes: messageTypesOf(raft), speech: speechOf('raft', 'kv') }
const wish = { folds: true, alone: new Set<number>(), unfolded: new Set<number>() }
const sizeOf = ({ nodes, edges }: Scene) => nodes.length + edges.length

/** Of as many steps in the middle of the run as make about so many elements, and are not folded further. */
function sceneOf(elements: number, messages: Messages): Scene {
  let steps = Math.round(elements / 2.2)
  for (let before: Scene | undefined; ; ) {
    const chosen = pointsAround(columns, EVENTS / 2, steps, 0)
    const scene = buildScene(columns, messages, { chosen, ...wish }, words)
    if (scene.notes.length > 0) return before ?? scene
    if (sizeOf(scene) >= elements * 0.97) return scene
    before = scene
    steps = Math.ceil(steps * 1.03)
  }
}

const begunMs = performance.now()
const messages = new Messages(columns)
const indexedMs = performance.now()
const crowded = buildScene(columns, messages, { chosen: pointsAround(columns, EVENTS / 2, 4000, 0), ...wish }, words)
report({ name: `messages of a run of ${EVENTS} events, indexed`, value: indexedMs - begunMs, unit: 'ms' })
report({ name: 'graph of 4,000 steps, worked out and folded', value: performance.now() - indexedMs, unit: 'ms' })
report({ name: 'graph of 4,000 steps: elements left', value: sizeOf(crowded), unit: 'elements', peer: 'limit', peerValue: ELEMENTS_MAX })

const server = await createServer({ mode: 'fake', logLevel: 'error', server: { host: '127.0.0.1', port: 0, hmr: false } })
await server.listen()
const browser = await chromium.launch({ ...chromiumOptions(), executablePath: await getBrowser() })
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  await page.goto(server.resolvedUrls?.local[0] as string, { timeout: 300_000 })
  await page.getByRole('banner').waitFor({ timeout: 300_000 })
  remark(busyness())
  const bare = await page.evaluate(pan, { scene: { ...crowded, nodes: [], edges: [] }, endpoints: words.endpoints, zoom: 1, forMs: PAN_MS })
  report({
    name: 'an empty graph meanwhile: frame interval p95',
    value: percentile(
      bare.sort((a, b) => a - b),
      0.95,
    ),
    unit: 'ms',
  })
  for (const elements of [500, 1000, 2000]) {
    const scene = sceneOf(elements, messages)
    for (const note of scene.notes) remark(note)
    for (const zoom of [1, 0.45]) {
      const frames = await page.evaluate(pan, { scene, endpoints: words.endpoints, zoom, forMs: PAN_MS })
      frames.sort((a, b) => a - b)
      if (frames.length < FRAMES_LEAST) {
        remark(
          `${sizeOf(scene)} elements at zoom ${zoom}: only ${frames.length} frames in ${PAN_MS} ms, too few to say anything (${busyness()})`,
        )
        continue
      }
      for (const [label, part] of [
        ['p50', 0.5],
        ['p95', 0.95],
      ] as const) {
        const limit = label === 'p95' ? { peer: 'limit', peerValue: LIMIT_MS } : {}
        const name = `graph of ${sizeOf(scene)} elements panned at zoom ${zoom}: frame interval ${label}`
        report({ name, value: percentile(frames, part), unit: 'ms', ...limit })
      }
    }
  }
} finally {
  await browser.close()
  await server.close()
}

/** In the page: the panel's graph in the whole window, moved a little in every frame. */
async function pan({ scene, endpoints, zoom, forMs }: { scene: Scene; endpoints: typeof words.endpoints; zoom: number; forMs: number }) {
  const load = async <T>(path: string) => (await import(path)) as T
  const { createGraph, dress, fill } = await load<typeof import('../../renderer/panels/graph/graph.ts')>('/panels/graph/graph.ts')
  const box = document.createElement('div')
  box.style.cssText = 'position: fixed; inset: 0; z-index: 9999; background: white'
  document.body.append(box)
  const core = createGraph(box)
  fill(core, scene)
  const probe = document.createElement('i')
  document.body.append(probe)
  const pen = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D
  dress(core, endpoints, (token) => {
    pen.fillStyle = getComputedStyle(probe).getPropertyValue(`--${token}`)
    pen.fillRect(0, 0, 1, 1)
    return `rgb(${[...pen.getImageData(0, 0, 1, 1).data.slice(0, 3)].join(', ')})`
  })
  core.viewport({ zoom, pan: { x: 100, y: 120 } })
  const frames = await new Promise<number[]>((resolve) => {
    const found: number[] = []
    let begun = 0
    let last = 0
    let frame = 0
    const tick = (nowMs: number) => {
      if (begun === 0) begun = nowMs
      else if (frame > 5) found.push(nowMs - last) // the first few draw what is new
      last = nowMs
      core.panBy({ x: frame++ % 240 < 120 ? -7 : 7, y: 0 })
      if (nowMs - begun < forMs) requestAnimationFrame(tick)
      else resolve(found)
    }
    requestAnimationFrame(tick)
  })
  core.destroy()
  box.remove()
  probe.remove()
  return frames
}
