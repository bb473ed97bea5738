/**
 * The one timer of a replica (§4.4, §4.5.2). It runs at a backup while a request that it knows of waits to be executed, and at
 * everybody while a view that 2f + 1 asked for does not begin. When it runs out, the next view is asked for.
 */
import { isPrimary } from './quorums.ts'
import type { Turn, Waiting } from './state.ts'

export function setPatience(turn: Turn, waiting: Waiting): void {
  const { state, effects } = turn
  if (waiting === 'nothing') {
    if (state.waiting !== 'nothing') effects.push({ kind: 'cancelTimer', name: 'viewChange' })
  } else effects.push({ kind: 'setTimer', name: 'viewChange', msMin: state.patienceMs, msMax: state.patienceMs })
  state.waiting = waiting
  state.awaited = waiting === 'execution' ? state.pending.first() : undefined
}

/** At the end of every step. Runs while a request waits: started by the first, not by those that follow. */
export function watchExecution(turn: Turn): void {
  const { state } = turn
  if (!state.active) return
  const waits = !state.pending.isEmpty() && !isPrimary(state)
  if (waits !== (state.waiting === 'execution')) setPatience(turn, waits ? 'execution' : 'nothing')
}

/**
 * Something was executed: patience is what it was at first. It begins anew, while others wait, when the very request was executed
 * that it waits for (§4.4): a primary that serves all but one client is given up, too.
 */
export function onProgress(turn: Turn): void {
  const { state } = turn
  state.patienceMs = state.options.viewChangeMs
  if (state.waiting !== 'execution' || !state.awaited) return
  const { client, timestamp } = state.awaited
  if (state.pending.get(client)?.timestamp !== timestamp) setPatience(turn, 'nothing')
}

/** Every view that brings nothing gets twice the time (§4.5.2), up to a bound: the paper has none, and its delays grow without one, too. */
export function doublePatience({ state }: Turn): void {
  state.patienceMs = Math.min(state.options.viewChangeMsMax, state.patienceMs * 2)
}
