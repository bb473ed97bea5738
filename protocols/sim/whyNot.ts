/** What cannot be done to a node as it is: said alike of simulated nodes, and of what is written for them. */
import type { NodeAction } from '../core/fault.ts'
import type { NodeId } from '../core/ids.ts'
import type { AnyProtocol } from '../core/machine.ts'
import type { NodeStatus } from '../core/moment.ts'

export interface Problem {
  /** `down`: it does not run. */
  readonly why: 'down' | 'state'
  readonly text: string
}

/** Undefined when it can be done. */
export function whyNot(
  id: NodeId,
  status: NodeStatus,
  what: NodeAction,
  { title, membership }: Pick<AnyProtocol, 'title' | 'membership'>,
): Problem | undefined {
  const state = (text: string): Problem => ({ why: 'state', text })
  if (what === 'add') return status === 'empty' ? undefined : state(`${id} is there already.`)
  if (status === 'empty') return { why: 'down', text: `${id} is not there: its seat is empty. Add it first.` }
  if (what === 'remove')
    return membership ? undefined : state(`${id} cannot be removed: ${title} has no way to change who is a member. Crash it instead.`)
  if (what === 'restart') return status === 'down' ? undefined : state(`${id} is running already. Crash it first.`)
  if (what === 'wipe') return status === 'down' ? undefined : state(`${id} is running: its disk cannot be wiped under it.`)
  if (status === 'down') return { why: 'down', text: `${id} is down: there is nothing to ${what}.` }
  if (what === 'pause') return status === 'up' ? undefined : state(`${id} is ${status}: it cannot be paused.`)
  if (what === 'resume') return status === 'paused' ? undefined : state(`${id} is not paused.`)
  return undefined
}
