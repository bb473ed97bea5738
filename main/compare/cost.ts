/**
 * What a recorded run's operations cost: messages, bytes, message delays, and how long nobody was served after a crash. The delays of an operation are
 * the longest chain of messages from its invocation to its return, each sent after the one before was taken in (Lamport 1978): how often the network
 * was crossed one after the other, whatever a crossing took. It is told from the steps that the stamps name, so a message that left late counts from its step.
 */
import type { RunEvent, SendEvent } from '../../protocols/core/event.ts'
import { CLIENTS, type EndpointId, type MessageId, type NodeId } from '../../protocols/core/ids.ts'
import type { AnyMessage } from '../../protocols/core/machine.ts'
import { findProtocol } from '../../protocols/registry.ts'
import type { Recovery, RunCost } from '../contract/compare.ts'
import { eventsOf } from '../futures/past.ts'
import type { RunReader } from '../recorder/reader.ts'

/** How deep a node is in an operation's chains, from which step of which life on. */
interface Depths {
  life: number
  readonly steps: number[]
  readonly depths: number[]
}

class OpenOperation {
  readonly invokedUs: number
  readonly lamport: number
  /** What its requests are known by, beside the clock: a repeated one is sent later. */
  readonly asks = new Set<number>()
  repeats: string | undefined
  /** On its chains: each message with its place in the longest one that it ends. */
  readonly messages = new Map<MessageId, number>()
  readonly #nodes = new Map<EndpointId, Depths>()
  delays = 0

  constructor(invokedUs: number, lamport: number) {
    this.invokedUs = invokedUs
    this.lamport = lamport
  }

  reached(node: EndpointId, life: number, step: number, depth: number): void {
    const known = this.#nodes.get(node)
    if (!known || known.life !== life) return void this.#nodes.set(node, { life, steps: [step], depths: [depth] })
    if (depth <= (known.depths.at(-1) as number)) return
    known.steps.push(step)
    known.depths.push(depth)
  }

  depthAt(node: EndpointId, life: number, step: number): number | undefined {
    const known = this.#nodes.get(node)
    return known?.life === life ? known.depths[known.steps.findLastIndex((at) => at <= step)] : undefined
  }
}

export interface CostWords {
  /** Whether this message is routine, a heartbeat or gossip: not for any operation. */
  isRoutine(send: SendEvent): boolean
}

/** Takes the events of a run in order. */
export class CostReader {
  readonly #words: CostWords
  readonly #open = new Map<number, OpenOperation>()
  readonly #delays: number[] = []
  readonly #crashes: { readonly atUs: number; readonly node: NodeId; backUs?: number }[] = []
  /** By message of an answer, the asking that it answers. */
  readonly #answers = new Map<MessageId, number>()
  readonly #returned: { readonly invokedUs: number; readonly atUs: number }[] = []
  #messages = 0
  #routine = 0
  #bytes = 0
  #ok = 0

  constructor(words: CostWords) {
    this.#words = words
  }

  take(event: RunEvent): void {
    switch (event.kind) {
      case 'invoke':
        return void this.#open.set(event.operation, new OpenOperation(event.atUs, event.lamport))
      case 'return': {
        const operation = this.#open.get(event.operation)
        this.#open.delete(event.operation)
        if (!operation || event.outcome.is !== 'ok') return
        this.#ok += 1
        if (operation.delays > 0) this.#delays.push(operation.delays)
        this.#returned.push({ invokedUs: operation.invokedUs, atUs: event.atUs })
        return
      }
      case 'send':
        return this.#sent(event)
      case 'deliver':
        return this.#delivered(event.message)
      case 'step':
        if (event.input.kind !== 'message' && event.input.kind !== 'request') return
        for (const operation of this.#open.values()) {
          const depth = operation.messages.get(event.input.message)
          if (depth !== undefined) operation.reached(event.node, event.life, event.step, depth)
        }
        return
      case 'action':
        if (event.action.do === 'node' && event.action.what === 'crash') this.#crashes.push({ atUs: event.atUs, node: event.action.node })
        return
      case 'node': {
        if (event.change.is !== 'up') return
        const crash = this.#crashes.findLast(({ node, backUs }) => node === event.node && backUs === undefined)
        if (crash) crash.backUs = event.atUs
        return
      }
      default:
    }
  }

  cost(): RunCost {
    const { length } = this.#delays
    const sorted = this.#delays.toSorted((a, b) => a - b)
    const at = (share: number) => sorted[Math.min(length - 1, Math.floor(share * length))]
    const per = (count: number) => (this.#ok === 0 ? undefined : count / this.#ok)
    return {
      ...{ operations: this.#ok, messages: this.#messages, routine: this.#routine, bytes: this.#bytes },
      messagesPerOperation: per(this.#messages - this.#routine),
      bytesPerOperation: per(this.#bytes),
      delays: length === 0 ? undefined : { median: at(0.5) as number, p99: at(0.99) as number },
      recoveries: this.#crashes.map((crash) => this.#recovery(crash)),
    }
  }

  #sent(send: SendEvent): void {
    this.#messages += 1
    this.#bytes += Buffer.byteLength(JSON.stringify(send.body))
    if (this.#words.isRoutine(send)) this.#routine += 1
    if (send.from === CLIENTS) return this.#asked(send)
    const { id } = send.body as { readonly id?: number }
    if (send.to === CLIENTS && id !== undefined) this.#answers.set(send.message, id)
    for (const operation of this.#open.values()) {
      const depth = operation.depthAt(send.from, send.life, send.step)
      if (depth !== undefined) operation.messages.set(send.message, depth + 1)
    }
  }

  /** The first request of an operation carries the clock of its invocation; a repeated one says the same. */
  #asked(send: SendEvent): void {
    const { id, request } = send.body as { readonly id?: number; readonly request?: { readonly kind?: string } }
    const says = JSON.stringify(request)
    for (const operation of this.#open.values()) {
      const isFirst = operation.lamport === send.lamport
      if (!isFirst && (operation.repeats !== says || request?.kind === 'query')) continue
      if (isFirst) operation.repeats = says
      if (id !== undefined) operation.asks.add(id)
      operation.messages.set(send.message, 1)
      return
    }
  }

  /** An answer to it that arrives ends its chain. */
  #delivered(message: MessageId): void {
    const ask = this.#answers.get(message)
    if (ask === undefined) return
    this.#answers.delete(message)
    for (const operation of this.#open.values())
      if (operation.asks.has(ask)) operation.delays = Math.max(operation.delays, operation.messages.get(message) ?? 0)
  }

  #recovery({
    atUs,
    node,
    backUs = Number.POSITIVE_INFINITY,
  }: {
    readonly atUs: number
    readonly node: NodeId
    readonly backUs?: number
  }): Recovery {
    const after = this.#returned.filter((one) => one.invokedUs >= atUs)
    const first = after.reduce<number | undefined>((least, one) => Math.min(least ?? Number.POSITIVE_INFINITY, one.atUs), undefined)
    const hit = this.#returned.filter((one) => one.atUs > atUs && one.invokedUs <= backUs)
    const worst = hit.reduce((most, one) => Math.max(most, one.atUs - Math.max(atUs, one.invokedUs)), 0)
    return {
      node,
      atUs,
      servedMs: first === undefined ? undefined : (first - atUs) / 1e3,
      worstMs: hit.length === 0 ? undefined : worst / 1e3,
    }
  }
}

/** Of a whole recording. */
export function costOf(reader: RunReader): RunCost {
  const { protocol } = reader.header.config
  const specs = new Map(findProtocol(protocol)?.messages.map((spec) => [spec.kind, spec]))
  const isRoutine = (send: SendEvent) => specs.get(send.type)?.faint?.(send.body as unknown as AnyMessage) ?? false
  const cost = new CostReader({ isRoutine })
  for (const event of eventsOf(reader, 1, reader.lastSeq)) cost.take(event)
  return cost.cost()
}
