/**
 * Client sessions: a command that a client repeats takes effect once (§8; dissertation §6.3). They are part of the
 * replicated state: changed by applying entries alone, and alike on every server.
 */
import type { ClientOutcome } from '../core/input.ts'
import type { Json } from '../core/json.ts'
import type { CommandEntry } from './log.ts'
import type { Hosted, RaftState, Session, Turn } from './state.ts'

/** Opens a session named by its entry's index. When there are too many, the one unused for longest is forgotten, on every server the same. */
export function openSession(turn: Turn, index: number): ClientOutcome {
  const { state } = turn
  if (state.sessions.size >= state.options.maxSessions) state.sessions = state.sessions.delete(longestUnused(state.sessions))
  state.sessions = state.sessions.set(index, { usedIndex: index, firstUnacked: 1, results: [] })
  return { kind: 'registered', session: index }
}

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

  const before = session.results.find(({ seq }) => seq === entry.seq)
  let result: Json
  if (before === undefined) {
    const hosted = hostedState(turn)
    const applied = turn.service.apply(hosted, entry.op)
    if (applied.state !== hosted) state.hosted = { service: turn.service, state: applied.state }
    result = applied.result
  } else {
    result = before.result
  }
  const results = session.results.filter(({ seq }) => seq >= firstUnacked)
  const next: Session = { usedIndex: index, firstUnacked, results: before === undefined ? withResult(results, entry.seq, result) : results }
  state.sessions = state.sessions.set(entry.session, next)
  return { kind: 'ok', result }
}

/** Commands of one client may be executed out of order; their results stay ascending. */
function withResult(results: Session['results'], seq: number, result: Json): Session['results'] {
  const last = results[results.length - 1]
  const next = [...results, { seq, result }]
  return last === undefined || last.seq < seq ? next : next.sort((a, b) => a.seq - b.seq)
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
export function hostedState(turn: Turn): unknown {
  const hosted: Hosted = turn.state.hosted
  if ('service' in hosted) return hosted.state
  const state = turn.service.decode(hosted.json)
  turn.state.hosted = { service: turn.service, state }
  return state
}
