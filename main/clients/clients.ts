/** All logical clients of a run: `you`, who speaks for the client bar, and c1, c2, ... of the background load. */
import { z } from 'zod'
import type { Load } from '../../protocols/core/config.ts'
import type { ClientReplyBody } from '../../protocols/core/event.ts'
import type { NodeId } from '../../protocols/core/ids.ts'
import type { ClientOutcome } from '../../protocols/core/input.ts'
import type { Json } from '../../protocols/core/json.ts'
import type { AnyService } from '../../protocols/core/service.ts'
import { readText } from '../../protocols/wire/bytes.ts'
import type { FrameHeader } from '../../protocols/wire/frame.ts'
import type { ClientsSettings, FromProcess } from '../contract/process.ts'
import { ClientSession, type Outcome, type Surroundings } from './client.ts'
import { BackgroundLoad } from './load.ts'
import type { Postbox } from './postbox.ts'

const replySchema = z.object({ kind: z.literal('ClientReply'), id: z.number(), outcome: z.looseObject({ kind: z.string() }) })

type Answer = Extract<FromProcess, { kind: 'answer' }>

export interface ClientsOptions {
  readonly settings: ClientsSettings
  readonly service: AnyService
  readonly postbox: Postbox
  nowMs(): number
  say(message: FromProcess): void
}

export class Clients implements Surroundings {
  readonly nodeCount: number
  readonly #options: ClientsOptions
  readonly #clients = new Map<string, ClientSession>()
  /** Who waits for the answer to each asking. */
  readonly #askings = new Map<number, ClientSession>()
  /** Askings of a client's present operation; forgotten when it ends. */
  readonly #open = new Map<ClientSession, number[]>()
  readonly #waiting: { readonly call: number; readonly op: Json }[] = []
  #nextAsking = 1
  #nextOperation = 1
  #serial = 1
  #load: BackgroundLoad | undefined

  constructor(options: ClientsOptions) {
    this.#options = options
    this.nodeCount = options.settings.nodes.length
  }

  nowMs(): number {
    return this.#options.nowMs()
  }

  indexOf(node: string): number {
    return this.#options.settings.nodes.indexOf(node as NodeId)
  }

  isRead(op: Json): boolean {
    return this.#options.service.isRead(op)
  }

  ask(client: ClientSession, node: number, request: Parameters<Surroundings['ask']>[2]): number {
    const id = this.#nextAsking++
    this.#askings.set(id, client)
    const open = this.#open.get(client)
    if (open) open.push(id)
    else this.#open.set(client, [id])
    this.#options.postbox.request(node, { kind: 'ClientRequest', id, request })
    return id
  }

  /** A frame that came from a node. */
  hear(header: FrameHeader, body: Uint8Array): void {
    this.#options.postbox.hear(header)
    const reply = this.#read(header, body)
    if (reply) this.#askings.get(reply.id)?.hear(reply.outcome)
  }

  /** One operation of the client bar; they wait for one another. */
  operate(call: number, op: Json): void {
    this.#waiting.push({ call, op })
    this.#operateNext()
  }

  setLoad(load: Load | null): void {
    this.#load?.stop()
    this.#serial = this.#load?.serial ?? this.#serial
    this.#load = undefined
    if (!load) return
    this.#load = new BackgroundLoad(
      {
        service: this.#options.service,
        seed: this.#options.settings.seed,
        nowMs: () => this.nowMs(),
        client: (number) => this.#client(`c${number}`),
        operate: (client, op, done) => this.#carryOut(client, op, done),
        onDone: () => this.#options.say({ kind: 'loadDone' }),
      },
      load,
      this.#serial,
    )
  }

  tick(): void {
    const nowMs = this.nowMs()
    for (const client of this.#clients.values()) client.tick(nowMs)
    this.#load?.tick(nowMs)
  }

  /** The run ends: every open operation is recorded as unknown. */
  end(): void {
    this.#load?.stop()
    this.#waiting.length = 0
    for (const client of this.#clients.values()) client.abandon('the run ended')
  }

  #operateNext(): void {
    const you = this.#client('you')
    const next = you.isIdle ? this.#waiting.shift() : undefined
    if (!next) return
    const begunMs = performance.now()
    this.#carryOut(you, next.op, (outcome, operation) => {
      const answer = { kind: 'answer', call: next.call, operation, latencyMs: performance.now() - begunMs } as const
      this.#options.say({ ...answer, ...plain(outcome) })
      this.#operateNext()
    })
  }

  /** Records the beginning, carries the operation out, records the end. */
  #carryOut(client: ClientSession, op: Json, done: (outcome: Outcome, operation: number) => void): void {
    const operation = this.#nextOperation++
    const { postbox } = this.#options
    postbox.record('invoke', JSON.stringify({ operation, client: client.name, op }))
    client.begin(op, (outcome) => {
      for (const id of this.#open.get(client) ?? []) this.#askings.delete(id)
      this.#open.delete(client)
      postbox.record('return', JSON.stringify({ operation, client: client.name, outcome }))
      done(outcome, operation)
    })
  }

  #client(name: string): ClientSession {
    let client = this.#clients.get(name)
    if (!client) {
      client = new ClientSession(name, this, this.#clients.size)
      this.#clients.set(name, client)
    }
    return client
  }

  #read(header: FrameHeader, body: Uint8Array): { id: number; outcome: ClientOutcome } | undefined {
    const where = `${this.#options.settings.nodes[header.from] ?? 'somebody'} -> clients`
    try {
      const json = JSON.parse(readText(body)) as ClientReplyBody
      if (replySchema.safeParse(json).success) return json
      this.#options.postbox.reject(where, 'the body is not a ClientReply')
    } catch {
      this.#options.postbox.reject(where, 'the body is not JSON')
    }
    return undefined
  }
}

function plain(outcome: Outcome): Pick<Answer, 'is' | 'result' | 'why'> {
  return outcome.is === 'ok' ? { is: 'ok', result: outcome.result } : { is: outcome.is, why: outcome.why }
}
