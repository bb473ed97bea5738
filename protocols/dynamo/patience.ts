/** What a coordinator does while answers do not come: others stand in for the silent, and at last it gives up. */
import { finishRead } from './get.ts'
import { close, heardFrom, replace } from './requests.ts'
import { note, type OpenRequest, placeOf, reply, send, setTimer, type Turn } from './state.ts'
import { moreTargets, suspect } from './targets.ts'

/** So often the clock ticks before a silent node is suspected: what was asked just before a tick has at least one whole one. */
const PATIENCE = 2

/** Time passes: who is silent is suspected, others stand in, and at last the client is told that nobody knows. */
export function onTick(turn: Turn): void {
  const { state } = turn
  const ticksMax = Math.ceil(state.options.requestMs / state.options.replicaMs)
  for (const { req } of [...state.requests]) {
    const before = state.requests.find((each) => each.req === req)
    if (!before) continue
    const request = { ...before, ticks: before.ticks + 1 }
    replace(turn, request)
    if (request.ticks % PATIENCE === 0) askOthers(turn, request)
    if (request.ticks >= ticksMax) giveUp(turn, request)
    else if (request.kind === 'get' && request.client === null && request.ticks >= PATIENCE) finishRead(turn, request)
  }
  if (state.requests.length > 0) setTimer(turn, 'requests', state.options.replicaMs)
}

function askOthers(turn: Turn, request: OpenRequest): void {
  const { state } = turn
  const answered = heardFrom(request)
  for (const { node } of request.asked) if (!answered.includes(node)) suspect(turn, node)
  const more = moreTargets(state, placeOf(state, request.key), request.asked, answered).filter(({ node }) => node !== state.id)
  if (more.length === 0) return
  const { req, key } = request
  for (const { node, hintFor } of more) {
    note(turn, 'standIn', { key, node, for: hintFor })
    if (request.kind === 'get') send(turn, node, { kind: 'ReplicaGet', req, key })
    else send(turn, node, { kind: 'ReplicaPut', req, key, siblings: [...request.siblings], hintFor })
  }
  replace(turn, { ...request, asked: [...request.asked, ...more] })
}

/** Too late. What a write has reached keeps it all the same. */
function giveUp(turn: Turn, request: OpenRequest): void {
  const { client, key, needs, kind } = request
  close(turn, request)
  if (client === null) return
  const have = heardFrom(request).length
  note(turn, 'giveUp', { key, what: kind, have, needs })
  reply(turn, client, { kind: 'unknown', why: `${have} of ${needs} nodes answered in time` })
}
