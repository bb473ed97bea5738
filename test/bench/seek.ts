/**
 * How long a person waits in a long run: until it is open and can be used, and for the full state of every node at an event
 * picked anywhere, asked through the replay thread as the window asks. A million events beside ten thousand, in the same run.
 */
import os from 'node:os'
import { keepHeapsSmall } from '../../main/engineHeap.ts'
import { type RunView, startReplay } from '../../main/replay/index.ts'
import { runId } from '../../protocols/core/ids.ts'
import { percentile, remark, report } from './figures.ts'
import { longRun } from './load/longRun.ts'

const LONG = Number(process.env.SEEK_EVENTS ?? 1_000_000)
const SHORT = 10_000
const SEEKS = Number(process.env.SEEKS ?? 400)
/** Steps of the same generator for both lengths, so that they are asked for the same places. */
const SEED = 7_919

keepHeapsSmall() // as in the lab, before its threads are there
const replay = await startReplay()
/** States have a thread of their own, as in the lab. */
const stateThread = await startReplay()
const now = () => performance.now()

interface Opened {
  readonly view: RunView
  readonly states: RunView
  readonly lastSeq: number
  readonly tookMs: number
}

async function opened(file: string): Promise<Opened> {
  const began = now()
  const view = await replay.open(runId(file), file)
  const { lastSeq } = await view.overview(false)
  await view.moment(lastSeq)
  await view.events({ from: lastSeq, limit: 200, direction: 'backward' })
  return { view, states: await stateThread.open(runId(file), file), lastSeq, tookMs: now() - began }
}

/** What the window asks for where the playhead is put. */
async function seek({ view, states }: Opened, seq: number): Promise<number> {
  const began = now()
  await Promise.all([view.moment(seq), states.states(seq, false)])
  return now() - began
}

interface Seeks {
  readonly took: readonly number[]
  /** Of all threads, collecting included, milliseconds a seek: what it costs where others use the machine, too. */
  readonly processorMs: number
}

async function measured(opened: Opened): Promise<Seeks> {
  const took: number[] = []
  const before = process.cpuUsage()
  let coin = SEED
  for (let i = 0; i < SEEKS; i++) {
    coin = (coin * 48_271) % 2_147_483_647
    took.push(await seek(opened, 1 + (coin % opened.lastSeq)))
  }
  const { user, system } = process.cpuUsage(before)
  return { took: sorted(took), processorMs: (user + system) / 1000 / SEEKS }
}

/** From the first question about a state until all are prepared; meanwhile somebody scrubs through what is. */
async function prepared({ states, lastSeq }: Opened): Promise<{ readonly tookMs: number; readonly meanwhile: readonly number[] }> {
  const began = now()
  const meanwhile: number[] = []
  let ready = (await states.states(1, false)).ready ?? 0
  for (let coin = SEED; ready < lastSeq; ) {
    coin = (coin * 48_271) % 2_147_483_647
    const asked = now()
    ready = (await states.states(1 + (coin % Math.max(1, ready)), false)).ready ?? 0
    meanwhile.push(now() - asked)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return { tookMs: now() - began, meanwhile }
}

const sorted = (took: readonly number[]) => [...took].sort((a, b) => a - b)

try {
  const short = await opened(longRun(SHORT))
  await prepared(short)
  const shortSeeks = await measured(short)
  const long = await opened(longRun(LONG))
  report({ name: `open ${LONG} events: overview, moment, first page`, value: long.tookMs, unit: 'ms', peer: 'limit', peerValue: 1500 })
  const { tookMs, meanwhile } = await prepared(long)
  report({ name: '... all states prepared, in the background', value: tookMs, unit: 'ms' })
  report({
    name: '... meanwhile, states where it has been, p99',
    value: percentile(sorted(meanwhile), 0.99),
    unit: 'ms',
    peer: 'limit',
    peerValue: 30,
  })
  const longSeeks = await measured(long)
  const p = (part: number) => ({ value: percentile(longSeeks.took, part), peerValue: percentile(shortSeeks.took, part) })
  const peer = `${SHORT} events`
  report({ name: `seek in ${LONG} events, every state, p50`, unit: 'ms', peer, ...p(0.5) })
  report({ name: `seek in ${LONG} events, every state, p99`, unit: 'ms', peer, ...p(0.99) })
  report({ name: '... p99 against the limit', value: percentile(longSeeks.took, 0.99), unit: 'ms', peer: 'limit', peerValue: 30 })
  const processor = { value: longSeeks.processorMs, unit: 'ms', peer, peerValue: shortSeeks.processorMs }
  report({ name: '... processor time a seek, mean', ...processor })
  remark(`load average ${os.loadavg()[0]?.toFixed(1)} on ${os.cpus().length} cores`)
  remark(`${SEEKS} seeks each, as they come, by a generator with seed ${SEED}`)
} finally {
  await replay.close()
  await stateThread.close()
}
