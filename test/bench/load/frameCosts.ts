/**
 * What each frame cost the page's main thread, from a trace of Chromium's own: processor time, so that it can be judged on a machine where others
 * work, too, and frames come late for want of a processor.
 */
import type { CDPSession } from 'playwright-core'

interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  readonly ts: number
  readonly dur?: number
  /** Processor time of the thread, µs. */
  readonly tdur?: number
}

const FRAME = 'FireAnimationFrame'
/** Two callbacks of one frame stand closer together. */
const APART_US = 8000

/** Milliseconds of the main thread from one frame to the next, ascending, while `act` runs; the page must ask for every frame. */
export async function frameCosts(cdp: CDPSession, act: () => Promise<unknown>): Promise<number[]> {
  const events: TraceEvent[] = []
  const collect = ({ value }: { value: object[] }) => events.push(...(value as TraceEvent[]))
  cdp.on('Tracing.dataCollected', collect)
  await cdp.send('Tracing.start', { traceConfig: { includedCategories: ['toplevel', 'devtools.timeline'] }, transferMode: 'ReportEvents' })
  await act()
  const complete = new Promise<void>((resolve) => cdp.once('Tracing.tracingComplete', () => resolve()))
  await cdp.send('Tracing.end')
  await complete
  cdp.off('Tracing.dataCollected', collect)
  return costsIn(events)
}

function costsIn(events: readonly TraceEvent[]): number[] {
  const drawn = events.filter(({ name, ph }) => name === FRAME && ph === 'X').sort((a, b) => a.ts - b.ts)
  const { pid, tid } = mostSeen(drawn)
  const onMain = (event: TraceEvent) => event.pid === pid && event.tid === tid
  const frames: number[] = []
  for (const { ts } of drawn.filter(onMain)) if (ts - (frames.at(-1) ?? Number.NEGATIVE_INFINITY) > APART_US) frames.push(ts)
  const costs = frames.slice(1).map(() => 0)
  let frame = 0
  const tasks = events.filter((event) => event.ph === 'X' && event.name.endsWith('RunTask') && onMain(event))
  for (const task of tasks.sort((a, b) => a.ts - b.ts)) {
    // The task that draws a frame begins before the callback in it.
    const end = task.ts + (task.dur ?? 0)
    while (frame < costs.length && end > (frames[frame + 1] as number)) frame++
    if (frame < costs.length && end > (frames[0] as number)) costs[frame] = (costs[frame] as number) + (task.tdur ?? 0) / 1000
  }
  return costs.sort((a, b) => a - b)
}

/** The page that is measured is the one that draws. */
function mostSeen(drawn: readonly TraceEvent[]): { readonly pid: number; readonly tid: number } {
  const times = new Map<string, number>()
  const keyOf = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`
  for (const event of drawn) times.set(keyOf(event), (times.get(keyOf(event)) ?? 0) + 1)
  const [most] = [...times].sort((a, b) => b[1] - a[1])
  const found = drawn.find((event) => keyOf(event) === most?.[0])
  if (!found) throw new Error('no frame was drawn while it was traced')
  return found
}
