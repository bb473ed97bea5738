/** Executes what is committed, in the order of numbers, every request once (§4.1, §4.2). */
import { takeCheckpoint } from './checkpoints.ts'
import type { Batch } from './messages.ts'
import { onProgress } from './patience.ts'
import { answer } from './replies.ts'
import { NULL_DIGEST } from './signing.ts'
import { hostedState, note, slotAt, type Turn } from './state.ts'

/** Goes as far as numbers are committed without a gap. */
export function execute(turn: Turn): void {
  const { state } = turn
  for (;;) {
    const n = state.lastExecuted + 1
    const { committed } = slotAt(state, n)
    const d = committed?.[0]?.d
    if (d === undefined) return
    const batch = d === NULL_DIGEST ? [] : state.batches.get(d)
    if (!batch) return
    executeBatch(turn, n, d, batch)
    if (n % state.options.checkpointEvery === 0) takeCheckpoint(turn, n)
  }
}

function executeBatch(turn: Turn, n: number, d: string, batch: Batch): void {
  const { state } = turn
  for (const { client, timestamp, op } of batch) {
    const last = state.replies.get(client)
    if (last && timestamp <= last.timestamp) continue // at most once, and never backwards (§4.1)
    const { service, state: before } = hostedState(turn)
    const applied = service.apply(before, op)
    if (applied.state !== before) state.hosted = { service, state: applied.state }
    state.replies = state.replies.set(client, { timestamp, result: applied.result })
    answer(turn, timestamp, applied.result)
    const pending = state.pending.get(client)
    if (pending && pending.timestamp <= timestamp) state.pending = state.pending.delete(client)
  }
  state.lastExecuted = n
  note(turn, 'execute', { n, d, requests: batch.length })
  onProgress(turn)
}
