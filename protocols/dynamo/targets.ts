/**
 * Whom a coordinator asks for a key: the N nodes at home there; in a sloppy quorum the first N healthy ones on the ring, each that is not at home
 * in the stead of one that is (§4.6). A node is suspected by whomever it did not answer, until it says something (§4.8.3).
 */
import type { NodeId } from '../core/ids.ts'
import type { Place } from './members.ts'
import { type Asked, type DynamoState, note, type Turn } from './state.ts'

export function targetsOf(state: Pick<DynamoState, 'id' | 'options' | 'suspects'>, { order, homes }: Place): Asked[] {
  if (!state.options.sloppy) return homes.map((node) => ({ node, hintFor: null }))
  const spare = order.filter((node) => !homes.includes(node) && isHealthy(state, node))
  return homes.map((home) => {
    const standIn = isHealthy(state, home) ? undefined : spare.shift()
    return standIn === undefined ? { node: home, hintFor: null } : { node: standIn, hintFor: home }
  })
}

/** In the stead of homes whose copy nobody healthy was asked for or has given: the next healthy ones on the ring that were not asked. */
export function moreTargets(state: DynamoState, { order, homes }: Place, asked: readonly Asked[], answered: readonly NodeId[]): Asked[] {
  if (!state.options.sloppy) return []
  const isCared = ({ node }: Asked) => answered.includes(node) || isHealthy(state, node)
  const spare = order.filter((node) => isHealthy(state, node) && !asked.some((each) => each.node === node))
  const missing = homes.filter((home) => !asked.some((each) => (each.node === home || each.hintFor === home) && isCared(each)))
  return missing.flatMap((home) => {
    const node = spare.shift()
    return node === undefined ? [] : [{ node, hintFor: home }]
  })
}

const isHealthy = ({ id, suspects }: Pick<DynamoState, 'id' | 'suspects'>, node: NodeId): boolean => node === id || !suspects.includes(node)

export function suspect(turn: Turn, node: NodeId): void {
  const { state } = turn
  if (state.suspects.includes(node) || node === state.id) return
  state.suspects = [...state.suspects, node]
  note(turn, 'suspect', { node })
}

export function trust(turn: Turn, node: NodeId): void {
  const { state } = turn
  if (!state.suspects.includes(node)) return
  state.suspects = state.suspects.filter((each) => each !== node)
  note(turn, 'trust', { node })
}
