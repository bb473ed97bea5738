/** The list of protocols; the only file that names them all. */
import type { AnyProtocol } from './core/machine.ts'
import { raft } from './raft/index.ts'

export const protocols: readonly AnyProtocol[] = [raft]

export function findProtocol(name: string): AnyProtocol | undefined {
  return protocols.find((protocol) => protocol.name === name)
}
