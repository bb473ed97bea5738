/**
 * Runs a recording again: given the events of a run in order, it gives every node the inputs it was given then, and so
 * has the exact state of every node after each of them. Where the recording holds a whole state (a checkpoint), the
 * two are compared by their hash; a difference is kept and said, and the recorded state is gone on from.
 */
import type { RunConfig } from '../../protocols/core/config.ts'
import type { ClientRequestBody, RunEvent, StepEvent } from '../../protocols/core/event.ts'
import { hashText } from '../../protocols/core/hash.ts'
import type { MessageId, NodeId } from '../../protocols/core/ids.ts'
import type { Input, StartInput } from '../../protocols/core/input.ts'
import type { JudgedStep } from '../../protocols/core/invariant.ts'
import { invariant } from '../../protocols/core/invariant.ts'
import type { Json } from '../../protocols/core/json.ts'
import type { AnyMessage, AnyProtocol, Machine, Step } from '../../protocols/core/machine.ts'
import { draw, Purpose } from '../../protocols/core/prng.ts'
import type { AnyService } from '../../protocols/core/service.ts'

/** What must be known of a run to run it again. */
export interface Cast {
  readonly protocol: AnyProtocol
  readonly service: AnyService
  readonly config: RunConfig
  readonly nodes: readonly NodeId[]
  /** The body of a message that was sent before the point from which this execution set out. */
  bodyOf(message: MessageId): Json | undefined
}

/** A node that is up, as the last of its steps left it. */
export interface Actor {
  readonly life: number
  readonly state: unknown
  /** Before its last step; undefined when that was its start. */
  readonly before: unknown
  /** The event of its last step. */
  readonly stepSeq: number
}

/** Where an execution stands. Plain and small: states share structure, so that hundreds can be kept. */
export interface Standing {
  readonly seq: number
  readonly actors: ReadonlyMap<NodeId, Actor>
  readonly disks: ReadonlyMap<NodeId, readonly Json[]>
  readonly bodies: ReadonlyMap<MessageId, Json>
  readonly divergence: string | undefined
  /** Nodes whose state could not be rebuilt, and why. */
  readonly lost: ReadonlyMap<NodeId, string>
}

export type OnStep = (step: JudgedStep<unknown, AnyMessage>, event: StepEvent, states: ReadonlyMap<NodeId, unknown>) => void

/** Bodies of messages that were already taken in are kept a while, for duplicates that arrive later. */
const TAKEN_MAX = 4096

export class Execution {
  readonly #cast: Cast
  readonly #machine: Machine<unknown, AnyMessage>
  readonly #options: unknown
  readonly #onStep: OnStep | undefined
  readonly #states = new Map<NodeId, unknown>()
  #seq = 0
  #actors = new Map<NodeId, Actor>()
  #disks = new Map<NodeId, Json[]>()
  #bodies = new Map<MessageId, Json>()
  #taken: MessageId[] = []
  #lost = new Map<NodeId, string>()
  #divergence: string | undefined

  constructor(cast: Cast, onStep?: OnStep) {
    this.#cast = cast
    this.#machine = cast.protocol.machine(cast.service)
    this.#options = cast.protocol.options.parse(cast.config.options)
    this.#onStep = onStep
  }

  get seq(): number {
    return this.#seq
  }

  get actors(): ReadonlyMap<NodeId, Actor> {
    return this.#actors
  }

  get divergence(): string | undefined {
    return this.#divergence
  }

  problemOf(node: NodeId): string | undefined {
    return this.#lost.get(node)
  }

  /** Takes the next event in. Events must come in order, each once. */
  take(event: RunEvent): void {
    this.#seq = event.seq
    switch (event.kind) {
      case 'send':
        this.#bodies.set(event.message, event.body)
        return
      case 'drop':
        if (event.copy === 0) this.#forget(event.message)
        return
      case 'step':
        return this.#step(event)
      case 'checkpoint':
        return this.#compare(event)
      case 'node':
        if (event.change.is === 'down') this.#leave(event.node)
        if (event.change.is === 'wiped') this.#disks.delete(event.node)
        return
      default:
        return
    }
  }

  standing(): Standing {
    return {
      seq: this.#seq,
      actors: new Map(this.#actors),
      disks: new Map([...this.#disks].map(([node, disk]) => [node, [...disk]])),
      bodies: new Map(this.#bodies),
      divergence: this.#divergence,
      lost: new Map(this.#lost),
    }
  }

  /** Goes back (or on) to where an execution of the same run once stood. */
  restore(standing: Standing): void {
    this.#seq = standing.seq
    this.#actors = new Map(standing.actors)
    this.#disks = new Map([...standing.disks].map(([node, disk]) => [node, [...disk]]))
    this.#bodies = new Map(standing.bodies)
    this.#taken = []
    this.#divergence = standing.divergence
    this.#lost = new Map(standing.lost)
    this.#states.clear()
    for (const [node, actor] of this.#actors) this.#states.set(node, actor.state)
  }

  #step(event: StepEvent): void {
    if (this.#lost.has(event.node)) return
    const input = this.#input(event)
    if (typeof input === 'string') return this.#lose(event.node, input)
    const before = input.kind === 'start' ? undefined : this.#actors.get(event.node)?.state
    if (input.kind !== 'start' && before === undefined) return this.#lose(event.node, `${event.node} stepped without having started`)
    let step: Step<unknown, AnyMessage>
    try {
      step = input.kind === 'start' ? this.#machine.start(input) : this.#machine.step(before, input)
    } catch (error) {
      return this.#lose(event.node, `the protocol failed at event ${event.seq}: ${error instanceof Error ? error.message : String(error)}`)
    }
    this.#persist(event.node, step)
    this.#actors.set(event.node, { life: event.life, state: step.state, before, stepSeq: event.seq })
    this.#states.set(event.node, step.state)
    const judged = { node: event.node, life: event.life, input, before, after: step.state, effects: step.effects }
    this.#onStep?.(judged, event, this.#states)
  }

  /** The input as it was then, or why it cannot be known. */
  #input(event: StepEvent): Input<AnyMessage> | StartInput | string {
    const { config, nodes } = this.#cast
    const endpoint = nodes.indexOf(event.node)
    const ambient = { nowMs: event.nowMs, coin: draw(config.seed, Purpose.coin, endpoint, event.life, event.step) }
    const { input } = event
    switch (input.kind) {
      case 'start': {
        const disk = this.#disks.get(event.node) ?? []
        if (disk.length < input.recovered) return `what ${event.node} found on its disk at event ${event.seq} is not in the recording`
        // a process killed between its record and its write leaves less on the disk than its steps persisted
        const recovered = disk.slice(0, input.recovered)
        this.#disks.set(event.node, [...recovered])
        return { kind: 'start', ...ambient, id: event.node, nodes, options: this.#options, recovered }
      }
      case 'timer':
        return { kind: 'timer', ...ambient, name: input.name }
      case 'message':
      case 'request': {
        const body = this.#bodies.get(input.message) ?? this.#cast.bodyOf(input.message)
        if (body === undefined) return `the message that ${event.node} took in at event ${event.seq} is not in the recording`
        this.#setTaken(input.message)
        if (input.kind === 'request') {
          const { id, request } = body as unknown as ClientRequestBody
          return { kind: 'request', ...ambient, id, request }
        }
        const from = nodes[Math.floor(input.message / 2 ** 45)]
        invariant(from !== undefined, 'a message input comes from a node')
        return { kind: 'message', ...ambient, from, message: body as unknown as AnyMessage }
      }
      default:
        return input satisfies never
    }
  }

  #persist(node: NodeId, step: Step<unknown, AnyMessage>): void {
    for (const effect of step.effects) {
      if (effect.kind !== 'persist') continue
      const disk = this.#disks.get(node)
      if (effect.replaces || !disk) this.#disks.set(node, [effect.record])
      else disk.push(effect.record)
    }
  }

  #compare(event: Extract<RunEvent, { kind: 'checkpoint' }>): void {
    const { protocol } = this.#cast
    const actor = this.#actors.get(event.node)
    const isSame = actor?.life === event.life && hashText(JSON.stringify(protocol.encode(actor.state))) === event.hash
    if (isSame) return
    const wasLost = this.#lost.delete(event.node)
    if (!wasLost) {
      this.#divergence ??= `The replayed state of ${event.node} differs from the recorded one at event ${event.seq}: recorded by another version of ${protocol.title}.`
    }
    const state: unknown = protocol.decode(event.state)
    this.#actors.set(event.node, { life: event.life, state, before: undefined, stepSeq: actor?.stepSeq ?? event.seq })
    this.#states.set(event.node, state)
  }

  #leave(node: NodeId): void {
    this.#actors.delete(node)
    this.#states.delete(node)
    this.#lost.delete(node)
  }

  #lose(node: NodeId, why: string): void {
    this.#leave(node)
    this.#lost.set(node, why)
  }

  #setTaken(message: MessageId): void {
    this.#taken.push(message)
    if (this.#taken.length > 2 * TAKEN_MAX) for (const old of this.#taken.splice(0, TAKEN_MAX)) this.#forget(old)
  }

  #forget(message: MessageId): void {
    this.#bodies.delete(message)
  }
}
