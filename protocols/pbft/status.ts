/**
 * What was missed is said again. The paper's network delivers everything in the end; this one loses messages, and replicas
 * crash. So everybody says now and then where it stands, and is sent what it lacks: the NewView or the ViewChange, the proof
 * of a checkpoint, a committed number with its Commits, its own votes for a number under way (Castro's thesis §5.2 does alike).
 */
import type { NodeId } from '../core/ids.ts'
import { wrongCommits } from './certificates.ts'
import { execute } from './execute.ts'
import type { Batch, Checkpoint, Committed, Status } from './messages.ts'
import { keepBatch } from './normal.ts'
import { isInWindow, isPrimary, primaryOf } from './quorums.ts'
import { digestOfBatch, NULL_DIGEST, signed } from './signing.ts'
import { changeSlot, multicast, note, type PbftState, refuse, send, slotAt, type Turn } from './state.ts'
import { urgeTransfer } from './transfer.ts'
import { ownViewChange } from './viewChange.ts'

/** Numbers that are sent again at once. */
const AT_ONCE = 16
/** Requests that a backup hands on again at once. */
const REQUESTS_AT_ONCE = 16

export function setStatusTimer({ state, effects }: Turn): void {
  const { statusMs } = state.options
  effects.push({ kind: 'setTimer', name: 'status', msMin: statusMs / 2, msMax: statusMs })
}

export function onStatusTimer(turn: Turn): void {
  const { state } = turn
  setStatusTimer(turn)
  multicast(turn, { kind: 'Status', v: state.view, active: state.active, h: state.stable.n, e: state.lastExecuted })
  urgeTransfer(turn)
  for (const d of missing(state)) multicast(turn, { kind: 'FetchBatch', d })
  if (!state.active || isPrimary(state)) return
  for (const request of state.pending.valueSeq().take(REQUESTS_AT_ONCE)) {
    send(turn, primaryOf(state, state.view), { kind: 'Request', request })
  }
}

/** Digests that were accepted, and whose requests it has never seen. */
function missing({ slots, batches }: PbftState): string[] {
  return [...new Set(slots.valueSeq().map(({ prePrepare }) => prePrepare?.d))]
    .sort()
    .filter((d) => d !== undefined && d !== NULL_DIGEST && !batches.has(d)) as string[]
}

/** Somebody says where it stands: gets what it lacks. */
export function onStatus(turn: Turn, from: NodeId, m: Status): void {
  const { state } = turn
  const before = state.heard[from]
  state.heard = { ...state.heard, [from]: { v: m.v, e: m.e } }
  helpWithView(turn, from, m)
  helpWithCheckpoint(turn, from, m)
  if (before?.e === m.e && before.v === m.v) helpWithNumbers(turn, from, m)
}

function helpWithView(turn: Turn, from: NodeId, m: Status): void {
  const { state } = turn
  if (m.v > state.view || (m.v === state.view && m.active)) return
  if (!state.active) send(turn, from, ownViewChange(state))
  else if (state.newView) send(turn, from, state.newView)
}

function helpWithCheckpoint(turn: Turn, from: NodeId, m: Status): void {
  const { state } = turn
  if (state.stable.n > m.h) for (const checkpoint of state.stable.proof) send(turn, from, checkpoint)
  for (const [n, { d }] of [...state.checkpoints].sort(([a], [b]) => a - b)) {
    if (n > m.h && n > state.stable.n) send(turn, from, signed<Checkpoint>(state.id, { kind: 'Checkpoint', n, d, i: state.id }))
  }
}

/** It stood there before, too: numbers that were committed here, and its own votes for those that are not. */
function helpWithNumbers(turn: Turn, from: NodeId, m: Status): void {
  const { state } = turn
  const first = Math.max(m.e, state.stable.n) + 1
  for (let n = first; n < first + AT_ONCE; n++) {
    const slot = state.slots.get(n)
    if (!slot) continue
    const { committed, prePrepare } = slot
    if (committed) send(turn, from, { kind: 'Committed', n, batch: [...batchOf(state, committed[0]?.d)], commits: [...committed] })
    else if (state.active && m.active && m.v === state.view && prePrepare) {
      const batch = batchOf(state, prePrepare.d)
      if (isPrimary(state) && batch.length > 0) send(turn, from, { ...prePrepare, batch: [...batch] })
      const prepare = slot.prepares[state.id]
      const commit = slot.commits[state.id]
      if (prepare) send(turn, from, prepare)
      if (commit) send(turn, from, commit)
    }
  }
}

const batchOf = ({ batches }: PbftState, d: string | undefined): Batch => batches.get(d ?? NULL_DIGEST) ?? []

/** Is shown that a number is committed, whatever view it is in itself. */
export function onCommitted(turn: Turn, from: NodeId, { n, batch, commits }: Committed): void {
  const { state } = turn
  if (!isInWindow(state, n) || slotAt(state, n).committed) return
  const why = wrongCommits(state, n, commits)
  if (why !== undefined) return refuse(turn, from, 'Committed', why)
  const d = commits[0]?.d
  if (d !== digestOfBatch(batch)) return refuse(turn, from, 'Committed', `the requests of number ${n} have another digest`)
  if (batch.length > 0) keepBatch(turn, d, batch)
  changeSlot(turn, n, { committed: commits })
  note(turn, 'learnCommitted', { n, d, from })
  execute(turn)
}

/** Gives the requests behind a digest, if it has them. */
export function onFetchBatch(turn: Turn, from: NodeId, d: string): void {
  const batch = turn.state.batches.get(d)
  if (batch) send(turn, from, { kind: 'Batch', batch: [...batch] })
}
