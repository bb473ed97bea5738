/** The new view (§4.4): what its primary makes of 2f + 1 ViewChanges, and how every backup makes it again to check it. */
import type { NodeId } from '../core/ids.ts'
import { wrongViewChange } from './certificates.ts'
import { learnProof } from './checkpoints.ts'
import type { NewView, PrePrepare, Prepared, ViewChange } from './messages.ts'
import { accept } from './normal.ts'
import { setPatience } from './patience.ts'
import { type Cluster, isInWindow, isPrimary, primaryOf, quorum } from './quorums.ts'
import { isSignedBy, NULL_DIGEST, signed } from './signing.ts'
import { multicast, note, refuse, send, slotAt, type Turn } from './state.ts'

export interface Computed {
  /** The latest stable checkpoint in V. */
  readonly minS: number
  /** The highest number in any P of V. */
  readonly maxS: number
  /** What must stand at each number between: the digest prepared in the highest view, or the null request. */
  readonly digests: readonly { readonly n: number; readonly d: string }[]
}

/** What follows from V for the new view (§4.4, 1 and 2). */
export function compute(V: readonly ViewChange[]): Computed {
  const minS = Math.max(...V.map(({ n }) => n))
  const best = new Map<number, Prepared>()
  for (const { P } of V) {
    for (const prepared of P) {
      const { n, v } = prepared.prePrepare
      if (n <= minS) continue
      const other = best.get(n)
      if (!other || v > other.prePrepare.v) best.set(n, prepared)
    }
  }
  const maxS = Math.max(minS, ...best.keys())
  const digests = Array.from({ length: maxS - minS }, (_, index) => {
    const n = minS + 1 + index
    return { n, d: best.get(n)?.prePrepare.d ?? NULL_DIGEST }
  })
  return { minS, maxS, digests }
}

/** The primary of the view that changes begins it, as soon as 2f + 1 ask for it, itself among them. */
export function beginNewView(turn: Turn): void {
  const { state } = turn
  if (state.active || !isPrimary(state)) return
  const asking = [state.id, ...state.nodes.filter((node) => node !== state.id)].flatMap((node) => {
    const viewChange = state.viewChanges[node]
    return viewChange?.v === state.view ? [viewChange] : []
  })
  if (asking.length < quorum(state)) return
  const V = asking.slice(0, quorum(state))
  const v = state.view
  const O = compute(V).digests.map(({ n, d }) => signed<PrePrepare>(state.id, { kind: 'PrePrepare', v, n, d }))
  const newView = signed<NewView>(state.id, { kind: 'NewView', v, V, O })
  note(turn, 'newView', { view: v, of: V.map(({ i }) => i), again: O.length })
  multicast(turn, newView)
  enter(turn, newView)
}

/** Whether the NewView could be one: false when its primary is found out, which ends the view before it began. */
export function onNewView(turn: Turn, from: NodeId, m: NewView): boolean {
  const { state } = turn
  if (m.v < state.view || (m.v === state.view && state.active)) return true
  const primary = primaryOf(state, m.v)
  if (!isSignedBy(primary, m)) {
    refuse(turn, from, 'NewView', `it is not signed by ${primary}, the primary of view ${m.v}`)
    return true
  }
  const why = wrongNewView(state, m)
  if (why !== undefined) {
    refuse(turn, from, 'NewView', why)
    return m.v !== state.view
  }
  note(turn, 'enterView', { view: m.v, primary })
  enter(turn, m)
  return true
}

/** V must be what 2f + 1 different replicas really asked for, and O what follows from it. */
export function wrongNewView(cluster: Cluster, { v, V, O }: NewView): string | undefined {
  if (V.length < quorum(cluster)) return `${V.length} ViewChanges are fewer than ${quorum(cluster)}`
  if (new Set(V.map(({ i }) => i)).size < V.length) return 'two of its ViewChanges are of one replica'
  for (const viewChange of V) {
    if (viewChange.v !== v) return `the ViewChange of ${viewChange.i} asks for view ${viewChange.v}`
    const why = wrongViewChange(cluster, viewChange)
    if (why !== undefined) return `the ViewChange of ${viewChange.i} does not hold: ${why}`
  }
  const { digests } = compute(V)
  if (O.length !== digests.length) return `it has ${O.length} numbers where ${digests.length} follow from its ViewChanges`
  for (const [index, { n, d }] of digests.entries()) {
    const prePrepare = O[index] as PrePrepare
    if (prePrepare.v !== v || prePrepare.n !== n || prePrepare.d !== d) return `at number ${n} it has not what follows from its ViewChanges`
    if (!isSignedBy(primaryOf(cluster, v), prePrepare)) return `its PrePrepare of ${n} is not signed by its primary`
  }
  return undefined
}

/** The view begins here: what was voted for in earlier views is void, what was prepared in them stays (§4.4). */
function enter(turn: Turn, newView: NewView): void {
  const { state } = turn
  const { v, V } = newView
  state.view = v
  state.active = true
  state.newView = newView
  state.viewChanges = Object.fromEntries(Object.entries(state.viewChanges).filter(([, viewChange]) => viewChange.v > v))
  setPatience(turn, 'nothing')
  forgetOldVotes(turn)
  const { minS, maxS } = compute(V)
  const ahead = V.find(({ n }) => n === minS)
  if (ahead && minS > state.stable.n) learnProof(turn, ahead.i, ahead.C)
  state.lastProposed = Math.max(maxS, state.stable.n)
  logNewView(turn)
  state.proposed = state.proposed.clear()
  for (const { d } of newView.O) {
    for (const { client, timestamp } of state.batches.get(d) ?? [])
      state.proposed = state.proposed.set(client, Math.max(timestamp, state.proposed.get(client) ?? 0))
  }
  if (isPrimary(state)) return
  for (const request of state.pending.valueSeq().take(state.options.maxBatch)) send(turn, primaryOf(state, v), { kind: 'Request', request })
}

/** Votes and acceptances of views before the present one. Votes of views to come are kept. */
export function forgetOldVotes({ state }: Turn): void {
  const { view } = state
  state.slots = state.slots.map((slot) => {
    const { prePrepare, prepares, commits, ...rest } = slot
    const now = <V extends { readonly v: number }>(votes: { readonly [replica: NodeId]: V }): { readonly [replica: NodeId]: V } =>
      Object.fromEntries(Object.entries(votes).filter(([, vote]) => vote.v >= view))
    return {
      ...rest,
      ...(prePrepare && prePrepare.v >= view ? { prePrepare } : {}),
      prepares: now(prepares),
      commits: now(commits),
    }
  })
}

/** Agrees to every PrePrepare of the NewView that lies between its own water marks; again when a fetched state has moved these. */
export function logNewView(turn: Turn): void {
  const { state } = turn
  if (!state.active || !state.newView) return
  for (const prePrepare of state.newView.O) {
    const { n, d } = prePrepare
    if (!isInWindow(state, n) || slotAt(state, n).prePrepare) continue
    accept(turn, prePrepare)
    if (d !== NULL_DIGEST && !state.batches.has(d)) {
      note(turn, 'fetchBatch', { n, d })
      multicast(turn, { kind: 'FetchBatch', d })
    }
  }
}
