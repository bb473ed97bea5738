/**
 * Client sessions: a command that a client repeats takes effect once (§8; dissertation §6.3). They are part of the
 * replicated state: changed by applying entries alone, and alike on every server.
 */
import { Map as PersistentMap } from 'immutable'
import type { HostedState } from '../core/hosted.ts'
import type { ClientOutcome } from '../core/input.ts'
import type { Json } from '../core/json.ts'
import type { CommandEntry } from './log.ts'
import type { RaftState, Session, Turn } from './state.ts'

/** Opens a session named by its entry's index. When there are too many, the one unused for longest is forgotten, on every server the same. */
export function openSession(turn: Turn, index: number): ClientOutcome {
  const { state } = turn
  if (state.sessions.size >= state.options.maxSessions) state.sessions = state.sessions.delete(longestUnused(state.sessions))
  state.sessions = state.sessions.set(index, { usedIndex: index, firstUnacked: 1, results: [] })
  return { kind: 'registered', session: index }
}

/** Sessions by their number, from plain JSON. */
export const sessionsOf = (sessions: { readonly [index: string]: Session }): RaftState['sessions'] =>
  PersistentMap(Object.entries(sessions).map(([index, session]) => [Number(index), session]))

function longestUnused(sessions: RaftState['sessions']): number {
  let found = -1
  let usedIndex = Number.POSITIVE_INFINITY
  sessions.forEach((session, id) => {
    if (session.usedIndex >= usedIndex) return
    found = id
    usedIndex = session.usedIndex
  })
  return found
}

/** Executes a command once: a seq that was executed gets its stored result, one whose result the client has seen is refused. */
export function executeCommand(turn: Turn, index: number, entry: CommandEntry): ClientOutcome {
  const { state } = turn
  const session = state.sessions.get(entry.session)
  if (session === undefined) return unknownSession(entry)
  const firstUnacked = Math.max(session.firstUnacked, entry.firstUnacked)
  if (entry.seq < firstUnacked) return alreadyAcknowledged(entry)

  const kept = unseen(session.results, firstUnacked)
  const before = kept.find(({ seq }) => seq === entry.seq)
  if (before !== undefined) {
    state.sessions = state.sessions.set(entry.session, { usedIndex: index, firstUnacked, results: kept })
    return { kind: 'ok', result: before.result }
  }
  const { service, state: hosted } = state.hosted as HostedState
  const applied = service.apply(hosted, entry.op)
  if (applied.state !== hosted) state.hosted = { service, state: applied.state }
  const { result } = applied
  const results = withResult(kept, { seq: entry.seq, result })
  state.sessions = state.sessions.set(entry.session, { usedIndex: index, firstUnacked, results })
  return { kind: 'ok', result }
}

const noResults: Session['results'] = []

/** The results that the client may still ask for. */
function unseen(results: Session['results'], firstUnacked: number): Session['results'] {
  let seen = 0
  while (seen < results.length && (results[seen] as Session['results'][number]).seq < firstUnacked) seen++
  if (seen === 0) return results
  return seen === results.length ? noResults : results.slice(seen)
}

/** Commands of one client may be executed out of order; their results stay ascending. */
function withResult(results: Session['results'], next: Session['results'][number]): Session['results'] {
  if (results.length === 0) return [next]
  const at = results.findIndex(({ seq }) => seq > next.seq)
  return at === -1 ? [...results, next] : [...results.slice(0, at), next, ...results.slice(at)]
}

const unknownSession = (entry: CommandEntry): ClientOutcome => ({
  kind: 'refused',
  code: 'unknown-session',
  message: `Session ${entry.session} is not known: it expired or was never opened. Register again.`,
})

const alreadyAcknowledged = (entry: CommandEntry): ClientOutcome => ({
  kind: 'refused',
  code: 'already-acknowledged',
  message: `Command ${entry.seq} of session ${entry.session} was acknowledged by its client before; it is not executed again.`,
})

/** The service's state, decoded on first use after the server's state was. */
export function hostedState(turn: Turn): HostedState {
  const { hosted } = turn.state
  if ('service' in hosted) return hosted
  const decoded = { service: turn.service, state: turn.service.decode(hosted.json) }
  turn.state.hosted = decoded
  return decoded
}

/** The answer to a read, from the state as it is. */
export function executeRead(turn: Turn, op: Json): Json {
  const { service, state } = hostedState(turn)
  return service.apply(state, op).result
}

/** Until `sealStateMachine` a run of commands may change one private copy in place; the state before the step keeps its own. */
export function openStateMachine(turn: Turn): void {
  const { service, state } = hostedState(turn)
  if (service.inPlace) turn.state.hosted = { service, state: service.inPlace.open(state) }
  turn.state.sessions = turn.state.sessions.asMutable()
}

export function sealStateMachine(turn: Turn): void {
  const { service, state } = hostedState(turn)
  if (service.inPlace) turn.state.hosted = { service, state: service.inPlace.seal(state) }
  turn.state.sessions = turn.state.sessions.asImmutable()
}
