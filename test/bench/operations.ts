/** What a run's clients achieved, read from its own recording: every operation is there with when it began and ended. */
import { type Load, loadSchema } from '../../protocols/core/config.ts'
import type { RunId } from '../../protocols/core/ids.ts'
import { type BenchLab, pause } from './bench-lab.ts'
import { percentile } from './figures.ts'
import type { Throughput } from './peer/etcd.ts'

/**
 * With so many outstanding a run is warmed up, whatever it is measured with: code is compiled by how often it has run, and with
 * one outstanding it would take most of a minute until everything is.
 */
export const WARM_UP_OUTSTANDING = 256
const WARM_UP_MS = 6000
/**
 * Until code that was compiled for another load is compiled for this one. With one outstanding every operation has turns of its own, and
 * what is done once a turn has hardly run before: compilers in the background still take a tenth of a processor after ten seconds, and
 * a fiftieth after thirty.
 */
const settleMs = ({ clients }: Load) => (clients === 1 ? 25_000 : 6000)

/** What clients achieve with this load once all is warm: for `measuredMs`, of a run that is recorded and judged while no window is open. The run ends with it. */
export async function achieved(lab: BenchLab, run: RunId, load: Load, measuredMs: number): Promise<Throughput> {
  await lab.call('run.watch', { run, on: false })
  await lab.call('run.load', { run, load: writes(WARM_UP_OUTSTANDING) })
  await pause(WARM_UP_MS)
  await lab.call('run.load', { run, load })
  await pause(settleMs(load))
  const fromUs = (await lab.moment(run)).atUs
  await pause(measuredMs)
  const toUs = (await lab.moment(run)).atUs
  await lab.call('run.load', { run, load: null })
  await lab.call('runs.stop', { run })
  const result = await throughput(lab, run, fromUs, toUs)
  await lab.call('runs.delete', { run })
  return result
}

/** As many clients as operations are outstanding, writing 64 bytes as fast as answers come. */
export const writes = (clients: number, operations?: number): Load =>
  loadSchema.parse({
    clients,
    rate: 0,
    mix: { read: 0, write: 1, cas: 0 },
    keys: 1000,
    valueBytes: 64,
    ...(operations ? { operations } : {}),
  })

/** Operations that ended well between two real times of the run, in microseconds. */
export async function throughput(
  lab: BenchLab,
  run: RunId,
  fromUs: number,
  toUs: number,
  /** What the rate is taken over: the given span, or from the first beginning to the last end within it. */
  over: 'span' | 'first to last' = 'span',
): Promise<Throughput & { readonly operations: number }> {
  const begunUs = new Map<number, number>()
  const latenciesMs: number[] = []
  let firstUs = Number.POSITIVE_INFINITY
  let lastUs = fromUs
  let next: number | undefined = (await lab.call('run.seek', { run, atUs: Math.max(0, fromUs - 1_000_000) })).seq
  while (next !== undefined) {
    const page: Awaited<ReturnType<typeof readPage>> = await readPage(lab, run, next)
    for (const event of page.events) {
      if (event.kind === 'invoke') begunUs.set(event.operation, event.atUs)
      if (event.kind !== 'return' || event.outcome.is !== 'ok' || event.atUs < fromUs || event.atUs > toUs) continue
      const begun = begunUs.get(event.operation)
      if (begun === undefined) continue
      latenciesMs.push((event.atUs - begun) / 1000)
      if (begun >= fromUs) firstUs = Math.min(firstUs, begun)
      lastUs = Math.max(lastUs, event.atUs)
    }
    next = page.next
  }
  latenciesMs.sort((a, b) => a - b)
  const seconds = (over === 'span' ? toUs - fromUs : lastUs - firstUs) / 1e6
  return {
    operations: latenciesMs.length,
    perSecond: latenciesMs.length / seconds,
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: percentile(latenciesMs, 0.99),
  }
}

const readPage = (lab: BenchLab, run: RunId, from: number) =>
  lab.call('run.events', { run, from, limit: 5000, where: 'kind:invoke,return' })
