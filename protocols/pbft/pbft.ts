/**
 * A PBFT replica as a pure state machine: M. Castro, B. Liskov, "Practical Byzantine Fault Tolerance" (OSDI 1999), section 4.
 * All branching stands in the one switch below; the rules themselves are in normal.ts, execute.ts, checkpoints.ts,
 * viewChange.ts, newView.ts and transfer.ts.
 */
import type { NodeId } from '../core/ids.ts'
import type { Input, StartInput } from '../core/input.ts'
import type { Machine, Step } from '../core/machine.ts'
import type { AnyService } from '../core/service.ts'
import { onCheckpoint } from './checkpoints.ts'
import { execute } from './execute.ts'
import { onStateChunk } from './install.ts'
import type { Commit, PbftMessage, Prepare } from './messages.ts'
import { forgetOldVotes, onNewView } from './newView.ts'
import { onBatch, onCommit, onPrePrepare, onPrepare, onRequest, propose } from './normal.ts'
import { watchExecution } from './patience.ts'
import { primaryOf } from './quorums.ts'
import { signed } from './signing.ts'
import { beginTurn, changeSlot, initialState, type PbftOptions, type PbftState, refuse, type Turn } from './state.ts'
import { onCommitted, onFetchBatch, onStatus, onStatusTimer, setStatusTimer } from './status.ts'
import { recordOf, recover } from './storage.ts'
import { onFetchState } from './transfer.ts'
import { onViewChange, onViewChangeTimer, ownViewChange, startViewChange } from './viewChange.ts'

export type PbftStep = Step<PbftState, PbftMessage>

/** A replica that carries `service`. */
export function pbftMachine(service: AnyService): Machine<PbftState, PbftMessage> {
  return {
    start: (input) => start(input, service),
    step(state, input) {
      const turn = beginTurn(state, service, input.coin)
      react(turn, input)
      propose(turn)
      watchExecution(turn)
      return writeFirst(state, turn)
    },
  }
}

function start(input: StartInput, service: AnyService): PbftStep {
  const fresh = initialState({ id: input.id, nodes: input.nodes, options: input.options as PbftOptions, service })
  const recovered = recover(fresh, input.recovered)
  const turn = beginTurn(recovered, service, input.coin)
  standAgain(turn)
  setStatusTimer(turn)
  const { state, effects } = writeFirst(recovered, turn)
  return { state, effects: effects.filter(({ kind }) => kind !== 'reply') } // they were answered, or will ask again
}

/** What follows from what the disk kept: its own votes, the state up to the last number without a gap, and the primary's place. */
function standAgain(turn: Turn): void {
  const { state } = turn
  forgetOldVotes(turn)
  for (const n of [...state.slots.keys()].sort((a, b) => a - b)) {
    const slot = state.slots.get(n)
    if (!slot?.prePrepare) continue
    const { v, d } = slot.prePrepare
    if (primaryOf(state, v) !== state.id) {
      const prepare = signed<Prepare>(state.id, { kind: 'Prepare', v, n, d, i: state.id })
      changeSlot(turn, n, { prepares: { ...slot.prepares, [state.id]: prepare } })
    }
    if (slot.prepared?.prePrepare.v === v) {
      const commit = signed<Commit>(state.id, { kind: 'Commit', v, n, d, i: state.id })
      changeSlot(turn, n, { commits: { ...slot.commits, [state.id]: commit } })
    }
    state.lastProposed = Math.max(state.lastProposed, n)
  }
  if (!state.active) state.viewChanges = { [state.id]: ownViewChange(state) }
  state.lastProposed = Math.max(state.lastProposed, state.stable.n)
  execute(turn)
}

function react(turn: Turn, input: Input<PbftMessage>): void {
  switch (input.kind) {
    case 'message':
      return hear(turn, input.from, input.message)
    case 'timer':
      return input.name === 'status' ? onStatusTimer(turn) : onViewChangeTimer(turn)
    case 'request': {
      const { id, request } = input
      if (request.kind === 'signed')
        return onRequest(turn, { client: request.client, timestamp: id, op: request.op, signature: request.signature }, undefined)
      return refuse(turn, 'clients', 'Request', `request ${id} is not signed`)
    }
    case 'durable':
    case 'control':
      return
    default:
      return input satisfies never
  }
}

function hear(turn: Turn, from: NodeId, message: PbftMessage): void {
  if (!turn.state.nodes.includes(from)) return refuse(turn, from, message.kind, `${from} is no replica`)
  switch (message.kind) {
    case 'Request':
      return onRequest(turn, message.request, from)
    case 'PrePrepare':
      return onPrePrepare(turn, from, message)
    case 'Prepare':
      return onPrepare(turn, from, message)
    case 'Commit':
      return onCommit(turn, from, message)
    case 'Checkpoint':
      return onCheckpoint(turn, from, message)
    case 'ViewChange':
      return onViewChange(turn, from, message)
    case 'NewView':
      if (!onNewView(turn, from, message)) startViewChange(turn, turn.state.view + 1, 'the NewView of its primary does not hold')
      return
    case 'FetchBatch':
      return onFetchBatch(turn, from, message.d)
    case 'Batch':
      return onBatch(turn, from, message)
    case 'FetchState':
      return onFetchState(turn, from, message)
    case 'StateChunk':
      return onStateChunk(turn, from, message)
    case 'Status':
      return onStatus(turn, from, message)
    case 'Committed':
      return onCommitted(turn, from, message)
    default:
      return message satisfies never
  }
}

/** Puts what must not be forgotten ahead of everything that this step says. */
function writeFirst(before: PbftState, turn: Turn): PbftStep {
  const record = recordOf(before, turn)
  if (record) turn.effects.unshift(record)
  return { state: turn.state, effects: turn.effects }
}
