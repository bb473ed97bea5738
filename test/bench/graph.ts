/**
 * How smooth the causality graph is: graphs of 500, 1,000 and 2,000 elements out of a simulated run, drawn by the panel's own
 * Cytoscape code in a real Chromium at 1280×800, panned by hand for some seconds. Frame intervals are taken in the page. How long
 * it takes to work such a graph out of the columns of a run of a hundred thousand events: here in Node at a stretch, and in the page
 * in pieces, with the longest time for which the window answered nobody, beside what that is when nothing is done.
 */
import os from 'node:os'
import path from 'node:path'
import { chromium } from 'playwright-core'
import { createServer } from 'vite'
import { getBrowser } from '../../main/setup/browser.mjs'
import { BlockWriter } from '../../protocols/causality/block.ts'
import { Columns } from '../../protocols/causality/columns.ts'
import { Gatherer } from '../../protocols/causality/gather.ts'
import { Messages } from '../../protocols/causality/messages.ts'
import { finished } from '../../protocols/causality/pieces.ts'
import { messageTypesOf } from '../../protocols/core/event.ts'
import { endpointIds } from '../../protocols/core/ids.ts'
import { raft } from '../../protocols/raft/index.ts'
import { speechOf } from '../../protocols/words/speech.ts'
import { pointsAround } from '../../renderer/panels/graph/choose.ts'
import { ELEMENTS_MAX, type Scene, type SceneWish, sceneInPieces } from '../../renderer/panels/graph/scene.ts'
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
const block = new BlockWriter(1, EVENTS * 2, gatherer.endpoints)
for (const event of run.events) {
  const row = gatherer.take(event)
  block.add(row)
  columns.add(row)
}
const words = { endpoints: endpointIds(run.header.nodes), messageTypes: messageTypesOf(raft), speech: speechOf('raft', 'kv') }
const wish = { folds: true, alone: new Set<number>(), unfolded: new Set<number>() }
const sizeOf = ({ nodes, edges }: Scene) => nodes.length + edges.length

const buildScene = (messages: Messages, chosen: SceneWish['chosen']): Scene =>
  finished(sceneInPieces(columns, messages, { chosen, ...wish }, words))

/** Of as many steps in the middle of the run as make about so many elements, and are not folded further. */
function sceneOf(elements: number, messages: Messages): Scene {
  let steps = Math.round(elements / 2.2)
  for (let before: Scene | undefined; ; ) {
    const chosen = pointsAround(columns, EVENTS / 2, steps, 0)
    const scene = buildScene(messages, chosen)
    if (scene.notes.length > 0) return before ?? scene
    if (sizeOf(scene) >= elements * 0.97) return scene
    before = scene
    steps = Math.ceil(steps * 1.03)
  }
}

const begunMs = performance.now()
const messages = Messages.of(columns)
const indexedMs = performance.now()
const crowded = buildScene(messages, pointsAround(columns, EVENTS / 2, 4000, 0))
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
  const work = {
    block: Buffer.from(block.bytes()).toString('base64'),
    protocols: `/@fs${path.resolve('protocols')}`,
    ...{ endpoints: words.endpoints, messageTypes: words.messageTypes, around: EVENTS / 2 },
  }
  for (let round = 0; round < 3; round++) {
    remark(busyness())
    const { workMs, fillMs, silentWorkMs, silentFillMs, idleMs, stretchMs, steps, elements } = await page.evaluate(workOut, work)
    const name = `graph of ${steps} steps in the page, ${elements} elements`
    report({ name: `${name}: worked out in pieces`, value: workMs, unit: 'ms', peer: 'at a stretch', peerValue: stretchMs })
    report({ name: `${name}: put into Cytoscape in pieces`, value: fillMs, unit: 'ms' })
    const idle = { unit: 'ms', peer: 'with nothing to do', peerValue: idleMs }
    report({ name: `${name}: nobody answered while it is worked out, longest`, value: silentWorkMs, ...idle })
    report({ name: `${name}: nobody answered while Cytoscape takes it, longest`, value: silentFillMs, ...idle })
  }
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

/** In the page: a graph of 4,000 steps, as the panel does it; meanwhile somebody asks without end whether there is an answer. */
async function workOut(work: {
  block: string
  protocols: string
  endpoints: typeof words.endpoints
  messageTypes: readonly string[]
  around: number
}) {
  const load = async <T>(path: string) => (await import(path)) as T
  const { takeRows } = await load<typeof import('../../protocols/causality/block.ts')>(`${work.protocols}/causality/block.ts`)
  const { Columns } = await load<typeof import('../../protocols/causality/columns.ts')>(`${work.protocols}/causality/columns.ts`)
  const { Messages: Indexed } = await load<typeof import('../../protocols/causality/messages.ts')>(
    `${work.protocols}/causality/messages.ts`,
  )
  const { finished } = await load<typeof import('../../protocols/causality/pieces.ts')>(`${work.protocols}/causality/pieces.ts`)
  const { inPieces } = await load<typeof import('../../renderer/model/inPieces.ts')>('/model/inPieces.ts')
  const { speechOf } = await load<typeof import('../../protocols/words/speech.ts')>(`${work.protocols}/words/speech.ts`)
  const { pointsAround } = await load<typeof import('../../renderer/panels/graph/choose.ts')>('/panels/graph/choose.ts')
  const { sceneInPieces } = await load<typeof import('../../renderer/panels/graph/scene.ts')>('/panels/graph/scene.ts')
  const { createGraph, dress, fillInPieces } = await load<typeof import('../../renderer/panels/graph/graph.ts')>('/panels/graph/graph.ts')
  const columns = new Columns(work.endpoints.length)
  takeRows(
    columns,
    Uint8Array.from(atob(work.block), (letter) => letter.charCodeAt(0)),
  )
  const box = document.createElement('div')
  box.style.cssText = 'position: fixed; inset: 0; z-index: 9999; background: white'
  document.body.append(box)
  const core = createGraph(box)
  dress(core, work.endpoints, () => 'rgb(90, 90, 90)')
  core.viewport({ zoom: 1, pan: { x: 100, y: 120 } })
  /** The longest wait of somebody who asks again as soon as there is an answer. */
  const asking = () => {
    const { port1, port2 } = new MessageChannel()
    let last = performance.now()
    let longest = 0
    let asks = true
    port2.onmessage = () => {
      const nowMs = performance.now()
      longest = Math.max(longest, nowMs - last)
      last = nowMs
      if (asks) port1.postMessage(0)
    }
    port1.postMessage(0)
    return () => {
      asks = false
      return Math.max(longest, performance.now() - last)
    }
  }
  const never = { isGivenUp: () => false }
  const words = { endpoints: work.endpoints, messageTypes: work.messageTypes, speech: speechOf('raft', 'kv') }
  const wish = { folds: true, alone: new Set<number>(), unfolded: new Set<number>() }
  const make = (messages: Messages) => sceneInPieces(columns, messages, { chosen, ...wish }, words)
  const chosen = pointsAround(columns, work.around, 4000, 0)
  finished(make(finished(Indexed.inPieces(columns)))) // the first time a machine learns what it runs
  const stretchBeganMs = performance.now()
  finished(make(finished(Indexed.inPieces(columns))))
  const stretchMs = performance.now() - stretchBeganMs
  const working = asking()
  const beganMs = performance.now()
  const messages = (await inPieces(Indexed.inPieces(columns), never)) as Messages
  const scene = (await inPieces(make(messages), never)) as Scene
  const workMs = performance.now() - beganMs
  const silentWorkMs = working()
  const filling = asking()
  const fillBeganMs = performance.now()
  await inPieces(fillInPieces(core, scene), never)
  const fillMs = performance.now() - fillBeganMs
  const silentFillMs = filling()
  const idle = asking()
  await new Promise((resolve) => setTimeout(resolve, workMs + fillMs))
  const idleMs = idle()
  core.destroy()
  box.remove()
  return {
    ...{ workMs, fillMs, silentWorkMs, silentFillMs, idleMs, stretchMs },
    ...{ steps: chosen.points.length, elements: scene.nodes.length + scene.edges.length },
  }
}
