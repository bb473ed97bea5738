/**
 * What a replica reads back from its disk: all that it accepted, prepared and committed since the last stable checkpoint, and
 * the checkpoint itself. The paper's replicas forget nothing; one that came back without what it had promised would be a
 * faulty one. One record for each step that changed anything of it; a stable checkpoint stands for all records before it.
 *
 *     { view, active, newView, slots: { 5: { prePrepare, prepared, committed } }, batches: { digest: [...] } }
 *     { stable, state, ... }    the same, whole, and the state at the checkpoint
 */
import type { Effect } from '../core/effect.ts'
import type { Json } from '../core/json.ts'
import type { Batch, NewView, PbftMessage } from './messages.ts'
import { readSnapshot, snapshotText } from './snapshot.ts'
import { emptySlot, type PbftState, type Slot, type Stable, type Turn } from './state.ts'

type KeptSlot = Pick<Slot, 'prePrepare' | 'prepared' | 'committed'>

interface PersistedRecord {
  readonly view?: number
  readonly active?: boolean
  readonly newView?: NewView | null
  readonly slots?: { readonly [n: string]: KeptSlot }
  readonly batches?: { readonly [d: string]: Batch }
  readonly stable?: Stable
  readonly state?: string
}

/** What of a step must be durable before anything that it says leaves; undefined when nothing must. */
export function recordOf(
  before: PbftState,
  { state: after, touched }: Pick<Turn, 'state' | 'touched'>,
): Extract<Effect<PbftMessage>, { kind: 'persist' }> | undefined {
  const whole = after.stable !== before.stable
  const record: { -readonly [field in keyof PersistedRecord]: PersistedRecord[field] } = {}
  if (whole || after.view !== before.view || after.active !== before.active) {
    record.view = after.view
    record.active = after.active
    record.newView = after.newView ?? null
  }
  const slots = whole ? changedSlots(undefined, after.slots, after.slots.keys()) : changedSlots(before.slots, after.slots, touched)
  if (slots) record.slots = slots
  if (whole || after.batches !== before.batches) {
    const batches = Object.fromEntries(
      [...after.batches].filter(([d]) => whole || !before.batches.has(d)).sort(([a], [b]) => (a < b ? -1 : 1)),
    )
    if (Object.keys(batches).length > 0) record.batches = batches
  }
  if (whole) {
    const { stable } = after
    const own = after.checkpoints.get(stable.n)
    record.stable = stable
    if (own) record.state = snapshotText(stable.n, own.hosted, own.replies)
    return { kind: 'persist', record: record as Json, replaces: true }
  }
  return Object.keys(record).length === 0 ? undefined : { kind: 'persist', record: record as Json }
}

/** Of the slots that were touched, what is new and must be kept. */
function changedSlots(
  before: PbftState['slots'] | undefined,
  after: PbftState['slots'],
  touched: Iterable<number>,
): PersistedRecord['slots'] | undefined {
  const changed: { [n: string]: KeptSlot } = {}
  for (const n of touched) {
    const slot = after.get(n)
    if (!slot) continue
    const { prePrepare, prepared, committed } = before?.get(n) ?? emptySlot
    const kept: { -readonly [field in keyof KeptSlot]: KeptSlot[field] } = {}
    if (slot.prePrepare && slot.prePrepare !== prePrepare) kept.prePrepare = slot.prePrepare
    if (slot.prepared && slot.prepared !== prepared) kept.prepared = slot.prepared
    if (slot.committed && slot.committed !== committed) kept.committed = slot.committed
    if (Object.keys(kept).length > 0) changed[n] = kept
  }
  return Object.keys(changed).length === 0 ? undefined : changed
}

/** `fresh` as the last of `records` left it. Committed numbers are not executed yet. */
export function recover(fresh: PbftState, records: readonly Json[]): PbftState {
  const state = { ...fresh }
  for (const { view, active, newView, slots, batches, stable, state: text } of records as readonly PersistedRecord[]) {
    if (stable !== undefined && text !== undefined) {
      const { hosted, replies } = readSnapshot(text)
      Object.assign(state, { ...fresh, stable, hosted, replies, lastExecuted: stable.n })
      state.checkpoints = state.checkpoints.set(stable.n, { d: stable.d, hosted, replies })
    }
    if (view !== undefined) state.view = view
    if (active !== undefined) state.active = active
    if (newView !== undefined) state.newView = newView ?? undefined
    for (const [n, kept] of Object.entries(slots ?? {}))
      state.slots = state.slots.set(Number(n), { ...(state.slots.get(Number(n)) ?? emptySlot), ...kept })
    for (const [d, batch] of Object.entries(batches ?? {})) state.batches = state.batches.set(d, batch)
  }
  return state
}
