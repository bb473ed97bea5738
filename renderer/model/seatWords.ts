/** What is said of a node that comes or goes: how far it is, why not, and what can be done. */
import type { NodeId } from '../../protocols/core/ids.ts'

export interface SeatStanding {
  readonly is: 'joins' | 'leaves'
  readonly told?: { readonly node: NodeId }
  readonly refused?: { readonly by: NodeId; readonly why: string; readonly askAtUs?: number }
}

/** `waitsFor`: what the change that is under way waits for; `isBroken`: faults stand or nodes are down, which may be why. */
export function seatText(node: NodeId, { is, told, refused }: SeatStanding, waitsFor: string | undefined, isBroken: boolean): string {
  const toDo = is === 'joins' ? 'join the group' : 'leave the group'
  if (refused?.askAtUs !== undefined) return `Is to ${toDo}. ${who(refused.by, node)} says not yet: ${refused.why}. It is asked again.`
  if (refused) {
    const next = is === 'joins' ? `ask again, or end its process` : 'ask again, or let it stay; to end its process now is like a crash'
    return `${is === 'joins' ? 'Does not join' : 'Stays'}: ${who(refused.by, node)} refuses, ${refused.why}. When that has changed, ${next}.`
  }
  const heal = isBroken ? ' If it does not go on, heal what is broken.' : ''
  if (told === undefined) return `Is to ${toDo}. Nobody was told yet${waitsFor === undefined ? '' : `: ${waitsFor}`}.${heal}`
  return `Is to ${toDo}: ${who(told.node, node)} was told${waitsFor === undefined ? '' : `, and ${waitsFor}`}.${heal}`
}

const who = (by: NodeId, node: NodeId): string => (by === node ? 'it' : by)

/** In two words, beside the node. */
export const seatCaption = ({ is, refused }: SeatStanding): string =>
  refused === undefined || refused.askAtUs !== undefined ? is : is === 'joins' ? 'join refused' : 'leave refused'
