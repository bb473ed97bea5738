/** Named beginnings for a run, in the lab's scenario language (main/scenario/README.md). */
import type { ProtocolDefinition } from '../../core/machine.ts'
import { ballots } from './ballots.ts'
import { crashes } from './crashes.ts'
import { duels } from './duels.ts'
import { quorums } from './quorums.ts'
import { storms } from './storms.ts'

/** In the order in which a reader of the paper meets what they show. */
export const scenarios: ProtocolDefinition['scenarios'] = [...ballots, ...duels, ...crashes, ...quorums, ...storms]
