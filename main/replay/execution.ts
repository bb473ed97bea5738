/**
 * Runs recorded steps again: makes each step's input as the node's runtime made it, and hands it to the protocol. What a
 * step then asks for is compared with what the recording says it did, so a replay that left the track is noticed.
 */
import { finished, type Pieces } from '../../protocols/causality/pieces.ts'
import { membersOf } from '../../protocols/core/config.ts'
import type { Effect } from '../../protocols/core/effect.ts'
import type { CheckpointEvent, SendEvent, StepEvent } from '../../protocols/core/event.ts'
import { hashText } from '../../protocols/core/hash.ts'
import { CLIENTS, type NodeId } from '../../protocols/core/ids.ts'
import type { ClientRequest, Control, Input, StartInput } from '../../protocols/core/input.ts'
import type { Json } from '../../protocols/core/json.ts'
import type { AnyProtocol, Machine, Step } from '../../protocols/core/machine.ts'
import type { AnyService } from '../../protocols/core/service.ts'
import { type AnyInvariant, invariantsOf } from '../../protocols/host/carried.ts'
import { coinOf } from '../../protocols/host/dice.ts'
import { findProtocol } from '../../protocols/registry.ts'
import { findService } from '../../protocols/services/index.ts'
import { type RecordedHeader, seedAt } from './source.ts'

/** The replay and the recording are not of one mind. */
export class Divergence extends Error {
  override readonly name = 'Divergence'
}

export type AnyEffect = Effect<{ readonly kind: string }>
export type AnyInput = Input<{ readonly kind: string }> | StartInput

export interface Executed {
  readonly input: AnyInput
  readonly state: unknown
  readonly effects: readonly AnyEffect[]
}

/** Records persisted are counted in sixteen bits. */
const PERSISTED_MAX = 0xffff

export class Execution {
  readonly protocol: AnyProtocol
  readonly #header: RecordedHeader
  readonly #service: AnyService
  readonly #machine: Machine<unknown, { kind: string }>
  readonly #options: unknown

  private constructor(header: RecordedHeader, protocol: AnyProtocol, service: AnyService, options: unknown) {
    this.#header = header
    this.protocol = protocol
    this.#service = service
    this.#machine = protocol.machine(service)
    this.#options = options
  }

  /** Those of the protocol, and of the service that it carries. */
  get invariants(): readonly AnyInvariant[] {
    return invariantsOf(this.protocol, this.#service)
  }

  /** For a run of this protocol; a sentence when this Synod cannot run it again. */
  static of(header: RecordedHeader, protocols: typeof findProtocol = findProtocol): Execution | string {
    const { mode, protocol: name, service: serviceName, options } = header.config
    if (mode === 'imported')
      return 'The run happened elsewhere: which protocol its hosts ran is not known, so there are no states and nothing to judge them by.'
    const protocol = protocols(name)
    if (!protocol) return `This Synod does not know the protocol "${name}".`
    if (protocol.version !== header.protocolVersion) {
      return `The run was recorded by version ${header.protocolVersion} of ${protocol.title}, and this Synod has version ${protocol.version}.`
    }
    const service = findService(serviceName)
    if (!service) return `This Synod does not know the service "${serviceName}".`
    const parsed = protocol.options.safeParse(options)
    if (!parsed.success) return `The options of the run do not fit ${protocol.title}.`
    return new Execution(header, protocol, service, parsed.data)
  }

  /** The first step of a life, from what the node found on its disk. Throws Divergence. */
  start(event: StepEvent, recovered: readonly Json[]): Executed {
    const { nodes, config } = this.#header
    const members = membersOf(config)
    const input: StartInput = { kind: 'start', id: event.node, nodes, members, options: this.#options, recovered, ...this.#ambient(event) }
    return this.#taken(event, input, () => this.#machine.start(input))
  }

  /** A later step. `send`: that of the message that the step was given, if it was given one. Throws Divergence. */
  step(event: StepEvent, state: unknown, send: SendEvent | undefined): Executed {
    const input = this.#inputOf(event, send)
    return this.#taken(event, input, () => this.#machine.step(state, input))
  }

  /** What a message says, as whoever is given it takes it. Throws Divergence when it says nothing of this protocol. */
  bodyOf(send: SendEvent): { readonly kind: string } {
    if (send.from === CLIENTS) return { kind: send.type, ...this.#requestOf(send, send) } as { readonly kind: string }
    if (send.to === CLIENTS) return send.body as unknown as { readonly kind: string }
    return this.#messageOf(send, send)
  }

  /** The state that a checkpoint holds. Throws Divergence when it is none of this protocol, or not what its hash says. */
  restore(event: CheckpointEvent): unknown {
    const hash = hashText(JSON.stringify(event.state))
    if (hash !== event.hash) throw diverged(event, `its hash is ${hash}, recorded was ${event.hash}`)
    try {
      return this.protocol.decode(event.state)
    } catch (error) {
      throw diverged(event, `it is not a state of ${this.protocol.title}: ${(error as Error).message}`)
    }
  }

  /** Throws Divergence when the replayed state is not the recorded one. */
  compare(event: CheckpointEvent, state: unknown): void {
    finished(this.comparing(event, state))
  }

  /** The same in pieces: of a state of a million letters each takes some milliseconds. */
  *comparing(event: CheckpointEvent, state: unknown): Pieces<void> {
    const tree = this.protocol.encode(state)
    yield
    const text = JSON.stringify(tree)
    yield
    const hash = hashText(text)
    if (hash !== event.hash) throw diverged(event, `the replayed state differs from the recorded one (${hash}, ${event.hash})`)
  }

  #ambient({ seq, node, life, step, nowMs }: StepEvent) {
    const endpoint = this.#header.nodes.indexOf(node)
    return { nowMs, coin: coinOf(seedAt(this.#header, seq), endpoint, life, step) }
  }

  #inputOf(event: StepEvent, send: SendEvent | undefined): Input<{ kind: string }> {
    const { input } = event
    const ambient = this.#ambient(event)
    if (input.kind === 'timer') return { kind: 'timer', name: input.name, ...ambient }
    if (input.kind === 'durable') return { kind: 'durable', mark: input.mark, ...ambient }
    if (input.kind === 'control') {
      const { nodes } = this.#header
      return { kind: 'control', id: event.node, nodes, control: this.#controlOf(event, input.control), ...ambient }
    }
    if (input.kind === 'start') throw diverged(event, 'a life started twice')
    if (!send) throw diverged(event, `its message ${input.message} is not in the recording`)
    if (input.kind === 'request') return { kind: 'request', ...this.#requestOf(event, send), ...ambient }
    return { kind: 'message', from: send.from as NodeId, message: this.#messageOf(event, send), ...ambient }
  }

  #messageOf(event: StepEvent | SendEvent, send: SendEvent): { readonly kind: string } {
    const message = this.protocol.message.safeParse(send.body)
    if (!message.success) throw diverged(event, `the ${send.type} that it was given does not fit ${this.protocol.title}`)
    return message.data
  }

  #controlOf(event: StepEvent, control: Control): Control {
    const { controls = [], title } = this.protocol
    const read = controls.find(({ name }) => name === control.name)?.schema.safeParse(control)
    if (!read?.success) throw diverged(event, `what it was told from outside (${control.name}) does not fit ${title}`)
    return read.data
  }

  #requestOf(event: StepEvent | SendEvent, send: SendEvent): { id: number; request: ClientRequest } {
    const { id, request } = send.body as unknown as { id: number; request: ClientRequest }
    if (typeof id !== 'number' || typeof request !== 'object') throw diverged(event, 'the request that it was given is none')
    if (request.kind === 'register') return { id, request }
    const op = this.#service.operation.safeParse(request.op)
    if (!op.success) throw diverged(event, `the operation that it was given does not fit ${this.#service.title}`)
    return { id, request: { ...request, op: op.data } }
  }

  #taken(event: StepEvent, input: AnyInput, take: () => Step<unknown, { kind: string }>): Executed {
    let step: Step<unknown, { kind: string }>
    try {
      step = take()
    } catch (error) {
      throw diverged(event, `running it again failed: ${(error as Error).message}`)
    }
    let sends = 0
    let persisted = 0
    let timers = 0
    for (const { kind } of step.effects) {
      if (kind === 'send' || kind === 'reply') sends++
      else if (kind === 'persist') persisted++
      else if (kind === 'setTimer' || kind === 'cancelTimer') timers++
    }
    if (sends !== event.sends.count) throw diverged(event, `run again it sends ${sends} messages, recorded were ${event.sends.count}`)
    if (Math.min(persisted, PERSISTED_MAX) !== event.persisted)
      throw diverged(event, `run again it persists ${persisted} records, recorded were ${event.persisted}`)
    if (timers !== event.timers.length) throw diverged(event, `run again it sets ${timers} timers, recorded were ${event.timers.length}`)
    return { input, state: step.state, effects: step.effects }
  }
}

const diverged = (event: StepEvent | CheckpointEvent | SendEvent, why: string): Divergence => {
  const { seq, life, step } = event
  const node = event.kind === 'send' ? event.from : event.node
  return new Divergence(`Event ${seq} (step ${step} of ${node}${life > 1 ? `, life ${life}` : ''}): ${why}.`)
}

/** Run again, the step or message of this event is another than the recorded one. */
export const whatDiffers = (event: StepEvent | SendEvent, how: string): Divergence => diverged(event, `run again, ${how}`)
