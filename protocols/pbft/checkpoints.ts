/** Checkpoints and garbage collection (§4.3): what 2f + 1 replicas know to be the state need not be remembered how it came about. */
import type { NodeId } from '../core/ids.ts'
import { digestText } from '../core/signature.ts'
import type { Checkpoint } from './messages.ts'
import { quorum } from './quorums.ts'
import { isSignedBy, signed } from './signing.ts'
import { snapshotText } from './snapshot.ts'
import { multicast, note, refuse, type Slot, type Stable, type Turn } from './state.ts'
import { startTransfer } from './transfer.ts'

/** After executing a multiple of K: remembers the state, and says its digest. */
export function takeCheckpoint(turn: Turn, n: number): void {
  const { state } = turn
  const { hosted, replies } = state
  const d = digestText(snapshotText(n, hosted, replies))
  state.checkpoints = state.checkpoints.set(n, { d, hosted, replies })
  note(turn, 'takeCheckpoint', { n, d })
  const checkpoint = signed<Checkpoint>(state.id, { kind: 'Checkpoint', n, d, i: state.id })
  multicast(turn, checkpoint)
  claim(turn, checkpoint)
  checkStable(turn, n)
}

/**
 * Of one replica the last that it said counts, not the first: a liar tells one digest to this replica and another to those who prove the checkpoint, and
 * what they show must not be turned down for that.
 */
export function onCheckpoint(turn: Turn, from: NodeId, m: Checkpoint): void {
  const { state } = turn
  if (m.n <= state.stable.n || state.claims.get(m.n)?.[m.i]?.d === m.d) return
  if (!state.nodes.includes(m.i)) return refuse(turn, from, 'Checkpoint', `${m.i} is no replica`)
  if (m.n % state.options.checkpointEvery !== 0)
    return refuse(turn, from, 'Checkpoint', `${m.n} is no multiple of ${state.options.checkpointEvery}`)
  if (!isSignedBy(m.i, m)) return refuse(turn, from, 'Checkpoint', `it is not signed by ${m.i}`)
  claim(turn, m)
  checkStable(turn, m.n)
}

/** Claims of one replica that are kept at once: it cannot fill the memory of others by claiming numbers that nobody reached. */
const CLAIMS_KEPT = 8

function claim({ state }: Turn, m: Checkpoint): void {
  state.claims = state.claims.set(m.n, { ...state.claims.get(m.n), [m.i]: m })
  const own = [...state.claims].flatMap(([n, claims]) => (claims[m.i] ? [n] : []))
  if (own.length <= CLAIMS_KEPT) return
  // The lowest go first: what lies above is what a replica far behind needs (§4.3, rule of f + 1 Checkpoints above H).
  const lowest = Math.min(...own)
  const { [m.i]: _, ...others } = state.claims.get(lowest) ?? {}
  state.claims = Object.keys(others).length === 0 ? state.claims.delete(lowest) : state.claims.set(lowest, others)
}

/** 2f + 1 Checkpoints of different replicas with one digest prove it. Who did not come so far itself fetches the state. */
function checkStable(turn: Turn, n: number): void {
  const { state } = turn
  const said = state.claims.get(n)
  const claims = state.nodes.flatMap((node) => said?.[node] ?? [])
  for (const d of new Set(claims.map((each) => each.d))) {
    const proof = claims.filter((each) => each.d === d).slice(0, quorum(state))
    if (proof.length === quorum(state)) return onProved(turn, { n, d, proof })
  }
}

function onProved(turn: Turn, proved: Stable): void {
  const { state } = turn
  const own = state.checkpoints.get(proved.n)
  if (own?.d === proved.d) return makeStable(turn, proved)
  if (own) return note(turn, 'diverged', { n: proved.n, own: own.d, proved: proved.d })
  if (proved.n > state.lastExecuted) startTransfer(turn, proved)
}

/** The low water mark moves, and all that it took to come there is forgotten. */
export function makeStable(turn: Turn, stable: Stable): void {
  const { state } = turn
  if (stable.n <= state.stable.n) return
  state.stable = stable
  state.slots = state.slots.filter((_, n) => n > stable.n)
  state.checkpoints = state.checkpoints.filter((_, n) => n >= stable.n)
  state.claims = state.claims.filter((_, n) => n > stable.n)
  const needed = new Set(state.slots.valueSeq().flatMap(digestsOf))
  state.batches = state.batches.filter((_, d) => needed.has(d))
  if (state.transfer && state.transfer.n <= stable.n) state.transfer = undefined
  state.lastProposed = Math.max(state.lastProposed, stable.n)
  note(turn, 'stable', { n: stable.n, d: stable.d })
}

const digestsOf = ({ prePrepare, prepared, committed }: Slot): string[] =>
  [prePrepare?.d, prepared?.prePrepare.d, committed?.[0]?.d].filter((d) => d !== undefined)

/** Takes in the proof that somebody shows, as if each had said so to this replica (§4.4: of a ViewChange in a NewView). */
export function learnProof(turn: Turn, from: NodeId, proof: readonly Checkpoint[]): void {
  for (const checkpoint of proof) onCheckpoint(turn, from, checkpoint)
}
