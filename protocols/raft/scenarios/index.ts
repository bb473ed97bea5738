/** Named beginnings for a run, in the lab's scenario language (main/scenario/README.md). */
import type { ProtocolDefinition } from '../../core/machine.ts'
import { crashes } from './crashes.ts'
import { elections } from './elections.ts'
import { figure8 } from './figure8.ts'
import { members } from './members.ts'
import { reads } from './reads.ts'
import { snapshots } from './snapshots.ts'
import { storms } from './storms.ts'

/** In the order in which a reader of the paper meets what they show. */
export const scenarios: ProtocolDefinition['scenarios'] = [
  ...crashes,
  ...figure8,
  ...elections,
  ...reads,
  ...members,
  ...snapshots,
  ...storms,
]
