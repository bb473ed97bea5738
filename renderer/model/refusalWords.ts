/** What is said of a node that says no to what it was told: who, to what, why, and what to do. */
import type { NodeId } from '../../protocols/core/ids.ts'
import type { Mark } from '../../protocols/core/mark.ts'

/** `label`: of what it was told, as it stands in the node's menu. */
export function refusalText(node: NodeId, label: string, { why, later, says }: NonNullable<Mark['no']>): string {
  const next = later || says === 'gives up' ? 'It can be told again.' : 'When that has changed, tell it again.'
  return `${node} ${says ?? 'refuses'} “${label}”: ${why}. ${next}`
}
