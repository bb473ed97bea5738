/** What a person wants to see of a replica at a glance, in the paper's words. */
import type { FactSpec, Observation } from '../core/machine.ts'
import { highMark, isPrimary, primaryOf } from './quorums.ts'
import type { PbftState } from './state.ts'

export const facts: readonly FactSpec[] = [
  { name: 'applied', label: 'executed', help: 'The last sequence number that it executed, all lower ones included. PBFT §4.2.' },
  {
    name: 'prepared',
    label: 'prepared',
    help: 'The highest number up to which all are prepared here: no other requests can have it in that view. PBFT §4.2.',
  },
  { name: 'low', label: 'low mark h', help: 'The last stable checkpoint: 2f + 1 replicas signed its digest. PBFT §4.3.' },
  { name: 'high', label: 'high mark H', help: 'h + k: no number above it is taken on before the next checkpoint is stable. PBFT §4.3.' },
  { name: 'changing', label: 'changing view', help: 'It gave the primary up and takes no part until the view begins. PBFT §4.4.' },
  {
    name: 'pending',
    label: 'waiting',
    help: 'Requests that it knows of and that are not executed. While there are any, a backup’s timer runs. PBFT §4.4.',
  },
]

/** Without a gap above what it executed: that far it costs no more than what is under way. */
function lastPrepared({ lastExecuted, slots, stable }: PbftState): number {
  let n = Math.max(lastExecuted, stable.n)
  while (slots.get(n + 1)?.prepared) n++
  return n
}

export function observe(state: PbftState): Observation {
  const values = {
    applied: state.lastExecuted,
    prepared: lastPrepared(state),
    low: state.stable.n,
    high: highMark(state),
    changing: !state.active,
    pending: state.pending.size,
  }
  if (!state.active) return { role: isPrimary(state) ? 'candidate' : 'follower', epoch: state.view, facts: values }
  return { role: isPrimary(state) ? 'leader' : 'follower', epoch: state.view, leader: primaryOf(state, state.view), facts: values }
}
