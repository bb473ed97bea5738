/** The list of planted mistakes; the only file that names the protocols that have some. */
import { mistakes as dynamo } from './dynamo.ts'
import { mistakes as lock } from './lock.ts'
import { mistakes as paxos } from './paxos.ts'
import { mistakes as pbft } from './pbft.ts'
import type { Mistake } from './plant.ts'
import { mistakes as raft } from './raft.ts'

export interface Mutant extends Mistake {
  /** The protocol whose default plan must find it. */
  readonly protocol: string
  /** The service whose mistake it is; else it is the protocol's own. */
  readonly service?: string
  /** The scenario in place of the protocol's usual one. */
  readonly plan?: string
}

const of = (protocol: string, mistakes: readonly Mistake[]): readonly Mutant[] => mistakes.map((mistake) => ({ protocol, ...mistake }))

/** Mistakes of a service are looked for on the first protocol that carries it. */
const inService = (service: string, mistakes: readonly Mistake[]): readonly Mutant[] =>
  of('raft', mistakes).map((mutant) => ({ ...mutant, service, plan: `${service}-bad-afternoon` }))

export const mutants: readonly Mutant[] = [
  ...of('raft', raft),
  ...of('paxos', paxos),
  ...of('pbft', pbft),
  ...of('dynamo', dynamo),
  ...inService('lock', lock),
]
