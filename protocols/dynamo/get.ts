/** Reading (§4.5): R answers, merged; and read repair (§5). Any node coordinates. */
import type { NodeId } from '../core/ids.ts'
import { resultOf } from './answers.ts'
import { tell } from './gossip.ts'
import type { ReadRepair, ReplicaGet, ReplicaGetReply } from './messages.ts'
import { close, nextRequest, open, replace } from './requests.ts'
import { combine, type DynamoState, keep, keeps, known, note, type OpenGet, placeOf, reply, send, type Turn } from './state.ts'
import { targetsOf } from './targets.ts'
import { type Siblings, same } from './versions.ts'

/** Rule G1. */
export function onGet(turn: Turn, client: number, key: string): void {
  const { state } = turn
  const asked = targetsOf(state, placeOf(state, key))
  const answers = asked.some(({ node }) => node === state.id) ? [{ node: state.id, siblings: known(state, key) }] : []
  const req = nextRequest(turn)
  const request: OpenGet = { kind: 'get', req, client, key, needs: state.quorum.r, asked, answers, ticks: 0 }
  open(turn, request)
  for (const { node } of asked) if (node !== state.id) send(turn, node, { kind: 'ReplicaGet', req, key })
  proceed(turn, request)
}

/**
 * Who is asked as one that is at home there, and is not any more, has let go of what was written, and is told of nothing new: it tells its table instead of an
 * answer. In a sloppy quorum stand-ins answer with what they keep.
 */
export function onReplicaGet(turn: Turn, from: NodeId, { req, key }: ReplicaGet): void {
  const { state } = turn
  if (!state.options.sloppy && !placeOf(state, key).homes.includes(state.id)) return tell(turn, from)
  send(turn, from, { kind: 'ReplicaGetReply', req, siblings: [...known(state, key)] })
}

export function onReplicaGetReply(turn: Turn, from: NodeId, { req, siblings }: ReplicaGetReply): void {
  const request = turn.state.requests.find((each) => each.req === req)
  if (request?.kind !== 'get') return
  if (request.answers.some(({ node }) => node === from)) return
  const next = { ...request, answers: [...request.answers, { node: from, siblings }] }
  replace(turn, next)
  proceed(turn, next)
}

function proceed(turn: Turn, request: OpenGet): void {
  let now = request
  if (now.client !== null && now.answers.length >= now.needs) {
    note(turn, 'readDone', { key: now.key, nodes: now.answers.map(({ node }) => node) })
    reply(turn, now.client, { kind: 'ok', result: resultOf(mergedAnswers(turn.state, now)) })
    now = { ...now, client: null }
    replace(turn, now)
  }
  if (now.client === null && now.asked.every(({ node }) => now.answers.some((answer) => answer.node === node))) finishRead(turn, now)
}

const mergedAnswers = (state: DynamoState, { answers }: OpenGet): Siblings =>
  answers.reduce<Siblings>((all, { siblings }) => combine(state, all, siblings), [])

/** Rule G2: the client has its answer; replicas that gave less are given the rest. */
export function finishRead(turn: Turn, request: OpenGet): void {
  const { state } = turn
  const { key, answers } = request
  close(turn, request)
  if (!state.options.readRepair) return
  const merged = mergedAnswers(state, request)
  const { homes } = placeOf(state, key)
  for (const { node, siblings } of answers) {
    if (!homes.includes(node) || same(siblings, merged)) continue
    note(turn, 'repair', { key, node })
    if (node === state.id) keep(turn, key, merged)
    else send(turn, node, { kind: 'ReadRepair', key, siblings: [...merged] })
  }
}

export function onReadRepair(turn: Turn, { key, siblings }: ReadRepair): void {
  if (keeps(turn.state, placeOf(turn.state, key))) keep(turn, key, siblings)
}
