/**
 * The space-time diagram on simulated runs of a thousand to a million events: the built web host, and the window on it in a real
 * Chromium at 1280×800. Time from the click on a run to the first paint with something of it, and until all is read; frame
 * intervals while a close look is moved along, while the whole run is moved, and while it is zoomed from the whole to a
 * step and back; what each frame costs the page's main thread, which says more where others use the machine; and the memory of the renderer. SYNOD_RUNS names a folder that keeps
 * the recordings for the next time: the longest takes a minute to make.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core'
import { getBrowser } from '../../main/setup/browser.mjs'
import { chromiumOptions } from '../support/chromium.ts'
import { recordSimulated } from '../support/simulatedRun.ts'
import { pause } from './bench-lab.ts'
import { percentile, remark, report } from './figures.ts'
import { frameCosts } from './load/frameCosts.ts'
import { openWebLab, type WebLab } from './load/webLab.ts'

/** Other sizes can be given on the command line. */
const SIZES = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1000, 10_000, 100_000, 1_000_000]
const MEASURED_MS = 3000
const FRAME_P95_MS = 20
const PAN_RATIO = 1.5
const FIRST_PAINT_MS = 1000
const MEMORY_MB = 500
const CLOSE_LOOK_MS = 60
const DIAGRAM = '[aria-roledescription="space-time diagram"]'

const kept = process.env.SYNOD_RUNS
const folder = kept ?? mkdtempSync(path.join(os.tmpdir(), 'synod-bench-spacetime-'))

function recorded(count: number): string {
  mkdirSync(folder, { recursive: true })
  const file = path.join(folder, `${count}.synod`)
  if (!existsSync(file)) recordSimulated(file, { seed: 7, count, nodes: 5 })
  return file
}

/** What is done to the diagram in each frame, in the page. */
type Move = 'nothing' | 'pan' | 'zoom'

interface Frames {
  /** Ascending, milliseconds: from frame to frame, and of the main thread for each. */
  readonly intervals: readonly number[]
  readonly costs: readonly number[]
}

async function frames(page: Page, cdp: CDPSession, move: Move): Promise<Frames> {
  let intervals: number[] = []
  const costs = await frameCosts(cdp, async () => {
    intervals = await moved(page, move)
  })
  return { intervals, costs }
}

async function moved(page: Page, move: Move): Promise<number[]> {
  const intervals = await page.evaluate(
    ({ forMs, move, diagram }) =>
      new Promise<number[]>((resolve) => {
        const box = document.querySelector(diagram) as HTMLElement
        const { left, top, width, height } = box.getBoundingClientRect()
        const at = { clientX: left + width / 2, clientY: top + height / 2, bubbles: true, cancelable: true }
        const found: number[] = []
        let begun = 0
        let last = 0
        let count = 0
        const tick = (nowMs: number) => {
          if (begun === 0) begun = nowMs
          else found.push(nowMs - last)
          last = nowMs
          count++
          if (move === 'pan') box.dispatchEvent(new WheelEvent('wheel', { ...at, deltaX: Math.floor(count / 60) % 2 === 0 ? 14 : -14 }))
          if (move === 'zoom') box.dispatchEvent(new WheelEvent('wheel', { ...at, deltaY: Math.floor(count / 90) % 2 === 0 ? -60 : 60 }))
          if (nowMs - begun < forMs) requestAnimationFrame(tick)
          else resolve(found)
        }
        requestAnimationFrame(tick)
      }),
    { forMs: MEASURED_MS, move, diagram: DIAGRAM },
  )
  return intervals.sort((a, b) => a - b)
}

async function rendererMb(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  await session.detach()
  const sizes = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0) / 1024)
  return Math.max(...sizes)
}

interface Result {
  readonly closePanMs: number
}

async function measure(browser: Browser, lab: WebLab, count: number, first: Result | undefined): Promise<Result> {
  const name = `space-time, ${count.toLocaleString('en')} events`
  const { run } = await lab.call('runs.import', { path: recorded(count) })
  await lab.call('runs.rename', { run, name: `Run of ${count}` })
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  page.setDefaultTimeout(120_000)
  await page.goto(lab.url)
  const library = page.getByRole('navigation', { name: 'Library' })
  await library
    .getByRole('button', { name: /^A first look/ })
    .first()
    .click()
  // Once it has been looked at, the diagram is what a run opens with: what is measured is the way from the click on a run to it.
  await page.getByRole('tab', { name: 'Space-time' }).click()
  await page.locator(`${DIAGRAM} canvas[data-painted]`).waitFor()
  await pause(1000)
  const cdp = await page.context().newCDPSession(page)
  await page.keyboard.press('l') // the library folds away while a run is looked at
  const wanted = await library
    .getByRole('button', { name: new RegExp(`^Run of ${count}\\b`) })
    .first()
    .elementHandle()
  const times = await page.evaluate(
    ({ button, diagram }) =>
      new Promise<{ firstMs: number; allMs: number }>((resolve) => {
        const before = document.querySelector<HTMLElement>(`${diagram} canvas`)
        const begun = performance.now()
        ;(button as HTMLElement).click()
        let firstMs: number | undefined
        const look = () => {
          const canvas = document.querySelector<HTMLElement>(`${diagram} canvas`)
          const painted = canvas === before ? undefined : canvas?.dataset.painted
          if (firstMs === undefined && painted !== undefined) firstMs = Number(painted) - begun
          const reading = [...document.querySelectorAll('.tools [role="status"]')].some((each) => /read/.test(each.textContent ?? ''))
          if (firstMs !== undefined && !reading) resolve({ firstMs, allMs: performance.now() - begun })
          else requestAnimationFrame(look)
        }
        look()
      }),
    { button: wanted, diagram: DIAGRAM },
  )
  report({ name: `${name}: first paint`, value: times.firstMs, unit: 'ms', peer: 'limit', peerValue: FIRST_PAINT_MS })
  report({ name: `${name}: all of it read`, value: times.allMs, unit: 'ms' })
  await pause(1000)

  const box = page.getByRole('listbox', { name: 'Events in space and time' })
  const still = await frames(page, cdp, 'nothing')
  const limit = { peer: 'limit', peerValue: FRAME_P95_MS }
  const shows = async (what: string, move: Move, usual: object = {}) => {
    const { intervals, costs } = await frames(page, cdp, move)
    const of = `${name}: ${what}`
    report({ name: `${of}, frame interval p50`, value: percentile(intervals, 0.5), unit: 'ms' })
    report({ name: `${of}, frame interval p95`, value: percentile(intervals, 0.95), unit: 'ms', ...limit })
    report({ name: `${of}, main thread a frame p50`, value: percentile(costs, 0.5), unit: 'ms', ...usual })
    report({ name: `${of}, main thread a frame p95`, value: percentile(costs, 0.95), unit: 'ms', ...limit })
    return percentile(costs, 0.5)
  }
  remark(
    `${name}: frames at rest p50 ${percentile(still.intervals, 0.5).toFixed(1)} ms, p95 ${percentile(still.intervals, 0.95).toFixed(1)} ms, ${busyness()}`,
  )
  await box.press('0')
  await box.press('+') // of the whole nothing can be moved
  await shows('nearly all moved', 'pan')
  await box.press('0')
  await shows('zoomed', 'zoom')
  await box.press('0')
  for (let i = 0; i < 60 && (await seenMs(page)) > CLOSE_LOOK_MS; i++) await box.press('+')
  await pause(500)
  const small = first && { peer: `${PAN_RATIO} × of the first`, peerValue: PAN_RATIO * first.closePanMs }
  const closePanMs = await shows('a close look moved', 'pan', small)
  report({ name: `${name}: memory of the renderer`, value: await rendererMb(browser), unit: 'MB', peer: 'limit', peerValue: MEMORY_MB })
  await page.close()
  return { closePanMs }
}

/** How much time is in sight. */
async function seenMs(page: Page): Promise<number> {
  const [, figure = '0', unit = ''] = /([\d.,]+)\s*(µs|ms|s|min)/.exec((await page.locator('.tools .seen').textContent()) ?? '') ?? []
  return Number(figure.replace(',', '')) * ({ µs: 0.001, ms: 1, s: 1000, min: 60_000 }[unit] ?? 0)
}

const busyness = (): string => `load average ${os.loadavg()[0]?.toFixed(1)} on ${os.cpus().length} cores`

const lab = await openWebLab()
const browser = await chromium.launch({ ...chromiumOptions(), executablePath: await getBrowser() })
try {
  const { run } = await lab.call('runs.import', { path: recorded(1000) })
  await lab.call('runs.rename', { run, name: 'A first look' })
  let first: Result | undefined
  for (const count of SIZES) {
    remark(busyness())
    const result = await measure(browser, lab, count, first)
    first ??= result
  }
} finally {
  await browser.close()
  await lab.close()
  if (!kept) rmSync(folder, { recursive: true, force: true })
}
