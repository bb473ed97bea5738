/**
 * A distributed lock whose grants carry fencing tokens, and the resource that it guards (M. Kleppmann, "How to do distributed locking", 2016; the sequencers
 * of M. Burrows, "The Chubby lock service", OSDI 2006, §2.4).
 *
 * **Time** is decided in the log. The lock has no clock: an acquire says when it was asked, by its client's own clock, and that is all the time there is; so all replicas
 * decide alike. A lease is over when somebody asks for the lock at a later time than its end; until then it goes on, for nobody wants it. Per lock time never goes back: an acquire
 * that says less than the last grant counts as of that grant. Clients whose clocks go wrong take leases too early or too late, which is what clocks can do to any lock with
 * leases. Therefore the tokens: safety is theirs, and the lease only says how long a holder that died is waited for.
 *
 * **The resource** stands for any store beside the lock. It is in the same log so that there is something to see, but it never looks at the lock: it knows the highest token that it was
 * shown, and refuses a write with a lower one. Asked not to look (`unchecked`), it takes what comes: a holder that slept longer than its lease then overwrites what the next one wrote.
 * One gap remains in any such scheme: as long as the new holder has shown its token to nobody, a late write of the old one is taken. `announce` closes it.
 */
import { Map as PersistentMap } from 'immutable'
import type { Json } from '../../core/json.ts'
import type { Service } from '../../core/service.ts'
import { invariants } from './invariants.ts'
import {
  format,
  formatResult,
  type Granted,
  grammar,
  type Holder,
  type LockOperation,
  lockOperationSchema,
  parse,
  type Taken,
} from './operations.ts'
import { scenarios } from './scenarios.ts'
import { fresh, type Lock, type LockState } from './state.ts'

export type { LockOperation } from './operations.ts'
export type { LockState } from './state.ts'

export const lock: Service<LockState, LockOperation> = {
  name: 'lock',
  title: 'Lock with fencing tokens',
  summary:
    'Locks with leases, whose every grant has a higher token, and for each the resource that it guards, which refuses tokens older than it has seen.',
  operation: lockOperationSchema,
  grammar,
  invariants,
  scenarios,
  inPlace: { open: (state) => state.asMutable(), seal: (state) => state.asImmutable() },
  init: () => PersistentMap<string, Lock>(),
  isRead: (op) => op.op === 'read' || op.op === 'holder',

  apply(state, op) {
    const known = state.get(op.key) ?? fresh
    const { next, result } = answer(known, op)
    return { state: next === known ? state : state.set(op.key, next), result }
  },

  parse,
  format,
  formatResult,

  draw(load, coins, serial) {
    const key = `l${(coins() % load.keys) + 1}`
    const at = (coins() / 2 ** 32) * (load.readMix + load.writeMix + load.casMix)
    const coin = coins() % 8
    if (at < load.readMix) return { op: coin < 4 ? 'read' : 'holder', key }
    if (at >= load.readMix + load.writeMix) return { op: 'announce', key }
    // Leases short enough that some end before their holder is done.
    if (coin < 3) return { op: 'acquire', key, ms: 20 + (coins() % 400) }
    if (coin < 4) return { op: 'release', key }
    const value = serial.toString(36)
    return { op: 'write', key, value: value.length >= load.valueBytes ? value : value.padEnd(load.valueBytes, '.') }
  },

  /** A client shows the token of its last grant of that lock until it has a newer one, whatever became of the lock meanwhile: that is the accident. */
  memory: {
    recall(memory, op, { client, nowMs }) {
      switch (op.op) {
        case 'acquire':
          return { ...op, client: op.client ?? client, atMs: op.atMs ?? nowMs }
        case 'holder':
          return { ...op, atMs: op.atMs ?? nowMs }
        case 'read':
          return op
        default:
          return { ...op, token: op.token ?? tokens(memory)[op.key] ?? 0 }
      }
    },
    learn(memory, op, result) {
      if (op.op !== 'acquire') return memory
      const { heldBy, token } = result as { readonly heldBy?: string; readonly token: number }
      return heldBy === undefined ? { ...tokens(memory), [op.key]: token } : memory
    },
  },

  encode: (state) => Object.fromEntries([...state.keys()].sort().map((name) => [name, state.get(name) as unknown as Json])),
  size: (state) => state.size,
  decode: (json) => PersistentMap(Object.entries(json as unknown as { readonly [name: string]: Lock })),
}

const tokens = (memory: Json): { readonly [name: string]: number } => (memory ?? {}) as { readonly [name: string]: number }

interface Answer {
  readonly next: Lock
  readonly result: Json
}

function answer(lock: Lock, op: LockOperation): Answer {
  switch (op.op) {
    case 'acquire':
      return acquire(lock, op)
    case 'release':
      return lock.holder !== null && op.token === lock.token
        ? { next: { ...lock, holder: null, untilMs: 0 }, result: true }
        : { next: lock, result: false }
    case 'write':
      return show(lock, op.token ?? 0, op.unchecked === true, op.value)
    case 'announce':
      return show(lock, op.token ?? 0, false)
    case 'read':
      return { next: lock, result: lock.resource.value }
    case 'holder': {
      const holder: Holder = isHeld(lock, timeOf(lock, op.atMs)) ? { holder: lock.holder as string, token: lock.token } : null
      return { next: lock, result: holder }
    }
    default:
      // An operation that is none of these changes nothing, on every replica alike.
      op satisfies never
      return { next: lock, result: null }
  }
}

const timeOf = (lock: Lock, atMs = 0): number => Math.max(lock.grantedMs, atMs)
const isHeld = ({ holder, untilMs }: Lock, nowMs: number): boolean => holder !== null && nowMs < untilMs

function acquire(lock: Lock, { ms, client = 'somebody', atMs }: Extract<LockOperation, { op: 'acquire' }>): Answer {
  const nowMs = timeOf(lock, atMs)
  const held = isHeld(lock, nowMs)
  if (held && lock.holder !== client) {
    const result: Granted = { heldBy: lock.holder as string, token: lock.token }
    return { next: lock, result }
  }
  // Whoever still holds it keeps its token: an acquire whose answer was lost may be asked again.
  const token = held ? lock.token : lock.token + 1
  const result: Granted = { token }
  return { next: { ...lock, token, holder: client, grantedMs: nowMs, untilMs: nowMs + ms }, result }
}

/** The resource is shown a token, with or without a write. */
function show(lock: Lock, token: number, unchecked: boolean, value?: string): Answer {
  const { resource } = lock
  if (!unchecked && (token === 0 || token < resource.seen)) {
    const result: Taken = { taken: false, token, newer: resource.seen }
    return { next: lock, result }
  }
  const written = value === undefined ? {} : { value, token, after: resource.seen }
  const result: Taken = { taken: true }
  return { next: { ...lock, resource: { ...resource, ...written, seen: Math.max(resource.seen, token) } }, result }
}
