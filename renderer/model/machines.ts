/** What ails the machines of simulated nodes, apart from their links: clocks that are wrong, disks that are slow. */
import type { NodeId } from '../../protocols/core/ids.ts'
import { clockText, diskText } from '../../protocols/words/faultText.ts'
import type { Snapshot } from './snapshot.ts'

export type MachinePart = 'clock' | 'disk'

export interface Ailment {
  readonly node: NodeId
  readonly part: MachinePart
  /** "The clock of n1 is 500 ms ahead". */
  readonly text: string
  /** What puts it right: "Set the clock of n1 right". */
  readonly cure: string
}

export function ailmentsOf(moment: Snapshot | undefined): Ailment[] {
  const found: Ailment[] = []
  for (const [node, { clock, syncMs }] of moment?.nodes ?? []) {
    if (clock) found.push({ node, part: 'clock', text: clockText(node, clock), cure: `Set the clock of ${node} right` })
    if (syncMs) found.push({ node, part: 'disk', text: diskText(node, syncMs), cure: `Make the disk of ${node} as fast as usual` })
  }
  return found
}
