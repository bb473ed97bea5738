/**
 * A server's state as plain JSON and back: for checkpoints, and for the inspector, which shows this very tree. The log, the
 * sessions and what waits are keyed by log index, so that `log.5` is entry 5. Canonical: keys stand in a fixed order.
 */
import { List, Map as PersistentMap } from 'immutable'
import type { NodeId } from '../core/ids.ts'
import type { Json } from '../core/json.ts'
import type { Entry } from './log.ts'
import type { Hosted, Progress, RaftOptions, RaftRole, RaftState, Read, Session, Writing } from './state.ts'

/** What `encode` gives: as RaftState, with null for absent and objects for collections. */
interface RaftStateJson {
  readonly id: NodeId
  readonly nodes: readonly NodeId[]
  readonly options: RaftOptions
  readonly currentTerm: number
  readonly votedFor: NodeId | null
  readonly log: { readonly [index: string]: Entry }
  readonly role: RaftRole
  readonly leaderId: NodeId | null
  readonly commitIndex: number
  readonly lastApplied: number
  readonly votes: readonly NodeId[]
  readonly progress: { readonly [peer: NodeId]: Progress }
  readonly waiting: { readonly [index: string]: number }
  readonly reads: { readonly round: number; readonly asked: readonly Read[]; readonly next: readonly Read[] }
  readonly writing: Writing
  readonly sessions: { readonly [index: string]: Session }
  readonly service: Json
}

export function encode(state: RaftState): Json {
  const log: { [index: string]: Entry } = {}
  let index = 0
  state.log.forEach((entry) => {
    log[++index] = entry
  })
  const { options } = state
  const json: RaftStateJson = {
    id: state.id,
    nodes: state.nodes,
    options: {
      electionMsMin: options.electionMsMin,
      electionMsMax: options.electionMsMax,
      heartbeatMs: options.heartbeatMs,
      maxInflight: options.maxInflight,
      maxEntries: options.maxEntries,
      maxSessions: options.maxSessions,
      writeInParallel: options.writeInParallel,
    },
    currentTerm: state.currentTerm,
    votedFor: state.votedFor ?? null,
    log,
    role: state.role,
    leaderId: state.leaderId ?? null,
    commitIndex: state.commitIndex,
    lastApplied: state.lastApplied,
    votes: state.votes,
    progress: state.progress,
    waiting: byIndex(state.waiting),
    reads: { round: state.reads.round, asked: state.reads.asked.toArray(), next: state.reads.next.toArray() },
    writing: state.writing,
    sessions: byIndex(state.sessions),
    service: encodeHosted(state.hosted),
  }
  return json as unknown as Json
}

export function decode(json: Json): RaftState {
  const { votedFor, leaderId, log, waiting, reads, sessions, service, ...same } = json as unknown as RaftStateJson
  return {
    id: same.id,
    nodes: same.nodes,
    options: same.options,
    currentTerm: same.currentTerm,
    votedFor: votedFor ?? undefined,
    log: List(Object.values(log)), // integer keys come in ascending order
    role: same.role,
    leaderId: leaderId ?? undefined,
    commitIndex: same.commitIndex,
    lastApplied: same.lastApplied,
    votes: same.votes,
    progress: same.progress,
    waiting: fromIndex(waiting),
    reads: { round: reads.round, asked: List(reads.asked), next: List(reads.next) },
    writing: same.writing,
    sessions: fromIndex(sessions),
    hosted: { json: service },
  }
}

const encodeHosted = (hosted: Hosted): Json => ('service' in hosted ? hosted.service.encode(hosted.state) : hosted.json)

/** Integer keys of an object stand in ascending order, whatever the map's own. */
const byIndex = <V>(map: PersistentMap<number, V>): { readonly [index: string]: V } => Object.fromEntries(map.entries())

const fromIndex = <V>(object: { readonly [index: string]: V }): PersistentMap<number, V> =>
  PersistentMap(Object.entries(object).map(([index, value]) => [Number(index), value]))
