/**
 * Hinted handoff (§4.6), and the moving of ranges (§4.9), which is the same: what a node keeps and should not keep goes to those who should, and it
 * lets go of it when they have it on their disks.
 */
import type { NodeId } from '../core/ids.ts'
import { setStatus } from './gossip.ts'
import type { HintAck, HintDeliver } from './messages.ts'
import { type DynamoState, drop, dropHint, keep, keeps, layout, note, placeOf, send, setTimer, stored, type Turn } from './state.ts'
import { entriesOf } from './storage.ts'
import { digestOf, type Siblings } from './versions.ts'

/** So many keys go at once, to each. */
const HANDFUL = 32

/** Rule H1. Whoever does not answer is asked once more the next time. */
export function onHandOff(turn: Turn): void {
  const { state } = turn
  setTimer(turn, 'handOff', state.options.hintMs)
  const sent = new Map<NodeId, number>()
  const deliver = (to: NodeId, key: string, siblings: Siblings) => {
    const count = (sent.get(to) ?? 0) + 1
    sent.set(to, count)
    if (count <= HANDFUL) send(turn, to, { kind: 'HintDeliver', key, siblings: [...siblings] })
  }
  for (const [target, key, siblings] of entriesOf(state.hints)) {
    if (keeps({ ...state, id: target }, placeOf(state, key))) deliver(target, key, siblings)
    else takeOver(turn, target, key, siblings)
  }
  for (const [key, siblings] of astray(state)) {
    for (const to of absent(state, key, siblings)) deliver(to, key, siblings)
    letGo(turn, key)
  }
  leaveAtLast(turn)
}

/** The ring has changed since: who it was kept for is not at home there any more, so it is astray here and goes to those who are. */
function takeOver(turn: Turn, target: NodeId, key: string, siblings: Siblings): void {
  keep(turn, key, siblings)
  dropHint(turn, target, key)
}

/** Keys that will not be kept here: all of a partition, or none. */
export function astray(state: DynamoState): [key: string, siblings: Siblings][] {
  const places = layout(state)
  const away = state.store.filter((_, partition) => !places[partition]?.next.includes(state.id))
  return away.isEmpty() ? [] : entriesOf(away).map(([, key, siblings]) => [key, siblings])
}

/** Of those who will keep it, who is not known to have these versions. */
function absent(state: DynamoState, key: string, siblings: Siblings): NodeId[] {
  const moved = state.moved[key]
  const at = moved?.digest === digestOf(siblings) ? moved.at : []
  return placeOf(state, key).next.filter((node) => !at.includes(node))
}

export function onHintDeliver(turn: Turn, from: NodeId, { key, siblings }: HintDeliver): void {
  keep(turn, key, siblings)
  send(turn, from, { kind: 'HintAck', key, digest: digestOf(siblings) })
}

/** Rule H2: only what arrived may go. */
export function onHintAck(turn: Turn, from: NodeId, { key, digest }: HintAck): void {
  const { state } = turn
  const hint = state.hints.get(from)?.get(key)
  if (hint && digestOf(hint) === digest) {
    note(turn, 'handOff', { key, to: from })
    dropHint(turn, from, key)
  }
  const siblings = stored(state, key)
  if (siblings.length === 0 || digestOf(siblings) !== digest || placeOf(state, key).next.includes(state.id)) return
  const moved = state.moved[key]
  const at = moved?.digest === digest ? moved.at : []
  if (!at.includes(from)) state.moved = { ...state.moved, [key]: { digest, at: [...at, from] } }
  letGo(turn, key)
  leaveAtLast(turn)
}

/** Not as long as this node is at home there. */
function letGo(turn: Turn, key: string): void {
  const { state } = turn
  const { homes, next } = placeOf(state, key)
  if (next.length === 0 || homes.includes(state.id) || next.includes(state.id) || absent(state, key, stored(state, key)).length > 0) return
  note(turn, 'moveOut', { key })
  drop(turn, key)
}

/** Rule M2: whoever leaves counts until everything that it keeps is elsewhere. */
function leaveAtLast(turn: Turn): void {
  const { state } = turn
  if (state.members[state.id]?.status !== 'leaving' || state.hints.size > 0) return
  if (entriesOf(state.store).some(([, key, siblings]) => absent(state, key, siblings).length > 0)) return
  setStatus(turn, 'out')
}
