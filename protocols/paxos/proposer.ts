/** The proposer (PMS §2.2): takes a ballot, learns what it may propose, and asks for votes for it. */
import type { NodeId } from '../core/ids.ts'
import { backOff } from './backOff.ts'
import { type Ballot, ballotText, compare, same, type Vote } from './ballot.ts'
import { learn, tellLearners } from './learner.ts'
import type { Accepted, Nack, Promised } from './messages.ts'
import { type Attempt, cancelTimer, note, type PaxosState, send, setTimer, type Turn } from './state.ts'

/** Phase 1a: begins a ballot that is higher than any it knows of. Its number is on the disk before anybody hears of it. */
export function prepare(turn: Turn): void {
  const { state } = turn
  const n = Math.max(state.used, state.seen, state.promised?.n ?? 0) + 1
  const ballot: Ballot = { n, by: state.id }
  state.used = n
  state.seen = n
  state.attempt = { ballot, phase: 'prepare', value: null, promises: [], votes: [] }
  note(turn, 'prepare', { ballot: ballotText(ballot) })
  sendAll(turn)
}

/** Promises of one ballot, one an acceptor. What comes when there is a quorum already changes nothing any more. */
export function onPromise(turn: Turn, from: NodeId, { ballot, accepted }: Promised): void {
  const attempt = current(turn.state, ballot, 'prepare')
  if (!attempt || attempt.promises.some(({ acceptor }) => acceptor === from)) return
  const promises = [...attempt.promises, { acceptor: from, accepted }]
  turn.state.attempt = { ...attempt, promises }
  if (promises.length >= turn.state.roles.q1) askForVotes(turn, { ...attempt, promises })
}

/**
 * Phase 2a: the value of the highest vote that the quorum tells of; its own when there is none (P2c). One value for the whole
 * ballot, whatever is heard afterwards.
 */
function askForVotes(turn: Turn, attempt: Attempt): void {
  const { state } = turn
  const vote = highestVote(attempt)
  const value = vote ? vote.value : (state.proposal as string)
  const ballot = ballotText(attempt.ballot)
  if (vote) note(turn, 'adopt', { ballot, value, of: ballotText(vote.ballot) })
  else note(turn, 'chooseFreely', { ballot, value })
  state.attempt = { ...attempt, phase: 'accept', value }
  sendAll(turn)
}

const highestVote = ({ promises }: Attempt): Vote | null =>
  promises.reduce<Vote | null>(
    (best, { accepted }) => (accepted && compare(accepted.ballot, best?.ballot ?? null) > 0 ? accepted : best),
    null,
  )

/** A phase-2 quorum has voted in this very ballot: its value is chosen. */
export function onVote(turn: Turn, from: NodeId, { ballot, value }: Accepted): void {
  const { state } = turn
  const attempt = current(state, ballot, 'accept')
  if (!attempt || attempt.votes.includes(from)) return
  const votes = [...attempt.votes, from]
  state.attempt = { ...attempt, votes }
  if (votes.length < state.roles.q2) return
  note(turn, 'choose', { ballot: ballotText(ballot), value, votes })
  tellLearners(turn, value)
  learn(turn, value, 'its own ballot')
}

export function onNack(turn: Turn, { ballot, promised }: Nack): void {
  const { state } = turn
  state.seen = Math.max(state.seen, promised.n)
  if (state.attempt && same(state.attempt.ballot, ballot)) onHigherBallot(turn, promised)
}

/** Somebody outbids it: the ballot is given up, and another begun after a while (PMS §2.4). Its own acceptor may be the first to know. */
export function onHigherBallot(turn: Turn, higher: Ballot): void {
  const { state } = turn
  const { attempt } = state
  state.seen = Math.max(state.seen, higher.n)
  if (!attempt || attempt.phase === 'outbid' || compare(higher, attempt.ballot) <= 0) return
  note(turn, 'outbid', { ballot: ballotText(attempt.ballot), by: ballotText(higher), phase: attempt.phase })
  state.attempt = { ...attempt, phase: 'outbid' }
  state.outbids += 1
  cancelTimer(turn, 'retransmit')
  if (state.options.backOffMs === 0) prepare(turn)
  else backOff(turn)
}

/** Its back-off is over. */
export function onRetry(turn: Turn): void {
  if (turn.state.attempt?.phase === 'outbid') prepare(turn)
}

/** What no answer came to may have been lost. */
export function retransmit(turn: Turn): void {
  const { attempt } = turn.state
  if (attempt && attempt.phase !== 'outbid') sendAll(turn)
}

/** Its request of this phase to every acceptor that has not answered it. */
function sendAll(turn: Turn): void {
  const { state } = turn
  const { ballot, phase, value, promises, votes } = state.attempt as Attempt
  const answered = phase === 'prepare' ? promises.map(({ acceptor }) => acceptor) : votes
  setTimer(turn, 'retransmit', state.options.retransmitMs)
  const message =
    phase === 'prepare' ? ({ kind: 'Prepare', ballot } as const) : ({ kind: 'Accept', ballot, value: value as string } as const)
  for (const acceptor of state.roles.acceptors) if (!answered.includes(acceptor)) send(turn, acceptor, message)
}

/** The ballot that it stands in, when it is this one and in this phase. */
const current = ({ attempt }: PaxosState, ballot: Ballot, phase: Attempt['phase']): Attempt | undefined =>
  attempt?.phase === phase && same(attempt.ballot, ballot) ? attempt : undefined
