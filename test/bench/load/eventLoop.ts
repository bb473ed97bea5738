/**
 * Loaded into a process that is measured (`node --import`): keeps a histogram of how late its event loop is, starts it anew
 * on `{ measure: 'start' }` and answers `{ measure: 'stop' }` with what was seen. The histogram's samples include the timer's
 * own period, which is taken off: an idle loop is 0 ms late.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'

export interface LoopDelay {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

const PERIOD_MS = 10
const histogram = monitorEventLoopDelay({ resolution: PERIOD_MS })
const lateMs = (ns: number): number => Math.max(0, ns / 1e6 - PERIOD_MS)

process.on('message', ({ measure }: { measure?: 'start' | 'stop' }) => {
  if (measure === 'start') {
    histogram.reset()
    histogram.enable()
  }
  if (measure === 'stop') {
    histogram.disable()
    const seen: LoopDelay = {
      p50Ms: lateMs(histogram.percentile(50)),
      p99Ms: lateMs(histogram.percentile(99)),
      maxMs: lateMs(histogram.max),
    }
    process.send?.(seen)
  }
})
process.channel?.unref() // measuring keeps nobody alive
