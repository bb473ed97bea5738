/**
 * A replica's state as plain JSON and back: for checkpoints of a recording, and for the inspector, which shows this very tree.
 * What has a sequence number is keyed by it, so that `slots.5` is number 5. Canonical: keys stand in a fixed order.
 */
import { OrderedMap, Map as PersistentMap } from 'immutable'
import { glimpseBy, wholePart } from '../core/glimpse.ts'
import { encodeHosted, glimpseHosted } from '../core/hosted.ts'
import type { Json } from '../core/json.ts'
import type { Glimpse } from '../core/machine.ts'
import type { OwnCheckpoint, PbftState } from './state.ts'

/** How each field reads in JSON, in the order in which they stand in the tree. */
const fields: { readonly [field in keyof PbftState]: (state: PbftState, part: Glimpse['part'], unlike: PbftState | undefined) => unknown } =
  {
    id: ({ id }) => id,
    nodes: ({ nodes }) => nodes,
    options: ({ options }) => options,
    view: ({ view }) => view,
    active: ({ active }) => active,
    slots: ({ slots }) => byNumber(slots),
    batches: ({ batches }) => byText(batches),
    stable: ({ stable }) => stable,
    newView: ({ newView }) => newView ?? null,
    lastExecuted: ({ lastExecuted }) => lastExecuted,
    hosted: ({ hosted }, part, unlike) => glimpseHosted('hosted', hosted, part, unlike?.hosted),
    replies: ({ replies }) => byText(replies),
    checkpoints: ({ checkpoints }) =>
      byNumber(checkpoints.map(({ d, hosted, replies }) => ({ d, hosted: encodeHosted(hosted), replies: byText(replies) }))),
    claims: ({ claims }) => byNumber(claims.map(sorted)),
    viewChanges: ({ viewChanges }) => sorted(viewChanges),
    pending: ({ pending }) => pending.valueSeq().toArray(),
    proposed: ({ proposed }) => byText(proposed),
    lastProposed: ({ lastProposed }) => lastProposed,
    waiting: ({ waiting }) => waiting,
    awaited: ({ awaited }) => awaited ?? null,
    patienceMs: ({ patienceMs }) => patienceMs,
    transfer: ({ transfer }) => transfer ?? null,
    heard: ({ heard }) => sorted(heard),
  }

export const encode = (state: PbftState): Json => glimpse(state, { part: wholePart })

export const glimpse = glimpseBy<PbftState>(fields)

export function decode(json: Json): PbftState {
  const read = json as unknown as { readonly [field in keyof PbftState]: never } & {
    readonly hosted: Json
    readonly checkpoints: { readonly [n: string]: { readonly d: string; readonly hosted: Json; readonly replies: object } }
    readonly pending: readonly { readonly client: string }[]
    readonly newView: unknown
    readonly transfer: unknown
    readonly awaited: unknown
  }
  const checkpoints = Object.entries(read.checkpoints as { [n: string]: { d: string; hosted: Json; replies: object } })
  return {
    id: read.id,
    nodes: read.nodes,
    options: read.options,
    view: read.view,
    active: read.active,
    slots: fromNumber(read.slots),
    batches: fromText(read.batches),
    stable: read.stable,
    newView: (read.newView ?? undefined) as PbftState['newView'],
    lastExecuted: read.lastExecuted,
    hosted: { json: read.hosted },
    replies: fromText(read.replies),
    checkpoints: PersistentMap(
      checkpoints.map(([n, { d, hosted, replies }]): [number, OwnCheckpoint] => [
        Number(n),
        { d, hosted: { json: hosted }, replies: fromText(replies as { [client: string]: never }) },
      ]),
    ),
    claims: fromNumber(read.claims),
    viewChanges: read.viewChanges,
    pending: OrderedMap(
      (read.pending as PbftState['pending'] extends OrderedMap<string, infer R> ? R[] : never).map((request) => [request.client, request]),
    ),
    proposed: fromText(read.proposed),
    lastProposed: read.lastProposed,
    waiting: read.waiting,
    awaited: (read.awaited ?? undefined) as PbftState['awaited'],
    patienceMs: read.patienceMs,
    transfer: (read.transfer ?? undefined) as PbftState['transfer'],
    heard: read.heard,
  }
}

/** Integer keys of an object stand in ascending order, whatever the map's own. */
const byNumber = <V>(map: PersistentMap<number, V>): { readonly [n: string]: V } => Object.fromEntries(map.entries())
const byText = <V>(map: PersistentMap<string, V>): { readonly [key: string]: V } => sorted(Object.fromEntries(map.entries()))
const sorted = <V>(object: { readonly [key: string]: V }): { readonly [key: string]: V } =>
  Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)))
const fromNumber = <V>(object: { readonly [n: string]: V }): PersistentMap<number, V> =>
  PersistentMap(Object.entries(object).map(([n, value]) => [Number(n), value]))
const fromText = <V>(object: { readonly [key: string]: V }): PersistentMap<string, V> => PersistentMap(Object.entries(object))
