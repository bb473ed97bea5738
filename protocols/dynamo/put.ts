/** Writing (§4.5): any node that would keep the key coordinates; W copies on disks make it a success. */
import type { NodeId } from '../core/ids.ts'
import { resultOf, type StoreWrite } from './answers.ts'
import { tell } from './gossip.ts'
import type { ReplicaPut, ReplicaPutAck } from './messages.ts'
import { close, nextRequest, open, replace } from './requests.ts'
import { combine, keep, keepHint, keeps, known, note, type OpenPut, placeOf, reply, send, type Turn } from './state.ts'
import { targetsOf } from './targets.ts'
import { dotText, written } from './versions.ts'

/** Rules P1 and P2. */
export function onPut(turn: Turn, client: number, op: StoreWrite): void {
  const { state } = turn
  const { key } = op
  const place = placeOf(state, key)
  const asked = targetsOf(state, place)
  const own = asked.find(({ node }) => node === state.id)
  if (!own) return reply(turn, client, { kind: 'redirect', ...(asked[0] ? { leader: asked[0].node } : {}) })

  const siblings = takeOn(turn, op)
  if (own.hintFor === null) keep(turn, key, siblings)
  else keepHint(turn, own.hintFor, key, siblings)

  const req = nextRequest(turn)
  const request: OpenPut = { kind: 'put', req, client, key, needs: state.quorum.w, asked, siblings, acks: [state.id], ticks: 0 }
  open(turn, request)
  for (const { node, hintFor } of asked)
    if (node !== state.id) send(turn, node, { kind: 'ReplicaPut', req, key, siblings: [...siblings], hintFor })
  // Who will be at home here soon must not miss it. It does not count.
  for (const node of place.pending)
    if (!asked.some((each) => each.node === node))
      send(turn, node, { kind: 'ReplicaPut', req, key, siblings: [...siblings], hintFor: null })
  proceed(turn, request)
}

/** A new version, beside all that this node knows of the key and that the client had not read. */
function takeOn(turn: Turn, { key, value, context, id: write }: StoreWrite) {
  const { state } = turn
  const before = known(state, key)
  if (write > 0 && before.some((sibling) => sibling.write === write)) {
    note(turn, 'again', { key, write })
    return before
  }
  state.used += 1
  turn.written.used = state.used
  const dot = { actor: state.actor, n: state.used }
  note(turn, 'write', { key, value, dot: dotText(dot) })
  const after = written(before, { dot, context, value, at: turn.nowMs, write })
  return combine(state, after, [])
}

/**
 * Rule P4. Who is not at home there as far as it knows hands on what it is given: in a strict quorum that is no acknowledgement. One of the two has not heard of the
 * newer ring, and will now.
 */
export function onReplicaPut(turn: Turn, from: NodeId, { req, key, siblings, hintFor }: ReplicaPut): void {
  const { state } = turn
  if (hintFor === null || hintFor === state.id) keep(turn, key, siblings)
  else keepHint(turn, hintFor, key, siblings)
  if (!state.options.sloppy && !keeps(state, placeOf(state, key))) return tell(turn, from)
  send(turn, from, { kind: 'ReplicaPutAck', req })
}

/** Rule P3. A node counts once, whatever it keeps for others. */
export function onReplicaPutAck(turn: Turn, from: NodeId, { req }: ReplicaPutAck): void {
  const request = turn.state.requests.find((each) => each.req === req)
  if (request?.kind !== 'put') return
  if (request.acks.includes(from) || !request.asked.some(({ node }) => node === from)) return
  const next = { ...request, acks: [...request.acks, from] }
  replace(turn, next)
  proceed(turn, next)
}

function proceed(turn: Turn, request: OpenPut): void {
  let now = request
  if (now.client !== null && now.acks.length >= now.needs) {
    note(turn, 'writeDone', { key: now.key, nodes: [...now.acks] })
    reply(turn, now.client, { kind: 'ok', result: resultOf(now.siblings) })
    now = { ...now, client: null }
    replace(turn, now)
  }
  if (now.client === null && now.asked.every(({ node }) => now.acks.includes(node))) close(turn, now)
}
