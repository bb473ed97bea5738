/**
 * Leadership transfer (dissertation §3.10): the leader takes no more requests, brings another server's log up to its own, and asks it to stand
 * at once. Most likely that one wins before anybody else's patience ends. If it has not within an election timeout, the leader goes on.
 */
import type { NodeId } from '../core/ids.ts'
import { isVoter, latest } from './configuration.ts'
import { giveUpLease } from './lease.ts'
import { lastIndex } from './log.ts'
import { note, refuseControl, send, setTimer, type Turn } from './state.ts'

export function transferLeadership(turn: Turn, to: NodeId): void {
  const { state } = turn
  const refuse = (why: string) => refuseControl(turn, 'transferLeadership', [to], why)
  if (state.role !== 'leader') return refuse('it does not lead')
  if (to === state.id) return refuse('it leads already')
  if (!isVoter(latest(state), to)) return refuse(`${to} has no vote`)
  if (state.change !== undefined) return refuse('members are changing')
  if (state.transfer !== undefined) return refuse(`it hands over to ${state.transfer} already`)
  state.transfer = to
  const { electionMsMin } = state.options
  setTimer(turn, 'transfer', electionMsMin, electionMsMin)
  note(turn, 'beginTransfer', { to, term: state.currentTerm })
  proceedWithTransfer(turn)
}

/** Asks the target to stand as soon as it has everything, and again with each heartbeat, since a message may be lost. */
export function proceedWithTransfer(turn: Turn): void {
  const { state } = turn
  const to = state.transfer
  if (to === undefined || state.progress[to]?.matchIndex !== lastIndex(state.log)) return
  if (!state.lease.isGivenUp) giveUpLease(turn)
  send(turn, to, { kind: 'TimeoutNow', term: state.currentTerm })
}

/** Not done within an election timeout: the leader takes requests again. */
export function onTransferTimer(turn: Turn): void {
  const { state } = turn
  if (state.transfer === undefined) return
  note(turn, 'abandonTransfer', {
    ...{ to: state.transfer, term: state.currentTerm },
    ...{ about: [state.transfer], why: `${state.transfer} did not win in time` },
  })
  state.transfer = undefined
}
