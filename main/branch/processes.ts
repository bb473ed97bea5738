/** A cut as the parts of a run of real processes take it up: the proxy what is on its way, the clients what was asked, the recorder what stands in the log. */
import type { NodeAction } from '../../protocols/core/fault.ts'
import { arriving } from '../../protocols/sim/cut.ts'
import type { ContinuedClients } from '../contract/process.ts'
import type { ProxyPast } from '../proxy/settings.ts'
import type { SequencedPast } from '../recorder/sequencer.ts'
import type { Beginning, FrozenCut } from './words.ts'

export function proxyPast({ cut, seed, timeScale }: Beginning): ProxyPast {
  const flights = arriving(cut.flights, cut.atUs, seed, 0).map(({ letter, dueUs, copies, held }) => ({
    ...{ dueMs: dueUs / 1e3, copies, held },
    message: { ...letter, clock: [...letter.clock] },
  }))
  return { links: cut.links, faults: cut.faults, armed: cut.armed, seed, timeScale, flights }
}

export const continuedClients = ({ clients, load }: FrozenCut): ContinuedClients => ({ ...clients, load: load ?? null })

/** What somebody had begun to do to each node. One that is down and starting is one that is being restarted. */
export function finishing({ cut, moment }: Beginning): (NodeAction | undefined)[] {
  return cut.nodes.map(
    ({ status, doing }, index) => doing ?? (status === 'starting' && moment.nodes[index]?.status === 'down' ? 'restart' : undefined),
  )
}

export function sequencedPast({ nodes, clients }: FrozenCut): SequencedPast {
  const steps = nodes.map(({ life, step }, endpoint) => ({ endpoint, life, step })).filter(({ life }) => life > 0)
  return {
    steps: [...steps, { endpoint: nodes.length, life: 1, step: clients.step }],
    delivered: nodes.flatMap(({ inbox }) => inbox.map(({ message }) => message)),
  }
}
