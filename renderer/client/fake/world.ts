/**
 * An imitation of a running cluster, for developing and testing the window without processes: a small seeded
 * simulation that speaks roughly Raft and emits the very events that a real run records. It shows what a run looks
 * like; it is no implementation of Raft and proves nothing about one.
 */

import type { ClientAnswer, Mark, Violation } from '../../../main/contract/commands.ts'
import { LabError } from '../../../main/contract/errors.ts'
import { type Load, type RunConfig, runConfigSchema } from '../../../protocols/core/config.ts'
import type { RunEvent, StepEvent } from '../../../protocols/core/event.ts'
import type { ArmedFault, ClockSetting, NetworkFault, NodeAction, SyncMs } from '../../../protocols/core/fault.ts'
import {
  CLIENTS,
  type EndpointId,
  endpointIds,
  type FaultId,
  faultId,
  type MessageId,
  messageId,
  type NodeId,
  nodeIds,
} from '../../../protocols/core/ids.ts'
import type { Control } from '../../../protocols/core/input.ts'
import type { Json } from '../../../protocols/core/json.ts'
import { draw, fraction } from '../../../protocols/core/prng.ts'
import { Agenda } from './agenda.ts'
import { applyTo, type Entry, type FakeNode, observe, opJson, stateTree, touches } from './node.ts'

interface Outgoing {
  readonly to: EndpointId
  readonly type: string
  readonly body: Json
}

type Stepped = Pick<StepEvent, 'input'> & {
  notes?: StepEvent['notes']
  timers?: StepEvent['timers']
  persisted?: number
  sends?: Outgoing[]
}

interface Held {
  readonly message: MessageId
  readonly fault: FaultId
  readonly go: () => void
}

export class World {
  readonly config: RunConfig
  readonly nodes: FakeNode[]
  readonly events: RunEvent[] = []
  readonly marks: Mark[] = []
  readonly violations: Violation[] = []
  readonly faults = new Map<FaultId, ArmedFault>()
  /** Every node's state after every step, in order of events. */
  readonly states: { readonly seq: number; readonly node: NodeId; readonly state: Json }[] = []
  nowUs = 0
  load: Load | undefined
  timeScale: number
  ended = false
  readonly #agenda = new Agenda()
  readonly #ends: EndpointId[]
  /** Whose clocks are wrong, and whose disks are slow. */
  readonly #askew = new Set<NodeId>()
  readonly #slow = new Set<NodeId>()
  #clients = { step: 0, sent: 0, lamport: 0, clock: [] as number[] }
  #coins = 0
  #operations = 0
  #faultCount = 0
  #held: Held[] = []
  #lastArrival = new Map<string, number>()
  readonly #asked = new Map<number, { op: string; client: string; atUs: number; answer: (answer: ClientAnswer) => void }>()

  constructor(config: Partial<RunConfig>) {
    this.config = runConfigSchema.parse(config)
    this.timeScale = this.config.timeScale
    this.nodes = nodeIds(this.config.nodes).map((id, index) => ({
      id,
      index,
      status: index < this.config.nodes - this.config.spares ? 'down' : 'empty',
      life: 0,
      step: 0,
      sent: 0,
      lamport: 0,
      clock: [],
      role: 'follower',
      term: 0,
      votedFor: null,
      leader: undefined,
      votes: new Set(),
      log: [],
      commit: 0,
      matched: new Map(),
      kv: {},
      electionToken: 0,
      heartbeatToken: 0,
      waiting: [],
      shown: '',
    }))
    this.#ends = endpointIds(this.nodes.map(({ id }) => id))
    this.#clients.clock = this.#ends.map(() => 0)
    for (const node of this.#taken) this.#agenda.add(90_000 + this.#random(60_000), () => this.#up(node))
    if (this.config.load) this.setLoad(this.config.load)
  }

  /** Real runs are recorded in real time; simulated ones in their own, which goes by so much slower (`pace`). */
  get #stretch(): number {
    return this.config.mode === 'real' ? this.timeScale : 1
  }

  /** Real microseconds to one of the recording. */
  get pace(): number {
    return this.config.mode === 'real' ? 1 : this.timeScale
  }

  get lastSeq(): number {
    return this.events.length
  }

  /** Lets the run go on until a time. */
  runTo(untilUs: number): void {
    for (let next = this.#agenda.take(untilUs); next; next = this.#agenda.take(untilUs)) {
      this.nowUs = next.atUs
      next.act()
    }
    this.nowUs = untilUs
  }

  end(): void {
    this.#emit({ kind: 'action', action: { do: 'end' } })
    this.ended = true
  }

  /** Whoever is there; in this imitation they are the group. */
  get #taken(): FakeNode[] {
    return this.nodes.filter(({ status }) => status !== 'empty')
  }

  // --- what a person does -------------------------------------------------------------------------------------

  act(id: NodeId, what: NodeAction): void {
    const node = this.#node(id)
    this.#emit({ kind: 'action', action: { do: 'node', node: id, what } })
    if (what === 'add' && node.status === 'empty') {
      node.status = 'down'
      this.#mark('add', `${id} was added`, { node: id })
      this.#agenda.add(this.nowUs + 120_000, () => this.#up(node))
    } else if (what === 'remove' && node.status !== 'empty') {
      node.electionToken++
      node.heartbeatToken++
      node.waiting = []
      node.status = 'empty'
      this.#emit({ kind: 'node', node: id, change: { is: 'down', asked: true, reason: 'removed', removed: true } })
      this.#mark('remove', `${id} was removed`, { node: id })
    } else if (what === 'crash' && node.status !== 'down') this.#down(node, true, 'killed (SIGKILL)')
    else if (what === 'restart' && node.status === 'down') this.#agenda.add(this.nowUs + 120_000, () => this.#up(node))
    else if (what === 'wipe') {
      node.log = []
      node.term = 0
      node.votedFor = null
      this.#emit({ kind: 'node', node: id, change: { is: 'wiped' } })
      this.#mark('wipe', `${id}'s disk was emptied`, { node: id })
    } else if (what === 'pause' && node.status === 'up') {
      node.status = 'paused'
      this.#emit({ kind: 'node', node: id, change: { is: 'paused' } })
      this.#mark('pause', `${id} paused`, { node: id })
    } else if (what === 'resume' && node.status === 'paused') {
      node.status = 'up'
      this.#emit({ kind: 'node', node: id, change: { is: 'resumed' } })
      this.#mark('resume', `${id} resumed`, { node: id })
      for (const act of node.waiting.splice(0)) act()
    }
  }

  /** Recorded; in this imitation nobody listens. */
  tell(id: NodeId, control: Control): void {
    const node = this.#node(id)
    if (node.status !== 'up') throw new LabError('node-down', `${id} is ${node.status}: it hears nothing.`)
    this.#emit({ kind: 'action', action: { do: 'control', node: id, control } })
  }

  arm(fault: NetworkFault): ArmedFault {
    const armed = { ...fault, id: faultId(`f${++this.#faultCount}`) } as ArmedFault
    this.faults.set(armed.id, armed)
    this.#emit({ kind: 'action', action: { do: 'arm', fault: armed } })
    this.#mark('fault', `${fault.kind}`, { fault: armed.id })
    return armed
  }

  lift(id: FaultId): void {
    if (!this.faults.delete(id)) return
    this.#emit({ kind: 'action', action: { do: 'lift', fault: id } })
    this.#mark('lift', 'lifted', { fault: id })
    this.release(id)
  }

  release(fault: FaultId, message?: MessageId): number {
    const free = this.#held.filter((held) => held.fault === fault && (message === undefined || held.message === message))
    this.#held = this.#held.filter((held) => !free.includes(held))
    for (const held of free) {
      if (this.faults.has(fault)) this.#emit({ kind: 'action', action: { do: 'release', fault, message: held.message } })
      held.go()
    }
    return free.length
  }

  heal(): void {
    for (const id of [...this.faults.keys()]) this.lift(id)
    for (const node of this.#askew) this.setClock(node, { skewMs: 0, driftPpm: 0 })
    for (const node of this.#slow) this.setSync(node, null)
    for (const node of this.#taken) if (node.status !== 'up') this.act(node.id, node.status === 'down' ? 'restart' : 'resume')
  }

  /** Recorded and shown; this imitation goes by one clock. */
  setClock(node: NodeId, setting: ClockSetting): void {
    this.#refuseReal(node, 'clock')
    const isRight = setting.skewMs === 0 && setting.driftPpm === 0
    this.#askew[isRight ? 'delete' : 'add'](node)
    this.#emit({ kind: 'action', action: { do: 'clock', node, ...setting } })
    this.#mark(isRight ? 'lift' : 'fault', `the clock of ${node}`, { node, fault: `clock ${node}` })
  }

  setSync(node: NodeId, syncMs: SyncMs | null): void {
    this.#refuseReal(node, 'disk')
    this.#slow[syncMs ? 'add' : 'delete'](node)
    this.#emit({ kind: 'action', action: { do: 'disk', node, syncMs } })
    this.#mark(syncMs ? 'fault' : 'lift', `the disk of ${node}`, { node, fault: `disk ${node}` })
  }

  setTimeScale(scale: number): void {
    this.timeScale = scale
    this.#emit({ kind: 'action', action: { do: 'timeScale', scale } })
  }

  setLoad(load: Load | null): void {
    this.load = load ?? undefined
    this.#emit({ kind: 'action', action: { do: 'load', load } })
    this.#mark('load', load ? `load: ${load.rate} operations/s` : 'load off', {})
    if (load) this.#agenda.add(this.nowUs + 400_000, () => this.#loadTick(load))
  }

  ask(op: string, client = 'you'): Promise<ClientAnswer> {
    return new Promise((answer) => {
      const operation = ++this.#operations
      this.#clientStep(undefined)
      this.#emit({ kind: 'invoke', operation, client, op: opJson(op), ...this.#clientStamp() })
      this.#asked.set(operation, { op, client, atUs: this.nowUs, answer })
      this.#sendAsking(operation)
      this.#agenda.add(this.nowUs + 4_000_000, () => this.#settle(operation, 'unknown', 'no answer within 4 s'))
    })
  }

  #refuseReal(node: NodeId, what: string): void {
    this.#node(node)
    if (this.config.mode === 'simulation') return
    const hint = `Start the run as a simulation: there every node has a ${what} of its own.`
    throw new LabError('bad-request', `The ${what} of ${node} cannot be set: ${node} is a real process.`, hint)
  }

  // --- nodes --------------------------------------------------------------------------------------------------

  #up(node: FakeNode): void {
    if (node.status !== 'down') return
    node.status = 'up'
    node.life++
    node.step = 0
    node.sent = 0
    node.role = 'follower'
    node.leader = undefined
    node.commit = 0
    node.kv = {}
    node.shown = ''
    node.clock = this.#ends.map(() => 0)
    this.#emit({
      kind: 'node',
      node: node.id,
      change: { is: 'up', pid: this.config.mode === 'real' ? 41_000 + node.index * 7 + node.life * 40 : 0, life: node.life },
    })
    if (node.life > 1) this.#mark('restart', `${node.id} restarted`, { node: node.id })
    this.#step(node, { input: { kind: 'start', recovered: node.log.length }, timers: [this.#electionTimer(node)] })
  }

  #down(node: FakeNode, asked: boolean, reason: string): void {
    node.status = 'down'
    node.electionToken++
    node.heartbeatToken++
    node.waiting = []
    this.#emit({ kind: 'node', node: node.id, change: { is: 'down', asked, reason } })
    this.#mark('crash', `${node.id} crashed`, { node: node.id })
  }

  #electionTimer(node: FakeNode): { name: string; ms: number } {
    const ms = Math.round((150 + this.#random(150)) * 10) / 10
    const token = ++node.electionToken
    this.#agenda.add(this.nowUs + ms * 1000 * this.#stretch * 2, () => {
      if (node.electionToken === token) this.#whenAwake(node, () => this.#campaign(node))
    })
    return { name: 'election', ms }
  }

  #heartbeatTimer(node: FakeNode): { name: string; ms: number } {
    const token = ++node.heartbeatToken
    this.#agenda.add(this.nowUs + 50_000 * this.#stretch * 2, () => {
      if (node.heartbeatToken === token && node.role === 'leader') this.#whenAwake(node, () => this.#beat(node))
    })
    return { name: 'heartbeat', ms: 50 }
  }

  #campaign(node: FakeNode): void {
    if (node.status !== 'up' || node.role === 'leader') return
    node.role = 'candidate'
    node.term++
    node.votedFor = node.id
    node.leader = undefined
    node.votes = new Set([node.id])
    const body = {
      kind: 'RequestVote',
      term: node.term,
      candidateId: node.id,
      lastLogIndex: node.log.length,
      lastLogTerm: node.log.at(-1)?.term ?? 0,
    }
    this.#step(node, {
      input: { kind: 'timer', name: 'election' },
      timers: [this.#electionTimer(node)],
      persisted: 1,
      notes: [{ note: 'becomeCandidate', data: { term: node.term } }],
      sends: this.#others(node).map((to) => ({ to: to.id, type: 'RequestVote', body })),
    })
  }

  #beat(node: FakeNode): void {
    if (node.status !== 'up') return
    this.#step(node, { input: { kind: 'timer', name: 'heartbeat' }, timers: [this.#heartbeatTimer(node)], sends: this.#appends(node) })
  }

  #appends(node: FakeNode): Outgoing[] {
    return this.#others(node).map((to) => {
      const from = node.matched.get(to.id) ?? 0
      const entries = node.log.slice(from, from + 20).map(({ term, op }) => ({ term, op }))
      return {
        to: to.id,
        type: 'AppendEntries',
        body: {
          kind: 'AppendEntries',
          term: node.term,
          leaderId: node.id,
          prevLogIndex: from,
          prevLogTerm: node.log[from - 1]?.term ?? 0,
          entries,
          leaderCommit: node.commit,
        },
      }
    })
  }

  #receive(node: FakeNode, from: EndpointId, type: string, body: Json, message: MessageId): void {
    const m = body as unknown as {
      term: number
      candidateId: NodeId
      leaderId: NodeId
      lastLogIndex: number
      lastLogTerm: number
      prevLogIndex: number
      prevLogTerm: number
      entries: Entry[]
      leaderCommit: number
      voteGranted: boolean
      success: boolean
      matchIndex: number
      id: number
      request: { op: Json }
    }
    const notes: StepEvent['notes'][number][] = []
    const timers: { name: string; ms?: number }[] = []
    const sends: Outgoing[] = []
    let persisted = 0
    if (type === 'ClientRequest') return this.#serve(node, m.id, message)
    if (m.term > node.term) {
      if (node.role === 'leader') {
        node.heartbeatToken++
        timers.push({ name: 'heartbeat' })
        notes.push({ note: 'stepDown', data: { term: m.term } })
      }
      Object.assign(node, { term: m.term, role: 'follower', votedFor: null, leader: undefined })
      persisted = 1
      timers.push(this.#electionTimer(node))
    }
    const reply = (kind: string, rest: { [key: string]: Json }) =>
      sends.push({ to: from, type: kind, body: { kind, term: node.term, ...rest } })
    if (type === 'RequestVote') {
      const last = node.log.at(-1)?.term ?? 0
      const upToDate = m.lastLogTerm > last || (m.lastLogTerm === last && m.lastLogIndex >= node.log.length)
      const voteGranted = m.term === node.term && upToDate && (node.votedFor === null || node.votedFor === from)
      if (voteGranted) {
        node.votedFor = from as NodeId
        persisted = 1
        notes.push({ note: 'grantVote', data: { to: from, term: node.term } })
        timers.push(this.#electionTimer(node))
      }
      reply('RequestVoteReply', { voteGranted })
    } else if (type === 'RequestVoteReply') {
      if (node.role === 'candidate' && m.term === node.term && m.voteGranted) {
        node.votes.add(from as NodeId)
        if (node.votes.size > this.#taken.length / 2) {
          node.role = 'leader'
          node.leader = node.id
          node.matched = new Map()
          node.electionToken++
          node.log.push({ term: node.term, op: 'no-op' })
          persisted = 1
          timers.push({ name: 'election' }, this.#heartbeatTimer(node))
          notes.push({ note: 'becomeLeader', data: { term: node.term, votes: [...node.votes] } })
          sends.push(...this.#appends(node))
        }
      }
    } else if (type === 'AppendEntries') {
      const fits = m.prevLogIndex === 0 || node.log[m.prevLogIndex - 1]?.term === m.prevLogTerm
      const success = m.term === node.term && fits
      if (m.term === node.term) {
        node.role = 'follower'
        node.leader = m.leaderId
        timers.push(this.#electionTimer(node))
      }
      if (success) {
        if (m.entries.length > 0) {
          node.log.splice(m.prevLogIndex, node.log.length, ...m.entries)
          persisted = m.entries.length
        }
        this.#commitTo(node, Math.min(m.leaderCommit, m.prevLogIndex + m.entries.length), notes)
      }
      reply('AppendEntriesReply', {
        success,
        matchIndex: success ? m.prevLogIndex + m.entries.length : Math.max(0, Math.min(m.prevLogIndex - 1, node.log.length)),
      })
    } else if (type === 'AppendEntriesReply' && node.role === 'leader' && m.term === node.term) {
      node.matched.set(from as NodeId, m.matchIndex)
      const matches = this.nodes
        .map((other) => (other === node ? node.log.length : (node.matched.get(other.id) ?? 0)))
        .sort((a, b) => b - a)
      const safe = matches[Math.floor(this.#taken.length / 2)] ?? 0
      if (safe > node.commit && node.log[safe - 1]?.term === node.term) sends.push(...this.#commitTo(node, safe, notes))
    }
    this.#step(node, { input: { kind: 'message', message }, notes, timers, persisted, sends })
  }

  #serve(node: FakeNode, id: number, message: MessageId): void {
    const asked = this.#asked.get(id)
    const reply = (outcome: Json): Outgoing => ({ to: CLIENTS, type: 'ClientReply', body: { kind: 'ClientReply', id, outcome } })
    const sends: Outgoing[] = []
    if (node.role !== 'leader') sends.push(reply({ kind: 'redirect', ...(node.leader ? { leader: node.leader } : {}) }))
    else if (asked) {
      node.log.push({ term: node.term, op: asked.op, id })
      sends.push(...this.#appends(node))
    }
    this.#step(node, { input: { kind: 'request', message }, persisted: node.role === 'leader' ? 1 : 0, sends })
  }

  #commitTo(node: FakeNode, index: number, notes: StepEvent['notes'][number][]): Outgoing[] {
    const replies: Outgoing[] = []
    if (index <= node.commit) return replies
    notes.push({ note: 'commit', data: { from: node.commit + 1, to: index } })
    for (const entry of node.log.slice(node.commit, index)) {
      const result = this.#lie(node, entry.op) ?? applyTo(node.kv, entry.op)
      if (entry.id !== undefined && node.role === 'leader')
        replies.push({ to: CLIENTS, type: 'ClientReply', body: { kind: 'ClientReply', id: entry.id, outcome: { kind: 'ok', result } } })
    }
    node.commit = index
    return replies
  }

  /** Reads that answer what the key held half a second ago, so many: for a window that shows a history that is wrong. */
  lies = 0
  readonly #replaced = new Map<string, { readonly value: string; readonly untilUs: number }[]>()

  #lie(node: FakeNode, op: string): Json | undefined {
    if (node.role !== 'leader') return undefined
    const [kind, key = ''] = op.split(' ')
    const now = node.kv[key]
    const before = this.#replaced.get(key) ?? []
    if (kind !== 'get') {
      if (now !== undefined) this.#replaced.set(key, [...before, { value: now, untilUs: this.nowUs }])
      return undefined
    }
    const at = before.findLastIndex(({ untilUs }) => untilUs < this.nowUs - 500_000)
    const old = before[at]
    if (this.lies === 0 || !old || old.value === now || before.slice(at + 1).some(({ value }) => value === old.value)) return undefined
    this.lies -= 1
    return old.value
  }

  // --- clients ------------------------------------------------------------------------------------------------

  #loadTick(load: Load): void {
    if (this.load !== load || this.ended) return
    const key = 'xyzuvw'[Math.floor(this.#random(Math.min(6, load.keys)))]
    const kind = this.#random(10)
    const op = kind < 5 ? `get ${key}` : kind < 9 ? `put ${key} ${Math.floor(this.#random(100))}` : `cas ${key} 1 2`
    const busy = new Set([...this.#asked.values()].map(({ client }) => client))
    const free = Array.from({ length: load.clients }, (_, i) => `c${i + 1}`).filter((client) => !busy.has(client))
    const client = free[Math.floor(this.#random(free.length))]
    if (client !== undefined) void this.ask(op, client)
    this.#agenda.add(this.nowUs + (1e6 / (load.rate || 100)) * this.#stretch, () => this.#loadTick(load))
  }

  #sendAsking(id: number, to?: NodeId): void {
    const asked = this.#asked.get(id)
    if (!asked) return
    const target =
      to ??
      this.nodes.find((node) => node.role === 'leader' && node.status === 'up')?.id ??
      this.nodes[Math.floor(this.#random(this.nodes.length))]?.id
    if (target === undefined) return
    const number = ++this.#clients.sent
    const body = { kind: 'ClientRequest', id, request: { kind: 'command', session: 1, seq: id, firstUnacked: id, op: opJson(asked.op) } }
    this.#send(CLIENTS, { to: target, type: 'ClientRequest', body }, messageId(this.nodes.length, 1, number), this.#clientStamp())
  }

  #clientStep(seen: readonly number[] | undefined): void {
    const me = this.nodes.length
    if (seen) this.#clients.clock = this.#clients.clock.map((value, i) => Math.max(value, seen[i] ?? 0))
    this.#clients.clock[me] = (this.#clients.clock[me] ?? 0) + 1
    this.#clients.step++
    this.#clients.lamport++
  }

  #clientStamp() {
    const { step, lamport, clock } = this.#clients
    return { life: 1, step, lamport, clock: [...clock] }
  }

  #hear(id: number, outcome: { kind: string; leader?: NodeId; result?: Json }): void {
    this.#clientStep(undefined)
    if (outcome.kind === 'redirect') this.#agenda.add(this.nowUs + 60_000, () => this.#sendAsking(id, outcome.leader))
    else this.#settle(id, 'ok', outcome.result ?? null)
  }

  #settle(operation: number, is: 'ok' | 'unknown', value: Json): void {
    const asked = this.#asked.get(operation)
    if (!asked) return
    this.#asked.delete(operation)
    const outcome = is === 'ok' ? ({ is, result: value } as const) : ({ is, why: String(value) } as const)
    this.#emit({ kind: 'return', operation, client: asked.client, outcome, ...this.#clientStamp() })
    asked.answer({
      operation,
      op: asked.op,
      is,
      text: value === null ? '(none)' : String(value),
      latencyMs: (this.nowUs - asked.atUs) / 1000,
    })
  }

  // --- network ------------------------------------------------------------------------------------------------

  #send(
    from: EndpointId,
    { to, type, body }: Outgoing,
    message: MessageId,
    stamp: { life: number; step: number; lamport: number; clock: number[] },
  ): void {
    this.#emit({ kind: 'send', message, from, to, type, body, ...stamp })
    let delayUs =
      (this.config.network.delayMs + this.#random(this.config.network.jitterMs || 1)) * 1000 * this.#stretch + 150 + this.#random(200)
    let copies = 0
    let gate: FaultId | undefined
    for (const fault of this.faults.values()) {
      if (!touches(fault, from, to, type)) continue
      if (fault.kind === 'cut' || (fault.kind === 'loss' && this.#random(1) < fault.probability)) {
        this.#agenda.add(this.nowUs + delayUs * 0.4, () => this.#emit({ kind: 'drop', message, copy: 0, why: { fault: fault.id } }))
        return
      }
      if (fault.kind === 'delay') delayUs += Math.max(0, fault.delayMs + (this.#random(2) - 1) * fault.jitterMs) * 1000 * this.#stretch
      if (fault.kind === 'reorder' && this.#random(1) < fault.probability) delayUs += this.#random(fault.windowMs) * 1000
      if (fault.kind === 'duplicate' && this.#random(1) < fault.probability) copies = fault.copies
      if (fault.kind === 'hold') gate = fault.id
    }
    const link = `${from}>${to}`
    const atUs = Math.max(this.nowUs + delayUs, (this.#lastArrival.get(link) ?? 0) + 1)
    const deliver = (copy: number) => this.#deliver(from, to, type, body, message, copy, stamp)
    if (gate !== undefined) {
      this.#emit({ kind: 'hold', message, fault: gate })
      this.#held.push({ message, fault: gate, go: () => this.#agenda.add(this.nowUs + 200, () => deliver(0)) })
      return
    }
    this.#lastArrival.set(link, atUs)
    for (let copy = 0; copy <= copies; copy++) this.#agenda.add(atUs + copy * 3000, () => deliver(copy))
  }

  #deliver(
    from: EndpointId,
    to: EndpointId,
    type: string,
    body: Json,
    message: MessageId,
    copy: number,
    stamp: { lamport: number; clock: number[] },
  ): void {
    const node = this.nodes.find(({ id }) => id === to)
    if (node?.status === 'down') {
      this.#emit({ kind: 'drop', message, copy, why: 'receiver-down' })
      return
    }
    this.#emit({ kind: 'deliver', message, copy })
    if (!node) {
      const { id, outcome } = body as unknown as { id: number; outcome: { kind: string } }
      return this.#hear(id, outcome)
    }
    const { life } = node
    this.#whenAwake(node, () => {
      if (node.status !== 'up' || node.life !== life) return
      node.lamport = Math.max(node.lamport, stamp.lamport)
      node.clock = node.clock.map((value, i) => Math.max(value, stamp.clock[i] ?? 0))
      this.#receive(node, from, type, body, message)
    })
  }

  #whenAwake(node: FakeNode, act: () => void): void {
    if (node.status === 'paused') node.waiting.push(act)
    else act()
  }

  // --- recording ----------------------------------------------------------------------------------------------

  #step(node: FakeNode, { input, notes = [], timers = [], persisted = 0, sends = [] }: Stepped): void {
    node.step++
    node.lamport++
    node.clock[node.index] = (node.clock[node.index] ?? 0) + 1
    const stamp = { life: node.life, step: node.step, lamport: node.lamport, clock: [...node.clock] }
    const observation = observe(node)
    const text = JSON.stringify(observation)
    const changed = text !== node.shown
    node.shown = text
    const first = node.sent + 1
    const nowMs = this.nowUs / 1000 / this.#stretch
    this.#emit({
      kind: 'step',
      node: node.id,
      nowMs,
      input,
      sends: { first, count: sends.length },
      timers,
      persisted,
      notes,
      ...stamp,
      ...(changed ? { observation } : {}),
    })
    this.states.push({ seq: this.lastSeq, node: node.id, state: stateTree(node) })
    if (notes.some(({ note }) => note === 'becomeLeader'))
      this.#mark('leader', `${node.id} leads term ${node.term}`, { node: node.id, epoch: node.term })
    if (notes.some(({ note }) => note === 'stepDown')) this.#mark('stepDown', `${node.id} leads no more`, { node: node.id })
    for (const outgoing of sends) this.#send(node.id, outgoing, messageId(node.index, node.life, ++node.sent), stamp)
  }

  #emit(event: DistributiveOmit<RunEvent, 'seq' | 'atUs'>): void {
    this.events.push({ seq: this.events.length + 1, atUs: Math.round(this.nowUs), ...event } as RunEvent)
  }

  #mark(kind: Mark['kind'], text: string, more: Partial<Mark>): void {
    this.marks.push({ seq: this.lastSeq, atUs: Math.round(this.nowUs), kind, text, ...more })
  }

  /** Says that an invariant was broken by the last step of a node, as a judge would: to see what that looks like. */
  accuse(invariant: string, text: string): void {
    const step = this.events.findLast((event) => event.kind === 'step')
    if (step?.kind !== 'step') return
    this.violations.push({ invariant, seq: step.seq, node: step.node, text, source: 'Raft Fig. 3' })
    this.marks.push({ seq: step.seq, atUs: step.atUs, kind: 'violation', text: `${invariant}: ${text}`, node: step.node })
  }

  sayNo(node: NodeId, no: NonNullable<Mark['no']>): void {
    this.#mark('no', `${node} refuses: ${no.why}`, { node, no })
  }

  #others = (node: FakeNode): FakeNode[] => this.#taken.filter((other) => other !== node)

  #node(id: NodeId): FakeNode {
    const node = this.nodes.find((candidate) => candidate.id === id)
    if (!node) throw new Error(`there is no node ${id}`)
    return node
  }

  /** In [0, below). */
  #random(below: number): number {
    return fraction(draw(this.config.seed, ++this.#coins)) * below
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never
