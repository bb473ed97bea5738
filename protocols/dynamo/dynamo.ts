/**
 * A node of a Dynamo-style store as a pure state machine: G. DeCandia et al., "Dynamo: Amazon's Highly Available Key-value Store", SOSP 2007. All
 * branching stands in the one switch below; the rules themselves are in put.ts, get.ts, handOff.ts, antiEntropy.ts and gossip.ts.
 */
import type { NodeId } from '../core/ids.ts'
import type { Input, StartInput } from '../core/input.ts'
import type { Machine, Step } from '../core/machine.ts'
import { onAntiEntropy, onKeySync, onTreeLeaves, onTreeNodes, onTreeRoots, onTreeSame } from './antiEntropy.ts'
import { onRequest } from './clients.ts'
import { onReadRepair, onReplicaGet, onReplicaGetReply } from './get.ts'
import { onControl, onGossip, onGossipTime } from './gossip.ts'
import { onHandOff, onHintAck, onHintDeliver } from './handOff.ts'
import type { DynamoMessage } from './messages.ts'
import type { DynamoOptions } from './options.ts'
import { onTick } from './patience.ts'
import { onReplicaPut, onReplicaPutAck } from './put.ts'
import { type DynamoState, initialState, rename, setTimer, type Turn } from './state.ts'
import { recover, writeFirst } from './storage.ts'
import { trust } from './targets.ts'

export const dynamoMachine = (): Machine<DynamoState, DynamoMessage> => ({
  start(input: StartInput): Step<DynamoState, DynamoMessage> {
    const options = input.options as DynamoOptions
    const state = recover(initialState(input.id, input.nodes, options, input.members), input.recovered)
    const turn = beginTurn({ ...state, life: input.coin.toString(36) }, input)
    if (state.actor === '') rename(turn, input.coin)
    setTimer(turn, 'handOff', options.hintMs)
    setTimer(turn, 'antiEntropy', options.antiEntropyMs)
    setTimer(turn, 'gossip', options.gossipMs)
    return end(turn)
  },
  step(state, input) {
    const turn = beginTurn(state, input)
    react(turn, input)
    return end(turn)
  },
})

const beginTurn = (state: DynamoState, { nowMs, coin }: { readonly nowMs: number; readonly coin: number }): Turn => ({
  ...{ state: { ...state }, effects: [], written: {}, nowMs, coin },
})

function end(turn: Turn): Step<DynamoState, DynamoMessage> {
  writeFirst(turn)
  return { state: turn.state, effects: turn.effects }
}

function react(turn: Turn, input: Input<DynamoMessage>): void {
  switch (input.kind) {
    case 'message':
      trust(turn, input.from)
      return hear(turn, input.from, input.message)
    case 'timer':
      if (input.name === 'requests') return onTick(turn)
      if (input.name === 'handOff') return onHandOff(turn)
      if (input.name === 'antiEntropy') return onAntiEntropy(turn)
      if (input.name === 'gossip') return onGossipTime(turn)
      return
    case 'request':
      return onRequest(turn, input.id, input.request)
    case 'control':
      return onControl(turn, input.control)
    case 'durable':
      return
    default:
      return input satisfies never
  }
}

function hear(turn: Turn, from: NodeId, message: DynamoMessage): void {
  switch (message.kind) {
    case 'ReplicaGet':
      return onReplicaGet(turn, from, message)
    case 'ReplicaGetReply':
      return onReplicaGetReply(turn, from, message)
    case 'ReplicaPut':
      return onReplicaPut(turn, from, message)
    case 'ReplicaPutAck':
      return onReplicaPutAck(turn, from, message)
    case 'ReadRepair':
      return onReadRepair(turn, message)
    case 'HintDeliver':
      return onHintDeliver(turn, from, message)
    case 'HintAck':
      return onHintAck(turn, from, message)
    case 'TreeRoots':
      return onTreeRoots(turn, from, message)
    case 'TreeSame':
      return onTreeSame(turn, from, message)
    case 'TreeNodes':
      return onTreeNodes(turn, from, message)
    case 'TreeLeaves':
      return onTreeLeaves(turn, from, message)
    case 'KeySync':
      return onKeySync(turn, from, message)
    case 'Gossip':
      return onGossip(turn, from, message)
    default:
      return message satisfies never
  }
}
