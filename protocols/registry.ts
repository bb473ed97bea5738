/** The list of protocols; the only file that names them all. */
import type { AnyProtocol } from './core/machine.ts'
import { dynamo } from './dynamo/index.ts'
import { withLies } from './lies/liar.ts'
import { paxos } from './paxos/index.ts'
import { pbft } from './pbft/index.ts'
import { raft } from './raft/index.ts'
import { services } from './services/index.ts'

const all: readonly AnyProtocol[] = [raft, paxos, pbft, dynamo]

/** Nodes of each can be told to lie, whether or not it bears that; and who carries any service shows what services have to show. */
export const protocols: readonly AnyProtocol[] = all.map(withServices).map(withLies)

export function findProtocol(name: string): AnyProtocol | undefined {
  return protocols.find((protocol) => protocol.name === name)
}

function withServices(protocol: AnyProtocol): AnyProtocol {
  if (!protocol.services.includes('*')) return protocol
  const { name, clusterSize, scenarios } = protocol
  const carried = services.flatMap((service) =>
    (service.scenarios ?? []).map(({ text, ...words }) => ({
      ...words,
      text: text(`protocol: ${name}, service: ${service.name}, nodes: ${clusterSize.usual}`),
    })),
  )
  return { ...protocol, scenarios: [...scenarios, ...carried] }
}
