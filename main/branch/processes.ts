/** A cut as the parts of a run of real processes take it up: the proxy what is on its way, the clients what was asked, the recorder what stands in the log. */
import type { NodeAction } from '../../protocols/core/fault.ts'
import { lettersIn } from '../../protocols/sim/framed.ts'
import type { ContinuedClients } from '../contract/process.ts'
import type { ProxyPast } from '../proxy/settings.ts'
import type { SequencedPast } from '../recorder/sequencer.ts'
import type { Beginning, FrozenCut } from './words.ts'

export function proxyPast({ cut, seed, timeScale }: Beginning): ProxyPast {
  const { links, faults, armed, flights, atUs } = cut
  return { links, faults, armed, seed, timeScale, flights, atUs }
}

export const continuedClients = ({ clients, load }: FrozenCut): ContinuedClients => ({ ...clients, load: load ?? null })

/** What somebody had begun to do to each node. One that is down and starting is one that is being restarted. */
export function finishing({ cut, was }: Beginning): (NodeAction | undefined)[] {
  return cut.nodes.map(
    ({ status, doing }, index) => doing ?? (status === 'starting' && was.nodes[index]?.status === 'down' ? 'restart' : undefined),
  )
}

export function sequencedPast({ nodes, clients }: FrozenCut): SequencedPast {
  const steps = nodes.map(({ life, step }, endpoint) => ({ endpoint, life, step })).filter(({ life }) => life > 0)
  return {
    steps: [...steps, { endpoint: nodes.length, life: 1, step: clients.step }],
    delivered: nodes.flatMap(({ inbox }) => lettersIn(inbox).map(({ message }) => message)),
  }
}
