/**
 * What one step of Raft costs, without processes, sockets or disks: `node test/bench/raftStep.ts`. Three servers in this
 * process, 256 clients with one command of 64 bytes outstanding each, messages handed over as they are. Nanoseconds per step.
 */
import type { Effect } from '../../protocols/core/effect.ts'
import { type NodeId, nodeIds } from '../../protocols/core/ids.ts'
import type { Input } from '../../protocols/core/input.ts'
import { lastIndex } from '../../protocols/raft/log.ts'
import type { RaftMessage } from '../../protocols/raft/messages.ts'
import { optionsSchema } from '../../protocols/raft/options.ts'
import { raftMachine } from '../../protocols/raft/raft.ts'
import type { RaftState } from '../../protocols/raft/state.ts'
import { observe } from '../../protocols/raft/view.ts'
import { kv } from '../../protocols/services/kv.ts'

const CLIENTS = 256
const COMMANDS = 400_000

const machine = raftMachine(kv)
const nodes = nodeIds(3)
const [leader] = nodes as [NodeId, NodeId, NodeId]
const options = optionsSchema.parse({})
const states = new Map<NodeId, RaftState>()
const spent = new Map<string, { steps: number; entries: number; ns: number }>()

const ambient = { nowMs: 0, coin: 0 }
let queue: { to: NodeId; input: Input<RaftMessage> }[] = []
let replies: number[] = []

function take(node: NodeId, effects: readonly Effect<RaftMessage>[]): void {
  for (const effect of effects) {
    if (effect.kind === 'send') queue.push({ to: effect.to, input: { kind: 'message', from: node, message: effect.message, ...ambient } })
    else if (effect.kind === 'reply') replies.push(effect.id)
  }
}

function name(input: Input<RaftMessage>): string {
  if (input.kind === 'message') return input.message.kind
  return input.kind === 'request' ? `request ${input.request.kind}` : input.kind
}

/** Steps are timed in the batches in which a real server would take them, so that the clock's own cost stays small. */
function run(node: NodeId, inputs: readonly Input<RaftMessage>[]): void {
  const what = name(inputs[0] as Input<RaftMessage>)
  let state = states.get(node) as RaftState
  const all: (readonly Effect<RaftMessage>[])[] = []
  const began = process.hrtime.bigint()
  for (const input of inputs) {
    const step = machine.step(state, input)
    state = step.state
    all.push(step.effects)
  }
  const ns = Number(process.hrtime.bigint() - began)
  states.set(node, state)
  const sum = spent.get(what) ?? { steps: 0, entries: 0, ns: 0 }
  sum.steps += inputs.length
  sum.ns += ns
  for (const input of inputs)
    if (input.kind === 'message' && input.message.kind === 'AppendEntries') sum.entries += input.message.entries.length
  spent.set(what, sum)
  for (const effects of all) take(node, effects)
}

/** Delivers rounds of messages, those of one kind for one node together, until none is left. */
function settle(): void {
  while (queue.length > 0) {
    const round = queue
    queue = []
    const groups = new Map<string, { to: NodeId; inputs: Input<RaftMessage>[] }>()
    for (const { to, input } of round) {
      const key = `${to} ${name(input)}`
      const group = groups.get(key) ?? { to, inputs: [] }
      group.inputs.push(input)
      groups.set(key, group)
    }
    for (const { to, inputs } of groups.values()) run(to, inputs)
  }
}

for (const id of nodes) {
  const { state, effects } = machine.start({ kind: 'start', id, nodes, members: nodes, options, recovered: [], ...ambient })
  states.set(id, state)
  take(id, effects)
}
for (const node of nodes) run(node, [{ kind: 'timer', name: 'election', ...ambient }]) // nobody hears a leader
run(leader, [{ kind: 'timer', name: 'election', ...ambient }])
settle()
run(
  leader,
  Array.from({ length: CLIENTS }, (_, id) => ({ kind: 'request', id, request: { kind: 'register' }, ...ambient })),
)
settle()
replies = []
const firstSession = 2
let serial = 0
const value = 'v'.repeat(56)
function wave(): void {
  const query = (serial / CLIENTS) % 10 === 9
  const inputs: Input<RaftMessage>[] = []
  for (let client = 0; client < CLIENTS; client++) {
    const op = { op: 'put', key: `k${(serial * 7) % 1000}`, value: value + (serial % 1e8) }
    const seq = Math.floor(serial / CLIENTS) + 1
    serial++
    inputs.push({
      kind: 'request',
      id: serial,
      request: query
        ? { kind: 'query', op: { op: 'get', key: op.key } }
        : { kind: 'command', session: firstSession + client, seq, firstUnacked: seq, op },
      ...ambient,
    })
  }
  run(leader, inputs)
  settle()
  if (replies.length !== CLIENTS) throw new Error(`${replies.length} replies to ${CLIENTS} requests`)
  replies = []
}
while (serial < COMMANDS / 4) wave() // warm
spent.clear()
while (serial < COMMANDS) wave()

const rows: Record<string, { steps: number; 'ns/step': number; 'ns/entry'?: number }> = {}
for (const [what, { steps, entries, ns }] of [...spent].sort()) {
  rows[what] = { steps, 'ns/step': Math.round(ns / steps), ...(entries > 0 ? { 'ns/entry': Math.round(ns / entries) } : {}) }
}
console.table(rows)
const total = [...spent.values()].reduce((sum, { ns }) => sum + ns, 0)
const commands = (spent.get('request command') as { steps: number }).steps
console.log(`all three servers together: ${Math.round(total / commands)} ns per command`)

// The three figures by themselves, each from one and the same state.
const at = states.get(leader) as RaftState
const follower = states.get(nodes[1] as NodeId) as RaftState
const last = lastIndex(at.log)
const entries = Array.from({ length: 64 }, (_, i) => ({
  term: at.currentTerm,
  kind: 'command' as const,
  session: firstSession + i,
  seq: 1_000_000,
  firstUnacked: 1_000_000,
  op: { op: 'put', key: `k${i}`, value },
}))
function time(title: string, state: RaftState, input: Input<RaftMessage>): void {
  const times = 20_000
  for (let i = 0; i < times; i++) machine.step(state, input)
  const began = process.hrtime.bigint()
  for (let i = 0; i < times; i++) machine.step(state, input)
  console.log(`${title}: ${Math.round(Number(process.hrtime.bigint() - began) / times)} ns/step`)
}
const request: Input<RaftMessage> = {
  kind: 'request',
  id: 1,
  request: { kind: 'command', session: firstSession, seq: 1_000_000, firstUnacked: 1_000_000, op: { op: 'put', key: 'x', value } },
  ...ambient,
}
time('leader takes a request', at, request)
time('follower appends 64 entries', follower, {
  kind: 'message',
  from: leader,
  message: {
    kind: 'AppendEntries',
    term: at.currentTerm,
    leaderId: leader,
    prevLogIndex: last,
    prevLogTerm: at.currentTerm,
    entries,
    leaderCommit: at.commitIndex,
    readCtx: 0,
  },
  ...ambient,
})
const acked = machine.step(at, request).state
time('leader is acknowledged, commits, applies and answers', acked, {
  kind: 'message',
  from: nodes[1] as NodeId,
  message: { kind: 'AppendEntriesReply', term: at.currentTerm, success: true, prevLogIndex: last, matchIndex: last + 1, readCtx: 0 },
  ...ambient,
})
const began = process.hrtime.bigint()
for (let i = 0; i < 100_000; i++) observe(at)
console.log(`observe: ${Math.round(Number(process.hrtime.bigint() - began) / 100_000)} ns`)
