/** Giving up on a primary (§4.4, §4.5.2). */
import type { NodeId } from '../core/ids.ts'
import { wrongViewChange } from './certificates.ts'
import type { ViewChange } from './messages.ts'
import { beginNewView, forgetOldVotes } from './newView.ts'
import { doublePatience, setPatience } from './patience.ts'
import { primaryOf, quorum, weakQuorum } from './quorums.ts'
import { signed } from './signing.ts'
import { multicast, note, type PbftState, refuse, type Turn } from './state.ts'

/** Patience ran out: with the primary, or with a view that did not begin. */
export function onViewChangeTimer(turn: Turn): void {
  const { state } = turn
  if (state.waiting === 'nothing') return
  startViewChange(
    turn,
    state.view + 1,
    state.waiting === 'execution' ? 'a request was not executed in time' : 'the view did not begin in time',
  )
}

/** Takes no more part in the view that it was in, and says to all what it knows to be prepared (V1). */
export function startViewChange(turn: Turn, view: number, why: string): void {
  const { state } = turn
  note(turn, 'startViewChange', { view, primary: primaryOf(state, view), why })
  state.view = view
  state.active = false
  state.newView = undefined
  doublePatience(turn)
  setPatience(turn, 'nothing')
  forgetOldVotes(turn)
  const own = ownViewChange(state)
  multicast(turn, own)
  state.viewChanges = { ...state.viewChanges, [state.id]: own }
  onAsked(turn)
}

/** What this replica has to say for the view that it asks for. */
export function ownViewChange({ id, view, stable, slots }: PbftState): ViewChange {
  const P = [...slots.keys()].sort((a, b) => a - b).flatMap((n) => slots.get(n)?.prepared ?? [])
  return signed<ViewChange>(id, { kind: 'ViewChange', v: view, n: stable.n, C: [...stable.proof], P, i: id })
}

export function onViewChange(turn: Turn, from: NodeId, m: ViewChange): void {
  const { state } = turn
  if (m.v < state.view || (m.v === state.view && state.active)) return
  if ((state.viewChanges[m.i]?.v ?? -1) >= m.v) return
  const why = wrongViewChange(state, m)
  if (why !== undefined) return refuse(turn, from, 'ViewChange', why)
  state.viewChanges = { ...state.viewChanges, [m.i]: m }
  note(turn, 'countViewChange', { view: m.v, of: m.i, primary: primaryOf(state, m.v) })
  onAsked(turn)
}

/** Follows f + 1 that ask for later views; begins the view, or waits for it, when 2f + 1 ask for it (V3, V4, V7). */
function onAsked(turn: Turn): void {
  const { state } = turn
  const asked = Object.values(state.viewChanges)
  const later = asked.filter(({ v }) => v > state.view)
  if (later.length >= weakQuorum(state)) {
    return startViewChange(turn, Math.min(...later.map(({ v }) => v)), `${later.length} replicas ask for later views`)
  }
  if (state.active) return
  beginNewView(turn)
  if (state.active || state.waiting === 'newView') return
  // Who asks for a later view has asked for this one, too, though its word for it may be lost: without that, two who wait here for
  // a third that went on would wait for ever.
  if (asked.filter(({ v }) => v >= state.view).length >= quorum(state)) setPatience(turn, 'newView')
}
