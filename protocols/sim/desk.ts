/**
 * The clients' endpoint in simulated time: the desk that logical clients ask from, stamped and counted as that of the real
 * process (main/clients/desk.ts), and the alarm of their load.
 */
import type { Alarm, Asker, Desk, Said } from '../clients/desk.ts'
import type { ClientsCut } from '../core/clientsCut.ts'
import type { ClientReplyBody, ClientRequestBody } from '../core/event.ts'
import { messageId } from '../core/ids.ts'
import type { ClientRequest } from '../core/input.ts'
import { Stamps } from '../host/stamps.ts'
import type { Agenda, Due } from './agenda.ts'
import type { Letter, Sink } from './sink.ts'

export interface DeskWorld {
  readonly agenda: Agenda
  readonly sink: Sink
  /** Of the clients: the number of nodes. */
  readonly endpoint: number
  readonly requestType: number
  post(letter: Letter): void
}

export class SimDesk implements Desk {
  readonly #world: DeskWorld
  readonly #stamps: Stamps
  readonly #askers = new Map<number, Asker>()
  #asks = 0
  #messages = 0
  #step = 0
  /** The clock at the event under way, copied when a letter needs it. */
  #clock: Uint32Array | undefined

  constructor(world: DeskWorld) {
    this.#world = world
    this.#stamps = new Stamps(world.endpoint + 1, world.endpoint)
  }

  /**
   * Goes on where another desk was. Whoever asked there is not here: their answers will find nobody, and what becomes of
   * their operations stays unknown.
   */
  continue({ asks, messages, step, lamport, clock, open }: ClientsCut): void {
    this.#asks = asks
    this.#messages = messages
    this.#step = step
    this.#stamps.continue(lamport, clock)
    for (const { operation, client } of open) {
      this.beginEvent()
      this.record({ is: 'return', operation, client, outcome: { is: 'unknown', why: 'its client went no further' } })
    }
  }

  get atUs(): number {
    return this.#world.agenda.nowUs
  }

  beginEvent(): number {
    this.#stamps.local()
    this.#clock = undefined
    return this.atUs
  }

  nowMs(atUs = this.atUs): number {
    return atUs / 1e3
  }

  open(asker: Asker): number {
    const id = ++this.#asks
    this.#askers.set(id, asker)
    return id
  }

  ask(asker: Asker, node: number, request: ClientRequest, _opText: string, as?: number): number {
    const { endpoint, requestType, agenda } = this.#world
    const id = as ?? this.open(asker)
    const number = ++this.#messages
    const body: ClientRequestBody = { kind: 'ClientRequest', id, request }
    this.#clock ??= this.#stamps.clock.slice()
    this.#world.post({
      message: messageId(endpoint, 1, number),
      from: endpoint,
      to: node,
      type: requestType,
      number,
      life: 1,
      step: this.#step,
      lamport: this.#stamps.lamport,
      clock: this.#clock,
      sentAtUs: agenda.nowUs,
      body,
    })
    return id
  }

  forget(ask: number): void {
    this.#askers.delete(ask)
  }

  record(said: Said): void {
    this.#step += 1
    const { lamport, clock } = this.#stamps
    this.#world.sink.spoke({ said, step: this.#step, atUs: this.atUs, lamport, clock })
  }

  receive(letter: Letter): void {
    const { id, outcome } = letter.body as ClientReplyBody
    this.#stamps.hear(letter.lamport, letter.clock)
    this.#clock = undefined
    const asker = this.#askers.get(id)
    if (!asker) return // answered already, by another copy or another node
    if (!asker.hearsAll) this.#askers.delete(id)
    asker.onAnswer(id, letter.from, outcome)
  }
}

/** Simulated time's alarm. */
export class AgendaAlarm implements Alarm {
  readonly #agenda: Agenda
  readonly #ring: () => void
  #set: Due | undefined

  constructor(agenda: Agenda, ring: () => void) {
    this.#agenda = agenda
    this.#ring = ring
  }

  set(runMs: number): void {
    const due: Due = { happen: () => due === this.#set && this.#ring() }
    this.#set = due
    this.#agenda.add(this.#agenda.nowUs + Math.max(1, Math.ceil(runMs * 1e3)), due)
  }

  clear(): void {
    this.#set = undefined
  }
}
