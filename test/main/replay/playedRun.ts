/**
 * A cluster played out in one thread with made-up time, recorded through the real recorder as its processes would have
 * been: steps on taps, messages as frames, checkpoints, crashes and restarts from what was persisted. It keeps every
 * state it went through, so that a test can compare.
 */
import type { RunHeader } from '../../../main/recorder/header.ts'
import { Recorder } from '../../../main/recorder/recorder.ts'
import { RunStore } from '../../../main/recorder/store.ts'
import { type RunConfig, runConfigSchema } from '../../../protocols/core/config.ts'
import { messageTypesOf } from '../../../protocols/core/event.ts'
import { hashText } from '../../../protocols/core/hash.ts'
import { messageId, type NodeId, nodeIds, runId } from '../../../protocols/core/ids.ts'
import type { ClientOutcome, ClientRequest } from '../../../protocols/core/input.ts'
import type { Json } from '../../../protocols/core/json.ts'
import type { AnyMessage, AnyProtocol, Machine, Step } from '../../../protocols/core/machine.ts'
import { between, draw, Purpose } from '../../../protocols/core/prng.ts'
import { Stamps } from '../../../protocols/host/stamps.ts'
import { kv } from '../../../protocols/services/kv.ts'
import { ByteWriter } from '../../../protocols/wire/bytes.ts'
import { feedClosed, feedDeliver, feedDrop, feedEvent, feedSend, feedTap } from '../../../protocols/wire/feed.ts'
import { writeFrame } from '../../../protocols/wire/frame.ts'
import { StepInputKind, TapKind, writeStepRecord, writeTextRecord } from '../../../protocols/wire/tap.ts'
import { dice } from '../recorder/toyRun.ts'

interface Actor {
  up: boolean
  life: number
  step: number
  state: unknown
  messages: number
  timers: Map<string, number>
  disk: Json[]
  stamps: Stamps
  observed: string
}

/** The stamps that a message carries. */
interface Heard {
  readonly lamport: number
  readonly clock: Uint32Array
}

interface Due {
  readonly atUs: number
  readonly order: number
  readonly act: () => void
}

export interface PlayedRun {
  readonly file: string
  /** The encoded state after each step, by `n1 life step`. */
  readonly states: ReadonlyMap<string, Json>
  /** A node that led when it ended. */
  readonly leaders: number
}

export interface PlayOptions {
  readonly protocol: AnyProtocol
  readonly file: string
  readonly seed: number
  readonly nodes?: number
  readonly steps: number
  /** One in so many turns crashes or restarts a node; 0: none. */
  readonly crashes?: number
  readonly checkpointEvery?: number
  /** Spoils a checkpoint: its hash is wrong from this step on of n1. */
  readonly wrongHashFrom?: number
  readonly version?: number
}

export function play(options: PlayOptions): PlayedRun {
  return new Play(options).run()
}

class Play {
  readonly #options: PlayOptions
  readonly #config: RunConfig
  readonly #nodes: NodeId[]
  readonly #types: readonly string[]
  readonly #machine: Machine<unknown, AnyMessage>
  readonly #actors: Actor[]
  readonly #roll: (below: number) => number
  readonly #recorder: Recorder
  readonly #store: RunStore
  readonly #feed = new ByteWriter()
  readonly #states = new Map<string, Json>()
  readonly #protocolOptions: unknown
  #due: Due[] = []
  #order = 0
  #nowUs = 0
  #steps = 0
  #asked = 0
  #session = 0
  #seq = 0

  constructor(options: PlayOptions) {
    const { protocol, file, seed, nodes = 3 } = options
    this.#options = options
    this.#config = runConfigSchema.parse({ protocol: protocol.name, nodes, seed })
    this.#nodes = nodeIds(nodes)
    this.#types = messageTypesOf(protocol)
    this.#machine = protocol.machine(kv)
    this.#protocolOptions = protocol.options.parse({})
    this.#roll = dice(seed)
    this.#actors = this.#nodes.map((_, index) => ({
      ...{ up: false, life: 0, step: 0, state: undefined, messages: 0, timers: new Map(), disk: [] },
      ...{ stamps: new Stamps(nodes + 1, index), observed: '' },
    }))
    const header: RunHeader = {
      ...{
        run: runId('played'),
        name: 'Played',
        config: this.#config,
        protocolVersion: options.version ?? protocol.version,
        nodes: this.#nodes,
      },
      ...{ messageTypes: this.#types, timers: protocol.timers.map((timer) => timer.name), createdAt: '2026-01-02T03:04:05.000Z' },
      ...{ epochUs: 0, appVersion: '0.0.0' },
    }
    this.#store = new RunStore(file, header)
    this.#recorder = new Recorder(this.#store, header)
  }

  run(): PlayedRun {
    const { steps, crashes = 0, file } = this.#options
    for (let i = 0; i < this.#nodes.length; i++) this.#start(i)
    this.#ask()
    while (this.#steps < steps) {
      this.#due.sort((a, b) => a.atUs - b.atUs || a.order - b.order)
      const next = this.#due.shift()
      if (!next) break
      this.#nowUs = Math.max(this.#nowUs, next.atUs)
      next.act()
      if (crashes > 0 && this.#roll(crashes) === 0) this.#crashOrRestart()
      if (this.#feed.length > 100_000) this.#flush()
    }
    this.#flush()
    this.#recorder.finish()
    this.#store.close('ended')
    const leaders = this.#actors.filter(
      ({ state }) => state !== undefined && this.#options.protocol.observe(state).role === 'leader',
    ).length
    return { file, states: this.#states, leaders }
  }

  #flush(): void {
    this.#recorder.take(this.#feed.take())
    this.#recorder.commit()
  }

  #at(afterUs: number, act: () => void): void {
    this.#due.push({ atUs: this.#nowUs + afterUs, order: this.#order++, act })
  }

  #tell(event: object): void {
    feedEvent(this.#feed, JSON.stringify({ ...event, atUs: this.#nowUs }))
  }

  #crashOrRestart(): void {
    const index = this.#roll(this.#nodes.length)
    const actor = this.#actors[index] as Actor
    if (!actor.up) return this.#start(index)
    if (this.#actors.filter(({ up }) => !up).length * 2 + 1 >= this.#nodes.length) return
    actor.up = false
    actor.state = undefined
    actor.timers.clear()
    feedClosed(this.#feed, index, actor.life)
    this.#tell({ kind: 'node', node: this.#nodes[index], change: { is: 'down', asked: true, reason: 'killed' } })
  }

  #start(index: number): void {
    const actor = this.#actors[index] as Actor
    Object.assign(actor, { up: true, life: actor.life + 1, step: 0, messages: 0, observed: '' })
    this.#tell({ kind: 'node', node: this.#nodes[index], change: { is: 'up', pid: 100 + index, life: actor.life } })
    const recovered = [...actor.disk]
    this.#take(index, StepInputKind.start, recovered.length, (ambient) =>
      this.#machine.start({
        kind: 'start',
        id: this.#nodes[index] as NodeId,
        nodes: this.#nodes,
        members: this.#nodes,
        options: this.#protocolOptions,
        recovered,
        ...ambient,
      }),
    )
    this.#checkpoint(index)
  }

  #take(
    index: number,
    input: number,
    subject: number,
    step: (ambient: { nowMs: number; coin: number }) => Step<unknown, AnyMessage>,
    heard?: Heard,
  ): void {
    const actor = this.#actors[index] as Actor
    const { seed } = this.#config
    this.#steps++
    actor.step++
    if (heard) actor.stamps.hear(heard.lamport, heard.clock)
    else actor.stamps.local()
    const nowMs = this.#nowUs / 1000
    const { state, effects } = step({ nowMs, coin: draw(seed, Purpose.coin, index, actor.life, actor.step) })
    actor.state = state
    const first = actor.messages + 1
    const timers: { timer: number; ms: number }[] = []
    const notes: Json[] = []
    const frames = new ByteWriter()
    let persisted = 0
    for (const effect of effects) {
      if (effect.kind === 'persist') {
        if (effect.replaces) actor.disk = []
        actor.disk.push(JSON.parse(JSON.stringify(effect.record)))
        persisted++
      } else if (effect.kind === 'send')
        this.#send(index, this.#nodes.indexOf(effect.to), effect.message.kind, effect.message as unknown as Json, frames)
      else if (effect.kind === 'reply') this.#reply(index, effect.id, effect.outcome, frames)
      else if (effect.kind === 'note') notes.push({ note: effect.note, data: effect.data })
      else timers.push(this.#timer(index, effect))
    }
    const observation = JSON.stringify(this.#options.protocol.observe(state))
    const isNew = observation !== actor.observed
    actor.observed = observation
    const extras = { ...(notes.length > 0 ? { notes } : {}), ...(isNew ? { observation: JSON.parse(observation) } : {}) }
    const record = new ByteWriter()
    writeStepRecord(record, {
      ...{
        step: actor.step,
        atUs: this.#nowUs,
        nowMs,
        lamport: actor.stamps.lamport,
        clock: actor.stamps.clock,
        input,
        subject,
        sendFirst: first,
      },
      ...{ sendCount: actor.messages - first + 1, persisted, timers, extras: Object.keys(extras).length > 0 ? JSON.stringify(extras) : '' },
    })
    feedTap(this.#feed, index, actor.life, record.take())
    if (frames.length > 0) feedSend(this.#feed, this.#nowUs, frames.take())
    this.#states.set(`${this.#nodes[index]} ${actor.life} ${actor.step}`, this.#options.protocol.encode(state))
    if (actor.step % (this.#options.checkpointEvery ?? 100) === 0) this.#checkpoint(index)
  }

  #timer(index: number, effect: { kind: string; name: string; msMin?: number; msMax?: number }): { timer: number; ms: number } {
    const actor = this.#actors[index] as Actor
    const timer = this.#options.protocol.timers.findIndex(({ name }) => name === effect.name)
    actor.timers.delete(effect.name)
    if (effect.kind === 'cancelTimer') return { timer, ms: Number.NaN }
    const { life, step } = actor
    const coin = draw(this.#config.seed, Purpose.timer, index, life, step, timer)
    const ms = Math.fround(between(coin, effect.msMin as number, effect.msMax as number))
    const setting = this.#order
    actor.timers.set(effect.name, setting)
    this.#at(ms * 1000, () => {
      if (!actor.up || actor.life !== life || actor.timers.get(effect.name) !== setting) return
      actor.timers.delete(effect.name)
      this.#take(index, StepInputKind.timer, timer, (ambient) =>
        this.#machine.step(actor.state, { kind: 'timer', name: effect.name, ...ambient }),
      )
    })
    return { timer, ms }
  }

  #send(from: number, to: number, type: string, body: Json, frames: ByteWriter): void {
    const actor = this.#actors[from] as Actor
    const number = ++actor.messages
    const id = messageId(from, actor.life, number)
    const { lamport, clock } = actor.stamps
    const stamp = { step: actor.step, lamport, clock, life: actor.life }
    writeFrame(
      frames,
      { kind: 1, from, to, type: this.#types.indexOf(type), number, sentAtUs: this.#nowUs, ...stamp },
      JSON.stringify(body),
    )
    this.#carry(from, to, id, JSON.parse(JSON.stringify(body)), { lamport, clock: clock.slice() })
  }

  #reply(from: number, id: number, outcome: ClientOutcome, frames: ByteWriter): void {
    if (outcome.kind === 'registered') this.#session = outcome.session
    this.#send(from, this.#nodes.length, 'ClientReply', { kind: 'ClientReply', id, outcome } as unknown as Json, frames)
  }

  #carry(from: number, to: number, id: number, body: Json, heard: Heard): void {
    const late = this.#roll(20) === 0 ? 60_000 : 0
    this.#at(200 + this.#roll(3000) + late, () => {
      const receiver = this.#actors[to]
      if (receiver && (!receiver.up || this.#roll(40) === 0)) return feedDrop(this.#feed, this.#nowUs, id, 0, '"receiver-down"')
      feedDeliver(this.#feed, this.#nowUs, id, 0)
      if (!receiver) return
      for (let copies = this.#roll(30) === 0 ? 2 : 1; copies > 0; copies--) {
        if (copies === 2) feedDeliver(this.#feed, this.#nowUs, id, 1)
        const isRequest = from === this.#nodes.length
        this.#take(
          to,
          isRequest ? StepInputKind.request : StepInputKind.message,
          id,
          (ambient) => {
            if (isRequest) {
              const { id: asked, request } = body as unknown as { id: number; request: ClientRequest }
              return this.#machine.step(receiver.state, { kind: 'request', id: asked, request, ...ambient })
            }
            const message = this.#options.protocol.message.parse(body)
            return this.#machine.step(receiver.state, { kind: 'message', from: this.#nodes[from] as NodeId, message, ...ambient })
          },
          heard,
        )
      }
    })
  }

  /** A client asks some node for something, and again a little later. */
  #ask(): void {
    const id = ++this.#asked
    const op = this.#roll(2) ? { op: 'put', key: `k${this.#roll(5)}`, value: `v${id}` } : { op: 'get', key: 'k1' }
    const parsed = kv.parse(this.#roll(2) ? `put k${this.#roll(5)} v${id}` : 'get k1')
    const said = 'op' in parsed ? (parsed.op as Json) : (op as Json)
    const request: ClientRequest =
      this.#session === 0
        ? { kind: 'register' }
        : this.#roll(3) === 0
          ? { kind: 'query', op: said }
          : { kind: 'command', session: this.#session, seq: ++this.#seq, firstUnacked: this.#seq, op: said }
    const frame = new ByteWriter()
    const from = this.#nodes.length
    const to = this.#roll(from)
    const header = {
      kind: 1,
      from,
      to,
      type: this.#types.indexOf('ClientRequest'),
      number: id,
      step: 0,
      lamport: 0,
      sentAtUs: this.#nowUs,
      life: 1,
    }
    const body = { kind: 'ClientRequest', id, request } as unknown as Json
    writeFrame(frame, { ...header, clock: new Uint32Array(from + 1) }, JSON.stringify(body))
    feedSend(this.#feed, this.#nowUs, frame.take())
    this.#carry(from, to, messageId(from, 1, id), JSON.parse(JSON.stringify(body)), { lamport: 0, clock: new Uint32Array(from + 1) })
    this.#at(2000 + this.#roll(8000), () => this.#ask())
  }

  #checkpoint(index: number): void {
    const actor = this.#actors[index] as Actor
    const state = JSON.stringify(this.#options.protocol.encode(actor.state))
    const isWrong = index === 0 && actor.step >= (this.#options.wrongHashFrom ?? Number.POSITIVE_INFINITY)
    const text = `{"hash":"${isWrong ? hashText(`${state} `) : hashText(state)}","state":${state}}`
    const record = new ByteWriter()
    writeTextRecord(record, { kind: TapKind.checkpoint, step: actor.step, atUs: this.#nowUs, lamport: 0, clock: [], text })
    feedTap(this.#feed, index, actor.life, record.take())
  }
}
