/** One node of the imitated cluster: what it holds, what it shows, what its operations do, and which faults touch a message. */
import type { ArmedFault } from '../../../protocols/core/fault.ts'
import type { EndpointId, NodeId } from '../../../protocols/core/ids.ts'
import type { Json } from '../../../protocols/core/json.ts'
import type { Observation, Role } from '../../../protocols/core/machine.ts'

export interface Entry {
  readonly term: number
  readonly op: string
  readonly id?: number
}

export interface FakeNode {
  readonly id: NodeId
  readonly index: number
  status: 'up' | 'paused' | 'down' | 'empty'
  life: number
  step: number
  sent: number
  lamport: number
  clock: number[]
  role: Role
  term: number
  votedFor: NodeId | null
  leader: NodeId | undefined
  votes: Set<NodeId>
  log: Entry[]
  commit: number
  matched: Map<NodeId, number>
  kv: Record<string, string>
  electionToken: number
  heartbeatToken: number
  waiting: (() => void)[]
  shown: string
}

export function observe(node: FakeNode): Observation {
  return {
    role: node.role,
    epoch: node.term,
    ...(node.leader ? { leader: node.leader } : {}),
    facts: { votedFor: node.votedFor, lastIndex: node.log.length, commitIndex: node.commit, lastApplied: node.commit },
  }
}

export function stateTree(node: FakeNode): Json {
  const from = Math.max(0, node.log.length - 32)
  return {
    role: node.role,
    currentTerm: node.term,
    votedFor: node.votedFor,
    leader: node.leader ?? null,
    commitIndex: node.commit,
    lastApplied: node.commit,
    votes: [...node.votes],
    log: node.log.slice(from).map(({ term, op }, i) => ({ index: from + i + 1, term, op })),
    ...(node.role === 'leader' ? { matchIndex: Object.fromEntries(node.matched) } : {}),
    service: { ...node.kv },
  }
}

export function touches(fault: ArmedFault, from: EndpointId, to: EndpointId, type: string): boolean {
  if (fault.rule?.types && !fault.rule.types.includes(type)) return false
  if ('all' in fault.target) return true
  if ('links' in fault.target) return fault.target.links.some(([a, b]) => a === from && b === to)
  const side = (end: EndpointId) => ('groups' in fault.target ? fault.target.groups.findIndex((group) => group.includes(end)) : -1)
  return side(from) >= 0 && side(to) >= 0 && side(from) !== side(to)
}

export function opJson(text: string): Json {
  const [op = '', key = '', first = '', second = ''] = text.split(' ')
  if (op === 'cas') return { op, key, expect: first, value: second }
  return op === 'get' || op === 'delete' ? { op, key } : { op, key, value: first }
}

export function applyTo(kv: Record<string, string>, op: string): Json {
  const [kind, key = '', first, second] = op.split(' ')
  if (kind === 'get') return kv[key] ?? null
  if (kind === 'delete') {
    const was = key in kv
    delete kv[key]
    return was
  }
  if (kind === 'cas' && kv[key] !== first) return false
  if (kind === 'cas') {
    kv[key] = second ?? ''
    return true
  }
  if (kind === 'append') kv[key] = (kv[key] ?? '') + first
  else if (kind === 'put') kv[key] = first ?? ''
  return 'ok'
}
