/**
 * Long histories of the key-value store, made by carrying operations out at a point of their interval: linearizable by construction,
 * unless a stale read is asked for. Clients take turns at random, so at most `clients` operations are open at once, beside those
 * whose outcome nobody heard.
 */
import type { Operation } from '../../../protocols/check/history.ts'
import type { Json } from '../../../protocols/core/json.ts'
import { draw, fraction } from '../../../protocols/core/prng.ts'
import { type KvOperation, kv } from '../../../protocols/services/kv.ts'

export interface LongWish {
  readonly seed: number
  readonly keys: number
  readonly clients: number
  readonly operations: number
  /** One operation in so many has an unknown outcome. */
  readonly unknownIn: number
  /** Late in the history one read answers what its key held before the last write that had returned. */
  readonly stale?: boolean
}

export function longHistory(wish: LongWish): { readonly operations: Operation<KvOperation>[] /** Its id. */; readonly stale: number } {
  let turn = 0
  const coin = () => draw(wish.seed, turn++)
  const below = (count: number) => Math.floor(fraction(coin()) * count)
  const free = Array.from({ length: wish.clients }, () => below(100))
  const plans: { id: number; client: string; op: KvOperation; invoke: number; end: number; point: number; lost: boolean }[] = []
  for (let id = 1; id <= wish.operations; id++) {
    const client = free.indexOf(Math.min(...free))
    const invoke = (free[client] as number) + below(20)
    const end = invoke + 1 + below(100)
    free[client] = end + 1
    const op = kv.draw({ readMix: 5, writeMix: 3, casMix: 2, keys: wish.keys, valueBytes: 1 }, coin, id)
    const lost = below(wish.unknownIn) === 0
    plans.push({ id, client: `c${client}`, op, invoke, end, point: invoke + (end - invoke) * (below(1000) / 1000), lost })
  }
  let state = kv.init()
  const results = new Map<number, Json>()
  const written = new Map<string, { value: Json; invoke: number; end: number }[]>()
  let stale: { id: number; value: Json } | undefined
  for (const { id, op, invoke, end, lost } of [...plans].sort((a, b) => a.point - b.point || a.id - b.id)) {
    if (lost && below(2) === 0) continue
    const before = state.get(op.key) ?? null
    const applied = kv.apply(state, op)
    state = applied.state
    results.set(id, applied.result)
    const writes = written.get(op.key) ?? []
    written.set(op.key, writes)
    if (state.get(op.key) !== before) writes.push({ value: state.get(op.key) ?? null, invoke, end: lost ? Number.POSITIVE_INFINITY : end })
    // No value is written twice. One whose write had returned before another was invoked, which had returned before this read was, is stale.
    if (op.op !== 'get' || lost || stale || id < wish.operations * 0.8 || !wish.stale) continue
    const late = writes.filter((write) => write.end < invoke)
    const old = writes.findLast((write) => late.some((other) => write.end < other.invoke))
    if (old) stale = { id, value: old.value }
  }
  if (wish.stale && !stale) throw new Error(`seed ${wish.seed} has no place for a stale read`)
  const operations = plans.map(({ id, client, op, invoke, end, lost }): Operation<KvOperation> => {
    if (lost) return { id, client, input: op, invoke, return: end, outcome: { is: 'unknown' } }
    const output = stale?.id === id ? stale.value : (results.get(id) ?? null)
    return { id, client, input: op, invoke, return: end, outcome: { is: 'ok', output } }
  })
  return { operations, stale: stale?.id ?? 0 }
}
