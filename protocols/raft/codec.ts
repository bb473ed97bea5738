/**
 * A server's state as plain JSON and back: for checkpoints, and for the inspector, which shows this very tree. The log, the
 * sessions and what waits are keyed by log index, so that `log.5` is entry 5. Canonical: keys stand in a fixed order.
 */
import { List, Map as PersistentMap } from 'immutable'
import { glimpseBy, wholePart } from '../core/glimpse.ts'
import { glimpseHosted, glimpseJson } from '../core/hosted.ts'
import type { NodeId } from '../core/ids.ts'
import type { Json } from '../core/json.ts'
import type { Glimpse } from '../core/machine.ts'
import { peersOf } from './configuration.ts'
import { type Configuration, type Entry, logOf } from './log.ts'
import type { RaftOptions } from './options.ts'
import { sessionsOf } from './sessions.ts'
import type { Change, Installing, LeaderRead, Lease, Progress, RaftRole, RaftState, Read, Session, Snapshot, Writing } from './state.ts'

/** What `encode` gives: as RaftState, with null for absent and objects for collections. */
interface RaftStateJson {
  readonly id: NodeId
  readonly nodes: readonly NodeId[]
  readonly options: RaftOptions
  readonly currentTerm: number
  readonly votedFor: NodeId | null
  readonly log: { readonly [index: string]: Entry }
  readonly logBase: { readonly index: number; readonly term: number }
  readonly snapshot: Snapshot | null
  readonly role: RaftRole
  readonly leaderId: NodeId | null
  readonly commitIndex: number
  readonly lastApplied: number
  readonly heardLeader: boolean
  readonly installing: Installing | null
  readonly asking: {
    readonly life: number
    readonly number: number
    readonly asked: readonly Read[]
    readonly next: readonly Read[]
    readonly granted: readonly { readonly index: number; readonly reads: readonly Read[] }[]
    readonly round: number
  }
  readonly configurations: readonly Configuration[]
  readonly votes: readonly NodeId[]
  readonly progress: { readonly [peer: NodeId]: Progress }
  readonly waiting: { readonly [index: string]: number }
  readonly sending: Snapshot | null
  readonly reads: {
    readonly round: number
    readonly asked: readonly LeaderRead[]
    readonly askedIn: number
    readonly next: readonly LeaderRead[]
  }
  readonly lease: Lease
  readonly change: Change | null
  readonly transfer: NodeId | null
  readonly writing: Writing
  readonly sessions: { readonly [index: string]: Session }
  readonly service: Json
}

type Fields = {
  readonly [field in keyof RaftStateJson]: (state: RaftState, part: Glimpse['part'], unlike: RaftState | undefined) => RaftStateJson[field]
}

/** In the order in which they stand in the tree. */
const fields: Fields = {
  id: ({ id }) => id,
  nodes: ({ nodes }) => nodes,
  options: ({ options }) => ({
    electionMsMin: options.electionMsMin,
    electionMsMax: options.electionMsMax,
    heartbeatMs: options.heartbeatMs,
    plainElections: options.plainElections,
    preVote: options.preVote,
    checkQuorum: options.checkQuorum,
    stickToLeader: options.stickToLeader,
    leaseReads: options.leaseReads,
    driftBound: options.driftBound,
    followerReads: options.followerReads,
    maxInflight: options.maxInflight,
    maxEntries: options.maxEntries,
    snapshotEvery: options.snapshotEvery,
    keepEntries: options.keepEntries,
    snapshotChunk: options.snapshotChunk,
    catchUpRounds: options.catchUpRounds,
    maxSessions: options.maxSessions,
    writeInParallel: options.writeInParallel,
    batch: options.batch,
  }),
  currentTerm: ({ currentTerm }) => currentTerm,
  votedFor: ({ votedFor }) => votedFor ?? null,
  log: ({ log }, part) => entriesByIndex(log, ...part('log', log.entries.size, 'list')),
  logBase: ({ log }) => ({ index: log.baseIndex, term: log.baseTerm }),
  snapshot: ({ snapshot }, part) => (snapshot ? snapshotPart(snapshot, part) : null),
  role: ({ role }) => role,
  leaderId: ({ leaderId }) => leaderId ?? null,
  commitIndex: ({ commitIndex }) => commitIndex,
  lastApplied: ({ lastApplied }) => lastApplied,
  heardLeader: ({ heardLeader }) => heardLeader,
  installing: ({ installing }) => installing ?? null,
  asking: ({ asking: { life, number, asked, next, granted, round } }) => ({
    ...{ life, number, asked: asked.toArray(), next: next.toArray() },
    granted: granted.toArray().map(({ index, reads }) => ({ index, reads: reads.toArray() })),
    round,
  }),
  configurations: ({ configurations }) => configurations,
  votes: ({ votes }) => votes,
  progress: ({ progress }) => progress,
  waiting: ({ waiting }) => byIndex(waiting),
  sending: ({ sending }) => sending ?? null,
  reads: ({ reads }) => ({ round: reads.round, asked: reads.asked.toArray(), askedIn: reads.askedIn, next: reads.next.toArray() }),
  lease: ({ lease }) => lease,
  change: ({ change }) => change ?? null,
  transfer: ({ transfer }) => transfer ?? null,
  writing: ({ writing }) => writing,
  sessions: ({ sessions }) => byIndex(sessions),
  service: ({ hosted }, part, unlike) => glimpseHosted('service', hosted, part, unlike?.hosted),
}

export const encode = (state: RaftState): Json => glimpse(state, { part: wholePart })

/** The fields and the stretch of the log that are wanted, as they stand in what `encode` gives. */
export const glimpse = glimpseBy<RaftState>(fields, { service: 'hosted', logBase: 'log' })

export function decode(json: Json): RaftState {
  const { votedFor, leaderId, transfer, log, logBase, snapshot, installing, sending, change, waiting, reads, sessions, service, ...same } =
    json as unknown as RaftStateJson
  return {
    id: same.id,
    nodes: same.nodes,
    options: same.options,
    currentTerm: same.currentTerm,
    votedFor: votedFor ?? undefined,
    log: logOf(Object.values(log), logBase.index, logBase.term), // integer keys come in ascending order
    snapshot: snapshot ?? undefined,
    role: same.role,
    leaderId: leaderId ?? undefined,
    commitIndex: same.commitIndex,
    lastApplied: same.lastApplied,
    heardLeader: same.heardLeader,
    installing: installing ?? undefined,
    asking: {
      ...{ life: same.asking.life, number: same.asking.number },
      ...{ asked: List(same.asking.asked), next: List(same.asking.next) },
      granted: List(same.asking.granted.map(({ index, reads }) => ({ index, reads: List(reads) }))),
      round: same.asking.round,
    },
    configurations: same.configurations,
    peers: peersOf({ ...same, change: change ?? undefined }),
    votes: same.votes,
    progress: same.progress,
    waiting: fromIndex(waiting),
    sending: sending ?? undefined,
    reads: { round: reads.round, asked: List(reads.asked), askedIn: reads.askedIn, next: List(reads.next) },
    lease: same.lease,
    change: change ?? undefined,
    transfer: transfer ?? undefined,
    writing: same.writing,
    sessions: sessionsOf(sessions),
    hosted: { json: service },
  }
}

function entriesByIndex(log: RaftState['log'], from: number, to: number): { readonly [index: string]: Entry } {
  const entries: { [index: string]: Entry } = {}
  let index = log.baseIndex + from
  const add = (entry: Entry) => {
    entries[++index] = entry
  }
  if (from === 0 && to === log.entries.size) log.entries.forEach(add)
  else for (let i = from; i < to; i++) add(log.entries.get(i) as Entry)
  return entries
}

/** The service in it is as long as the service itself. */
function snapshotPart(snapshot: Snapshot, part: Glimpse['part']): Snapshot {
  const service = glimpseJson('snapshot.state.service', snapshot.state.service, part)
  return service === undefined ? snapshot : { ...snapshot, state: { ...snapshot.state, service } }
}

/** Integer keys of an object stand in ascending order, whatever the map's own. */
const byIndex = <V>(map: PersistentMap<number, V>): { readonly [index: string]: V } => Object.fromEntries(map.entries())

const fromIndex = <V>(object: { readonly [index: string]: V }): PersistentMap<number, V> =>
  PersistentMap(Object.entries(object).map(([index, value]) => [Number(index), value]))
