/** A made-up curve of likelihoods in the shape of a real one, for a window without an engine. */
import type { FuturesReport } from '../../../main/contract/futures.ts'
import type { World } from './world.ts'

export function futuresOf(world: World, at: number): FuturesReport {
  const end = world.events[at - 1]?.atUs ?? 0
  const moments = Array.from({ length: 16 }, (_, i) => Math.max(1, Math.round((at * (i + 1)) / 16))).map((seq, i) => {
    const share = i < 6 ? 0.02 : i < 11 ? 0.36 : i < 15 ? 0.94 : 1
    const half = i === 15 ? 0 : 0.05
    const seeds = { ...(share > 0 ? { hit: 7 } : {}), ...(share < 1 ? { miss: 8 } : {}) }
    const bounds = { low: Math.max(0, share - half), high: Math.min(1, share + half) }
    return { seq, atUs: world.events[seq - 1]?.atUs ?? end, futures: 200, hits: Math.round(200 * share), share, ...bounds, ...seeds }
  })
  const step = (i: number, text: string) => {
    const [from, to] = [moments[i], moments[i + 1]]
    return { from: from?.seq ?? 1, to: to?.seq ?? 1, before: from?.share ?? 0, after: to?.share ?? 0, event: to?.seq ?? 1, text }
  }
  return {
    what: world.violations[0] ? `${world.violations[0].invariant}: ${world.violations[0].text}` : `event ${at}`,
    ...{ seq: at, untilUs: end + 2e6, moments, steps: [step(5, 'n2 stands for term 2'), step(10, 'n3 votes for n2')] },
    ...{ isDone: true, troubles: [] },
  }
}
