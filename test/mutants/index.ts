/** The list of planted mistakes; the only file that names the protocols that have some. */
import { mistakes as dynamo } from './dynamo.ts'
import { mistakes as paxos } from './paxos.ts'
import { mistakes as pbft } from './pbft.ts'
import type { Mistake } from './plant.ts'
import { mistakes as raft } from './raft.ts'

export interface Mutant extends Mistake {
  /** The protocol whose default plan must find it. */
  readonly protocol: string
}

const of = (protocol: string, mistakes: readonly Mistake[]): readonly Mutant[] => mistakes.map((mistake) => ({ protocol, ...mistake }))

export const mutants: readonly Mutant[] = [...of('raft', raft), ...of('paxos', paxos), ...of('pbft', pbft), ...of('dynamo', dynamo)]
