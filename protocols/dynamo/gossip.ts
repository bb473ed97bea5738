/** Membership by gossip (§4.8.1), and what a node is told from outside: to join, to leave, to count otherwise. */
import type { NodeId } from '../core/ids.ts'
import type { Control } from '../core/input.ts'
import { laterQuorum, type Member, mergeMembers, type Status, withStatus } from './members.ts'
import type { Gossip } from './messages.ts'
import { impossible } from './options.ts'
import { type DynamoState, note, send, setTimer, type Turn } from './state.ts'

/** Members tell each other. Who is none may know members only that left long ago: it tries every node, as if all were seeds. */
function peersOf({ id, nodes, members }: DynamoState): NodeId[] {
  const statusOf = (node: NodeId): Status => (members[node] as Member).status
  const isMember = statusOf(id) === 'in' || statusOf(id) === 'leaving'
  return nodes.filter((node) => node !== id && !(isMember && statusOf(node) === 'out'))
}

/** Now and then, to one at random. */
export function onGossipTime(turn: Turn): void {
  const { state, coin } = turn
  setTimer(turn, 'gossip', state.options.gossipMs)
  const peers = peersOf(state)
  const peer = peers[coin % Math.max(1, peers.length)]
  if (peer !== undefined) tell(turn, peer)
}

export function tell(turn: Turn, to: NodeId): void {
  const { members, quorum } = turn.state
  send(turn, to, { kind: 'Gossip', members, quorum })
}

/** Takes what is newer, and tells what the other lacks. */
export function onGossip(turn: Turn, from: NodeId, told: Gossip): void {
  const { state } = turn
  const members = mergeMembers(state.members, told.members)
  const quorum = laterQuorum(state.quorum, told.quorum)
  if (members !== state.members) {
    for (const node of state.nodes)
      if (members[node] !== state.members[node]) note(turn, 'member', { node, status: (members[node] as Member).status })
    state.members = members
    turn.written.members = members
  }
  if (quorum !== state.quorum) setQuorum(turn, quorum)
  if (mergeMembers(told.members, members) !== told.members || laterQuorum(told.quorum, quorum) !== told.quorum) tell(turn, from)
}

/** A node changes its own entry alone. */
export function setStatus(turn: Turn, status: Status): void {
  const { state } = turn
  const { id, members } = state
  state.members = { ...members, [id]: { status, version: (members[id] as Member).version + 1 } }
  turn.written.members = state.members
  note(turn, 'member', { node: id, status })
  for (const node of peersOf(state)) tell(turn, node)
}

function setQuorum(turn: Turn, quorum: DynamoState['quorum']): void {
  turn.state.quorum = quorum
  turn.written.quorum = quorum
  const { n, r, w } = quorum
  note(turn, 'quorum', { n, r, w })
}

export function onControl(turn: Turn, control: Control): void {
  const { state } = turn
  const status = state.members[state.id]?.status
  if (control.name === 'join') {
    if (status !== 'out') return refuse(turn, `${state.id} is on the ring already, or on its way: it is ${status}.`)
    return setStatus(turn, 'joining')
  }
  if (control.name === 'leave') {
    if (status !== 'in') return refuse(turn, `${state.id} is ${status}: only who is in can leave.`, status === 'joining')
    const why = impossible(state.quorum, withStatus(state.members, 'in').length - 1)
    return why === undefined ? setStatus(turn, 'leaving') : refuse(turn, why)
  }
  if (control.name !== 'setQuorum') return
  const { n, r, w } = control as unknown as { readonly n: number; readonly r: number; readonly w: number }
  const why = impossible({ n, r, w }, withStatus(state.members, 'in').length)
  if (why !== undefined) return refuse(turn, why)
  setQuorum(turn, { n, r, w, version: state.quorum.version + 1 })
  for (const node of peersOf(state)) tell(turn, node)
}

const refuse = (turn: Turn, why: string, later = false): void => note(turn, 'refuse', { why, ...(later ? { later } : {}) })
