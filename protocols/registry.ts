/** The list of protocols; the only file that names them all. */
import type { AnyProtocol } from './core/machine.ts'
import { dynamo } from './dynamo/index.ts'
import { withLies } from './lies/liar.ts'
import { paxos } from './paxos/index.ts'
import { pbft } from './pbft/index.ts'
import { raft } from './raft/index.ts'

const all: readonly AnyProtocol[] = [raft, paxos, pbft, dynamo]

/** Nodes of each can be told to lie, whether or not it bears that. */
export const protocols: readonly AnyProtocol[] = all.map(withLies)

export function findProtocol(name: string): AnyProtocol | undefined {
  return protocols.find((protocol) => protocol.name === name)
}
