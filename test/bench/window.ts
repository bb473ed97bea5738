/**
 * How smooth the window is: the built web host with five Raft nodes, about a thousand messages a second between them, and
 * the window on it in a real Chromium at 1280×800. Frame intervals are taken where they are made, in the page; the delay of the
 * engine's event loop in the engine's process; both while the lab, the cluster and the browser share this machine. Then
 * what the window costs when nothing happens: what the page's main thread does in a second.
 */
import os from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { type CDPSession, chromium, type Page } from 'playwright-core'
import { getBrowser } from '../../main/setup/browser.mjs'
import type { Load } from '../../protocols/core/config.ts'
import { loadSchema } from '../../protocols/core/config.ts'
import type { RunId } from '../../protocols/core/ids.ts'
import { chromiumOptions } from '../support/chromium.ts'
import { pause } from './bench-lab.ts'
import { percentile, remark, report } from './figures.ts'
import { openWebLab, type WebLab } from './load/webLab.ts'

const WANTED_PER_SECOND = 1000
const MEASURED_MS = 15_000
const CONTROL_MS = 5000
const IDLE_PERIOD_MS = 10
const SETTLE_MS = 2000
const TRIES_MAX = 4
const load = (rate: number, clients: number): Load => loadSchema.parse({ rate, clients, mix: { read: 0, write: 1, cas: 0 }, keys: 100 })

/** Messages sent a second between now and `forMs` later, as the recording has them. */
async function messagesPerSecond(lab: WebLab, run: RunId, during: () => Promise<unknown>): Promise<number> {
  const before = await lab.call('run.overview', { run })
  await during()
  const after = await lab.call('run.overview', { run })
  let sends = 0
  let from: number | undefined = before.lastSeq + 1
  while (from !== undefined && from <= after.lastSeq) {
    const { events, next }: { events: readonly { seq: number }[]; next: number | undefined } = await lab.call('run.events', {
      run,
      from,
      limit: 5000,
      where: 'kind:send',
    })
    sends += events.filter(({ seq }) => seq <= after.lastSeq).length
    from = next
  }
  return sends / ((after.lengthUs - before.lengthUs) / 1e6)
}

/** The load at which about so many messages are sent a second: two measured points on what is nearly a line, then what is seen there. */
async function calibrate(lab: WebLab, run: RunId): Promise<Load> {
  const at = async (rate: number) => {
    await lab.call('run.load', { run, load: load(rate, 8) })
    await pause(SETTLE_MS / 2)
    return await messagesPerSecond(lab, run, () => pause(SETTLE_MS))
  }
  const [low, high] = [20, 60]
  const [few, many] = [await at(low), await at(high)]
  let rate = Math.max(1, low + ((WANTED_PER_SECOND - few) * (high - low)) / Math.max(1, many - few))
  // An election in one of the points bends the line: come nearer by what is then seen.
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const seen = await at(rate)
    if (Math.abs(seen / WANTED_PER_SECOND - 1) < 0.1) break
    rate = Math.min(10 * high, (rate * WANTED_PER_SECOND) / Math.max(100, seen))
  }
  return load(rate, 8)
}

/** Frame intervals in milliseconds, ascending, over `ms`. */
async function frameIntervals(page: Page, ms: number): Promise<number[]> {
  const intervals = await page.evaluate(
    (forMs) =>
      new Promise<number[]>((resolve) => {
        const found: number[] = []
        let begun: number | undefined
        let last = 0
        const tick = (nowMs: number) => {
          if (begun === undefined) begun = nowMs
          else found.push(nowMs - last)
          last = nowMs
          if (nowMs - begun < forMs) requestAnimationFrame(tick)
          else resolve(found)
        }
        requestAnimationFrame(tick)
      }),
    ms,
  )
  return intervals.sort((a, b) => a - b)
}

/** How much processor time the page's main thread took, in percent of the time. */
async function mainThreadBusy(cdp: CDPSession, ms: number): Promise<number> {
  const taskSeconds = async () => {
    const { metrics } = await cdp.send('Performance.getMetrics')
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN
  }
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' })
  const [before, begunMs] = [await taskSeconds(), performance.now()]
  await pause(ms)
  const after = await taskSeconds()
  await cdp.send('Performance.disable')
  return ((after - before) * 100_000) / (performance.now() - begunMs)
}

function reportFrames(name: string, sorted: readonly number[], limitMs?: number): void {
  for (const [label, part] of [
    ['p50', 0.5],
    ['p95', 0.95],
    ['p99', 0.99],
  ] as const) {
    const limit = label === 'p95' && limitMs !== undefined ? { peer: 'limit', peerValue: limitMs } : {}
    report({ name: `${name}: frame interval ${label}`, value: percentile(sorted, part), unit: 'ms', ...limit })
  }
}

const busyness = (): string => `load average ${os.loadavg()[0]?.toFixed(1)} on ${os.cpus().length} cores`

const lab = await openWebLab()
const browser = await chromium.launch({ ...chromiumOptions(), executablePath: await getBrowser() })
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  await page.goto(lab.url)
  await page.getByRole('button', { name: 'Start', exact: true }).waitFor()
  const cdp = await page.context().newCDPSession(page)
  await pause(SETTLE_MS)
  report({ name: 'window, first screen: processor time of the main thread', value: await mainThreadBusy(cdp, 5000), unit: '%' })

  remark(busyness())
  const { run } = await lab.call('runs.start', { config: { protocol: 'raft', nodes: 5, seed: 11, name: 'A thousand a second' } })
  await page
    .getByRole('navigation', { name: 'Library' })
    .getByRole('button', { name: /A thousand a second/ })
    .first()
    .click()
  await page
    .getByText(/leads term \d+/)
    .first()
    .waitFor()
  const steady = await calibrate(lab, run)
  await lab.call('run.load', { run, load: steady })
  await pause(SETTLE_MS)
  remark(busyness())
  const empty = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  reportFrames('an empty page meanwhile', await frameIntervals(empty, CONTROL_MS))
  await empty.close()
  let frames: number[] = []
  const perSecond = await messagesPerSecond(lab, run, async () => {
    frames = await frameIntervals(page, MEASURED_MS)
  })
  const name = 'window, 5 Raft nodes'
  report({
    name: `${name}: messages recorded under it`,
    value: perSecond,
    unit: 'messages/s',
    peer: 'wanted',
    peerValue: WANTED_PER_SECOND,
  })
  reportFrames(name, frames, 20)
  report({ name: `${name}: processor time of the main thread`, value: await mainThreadBusy(cdp, 5000), unit: '%' })

  await lab.call('run.load', { run, load: load(0, 32) })
  await pause(SETTLE_MS)
  remark(busyness())
  const idle = monitorEventLoopDelay({ resolution: IDLE_PERIOD_MS })
  const late = await lab.loopDelayDuring(async () => {
    idle.enable()
    frames = await frameIntervals(page, MEASURED_MS)
    idle.disable()
  })
  report({ name: 'engine at full load: event loop late by, p50', value: late.p50Ms, unit: 'ms' })
  report({ name: 'engine at full load: event loop late by, p99', value: late.p99Ms, unit: 'ms', peer: 'limit', peerValue: 50 })
  report({ name: 'engine at full load: event loop late by, at most', value: late.maxMs, unit: 'ms' })
  report({
    name: 'an idle process meanwhile: event loop late by, p99',
    value: Math.max(0, idle.percentile(99) / 1e6 - IDLE_PERIOD_MS),
    unit: 'ms',
  })
  reportFrames('window at full load', frames)

  await lab.call('runs.stop', { run })
  await page.getByRole('button', { name: /^(Go live|Live)$/ }).waitFor({ state: 'hidden' })
  await pause(SETTLE_MS)
  report({ name: 'window, a run that has ended: processor time of the main thread', value: await mainThreadBusy(cdp, 5000), unit: '%' })
} finally {
  await browser.close()
  await lab.close()
}
