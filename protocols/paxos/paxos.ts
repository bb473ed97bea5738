/**
 * A node of single-decree Paxos as a pure state machine: L. Lamport, "Paxos Made Simple", 2001 (PMS), §2.2 to §2.4. All branching
 * stands in the one switch below; the rules themselves are in proposer.ts, acceptor.ts and learner.ts.
 */
import type { NodeId } from '../core/ids.ts'
import type { Input, StartInput } from '../core/input.ts'
import type { Machine, Step } from '../core/machine.ts'
import { onAccept, onPrepare } from './acceptor.ts'
import { onRequest } from './clients.ts'
import { ask, learn, onAccepted, onAsk, waitToAsk } from './learner.ts'
import type { PaxosMessage } from './messages.ts'
import type { PaxosOptions } from './options.ts'
import { onHigherBallot, onNack, onPromise, onRetry, onVote, retransmit } from './proposer.ts'
import { beginTurn, initialState, type PaxosState, type Turn } from './state.ts'
import { changed, recover } from './storage.ts'

export type PaxosStep = Step<PaxosState, PaxosMessage>

export const paxosMachine = (): Machine<PaxosState, PaxosMessage> => ({
  start(input: StartInput) {
    const turn = beginTurn({ ...initialState(input.id, input.nodes, input.options as PaxosOptions), ...recover(input.recovered) })
    waitToAsk(turn)
    return { state: turn.state, effects: turn.effects }
  },
  step(state, input) {
    const turn = beginTurn(state)
    react(turn, input)
    return writeFirst(state, turn)
  },
})

function react(turn: Turn, input: Input<PaxosMessage>): void {
  switch (input.kind) {
    case 'message':
      return hear(turn, input.from, input.message)
    case 'timer':
      if (input.name === 'retransmit') return retransmit(turn)
      if (input.name === 'retry') return onRetry(turn)
      if (input.name === 'ask') return ask(turn)
      return
    case 'request':
      return onRequest(turn, input.id, input.request)
    case 'durable':
      return hearOwn(turn, input.mark)
    case 'control':
      return
    default:
      return input satisfies never
  }
}

function hear(turn: Turn, from: NodeId, message: PaxosMessage): void {
  switch (message.kind) {
    case 'Prepare':
      onPrepare(turn, from, message)
      return onHigherBallot(turn, message.ballot)
    case 'Promise':
      return onPromise(turn, from, message)
    case 'Accept':
      onAccept(turn, from, message)
      return onHigherBallot(turn, message.ballot)
    case 'Accepted':
      onVote(turn, from, message)
      return onAccepted(turn, from, message)
    case 'Nack':
      return onNack(turn, message)
    case 'Chosen':
      return learn(turn, message.value, 'being told')
    case 'Ask':
      return onAsk(turn, from)
    default:
      return message satisfies never
  }
}

/** Its own answers count when its disk holds what they say, not before. */
function hearOwn(turn: Turn, mark: number): void {
  const { own, id } = turn.state
  turn.state.synced = mark
  turn.state.own = own.filter((each) => each.mark > mark)
  for (const each of own) if (each.mark <= mark) hear(turn, id, each.message)
}

/**
 * Puts what changed of the persistent state ahead of everything that this step says: it must be durable first (PMS §2.5, "stable
 * storage"). A proposer's own acceptor has its requests within the step; its answers wait for the disk as all others do.
 */
function writeFirst(before: PaxosState, turn: Turn): PaxosStep {
  const { state, effects, toSelf } = turn
  const answers: PaxosMessage[] = []
  const mayHear = () => changed(before, state) === undefined && state.mark === state.synced
  for (let message = toSelf.shift(); message; message = toSelf.shift()) {
    if (message.kind === 'Prepare' || message.kind === 'Accept' || mayHear()) hear(turn, state.id, message)
    else answers.push(message)
  }
  const record = changed(before, state)
  if (record !== undefined) {
    state.mark += 1
    effects.unshift({ kind: 'persist', record, mark: state.mark })
  }
  if (answers.length > 0) state.own = [...state.own, ...answers.map((message) => ({ mark: state.mark, message }))]
  return { state, effects }
}
