/**
 * A client that believes nobody alone (PBFT §4.1). It signs its request, asks whoever is said to lead, and everybody when no
 * answer comes in time. Every node answers by itself, and a result counts when enough different nodes said the same. The
 * request keeps its name, the number of the asking, however often it is sent: so it is executed at most once. That number
 * rises from request to request, and is the request's timestamp.
 */
import type { ClientOutcome, ClientRequest } from '../core/input.ts'
import { canonical, type Json } from '../core/json.ts'
import { requestText, sign } from '../core/signature.ts'
import type { Compass } from './compass.ts'
import type { Asker, ClientWorld } from './desk.ts'
import { Memory } from './memory.ts'
import { RoundTrip } from './roundTrip.ts'
import { ANSWER_MS_MAX, ANSWER_MS_MIN, type Finished, GIVE_UP_MS, type Outcome } from './session.ts'

interface Task {
  readonly operation: number
  readonly op: Json
  readonly opText: string
  readonly ask: number
  readonly request: ClientRequest
  readonly invokedAtUs: number
  readonly giveUpAtMs: number
  readonly done: (finished: Finished) => void
  /** The first answer of each node. */
  readonly said: Map<number, Extract<ClientOutcome, { kind: 'ok' }>>
  wakeAtMs: number
  timeouts: number
}

export class WitnessClient implements Asker {
  readonly name: string
  compass: Compass
  readonly hasSession = true
  readonly hearsAll = true
  readonly #world: ClientWorld
  readonly #roundTrip = new RoundTrip()
  readonly #memory: Memory
  #task: Task | undefined

  constructor(name: string, world: ClientWorld) {
    this.name = name
    this.#world = world
    this.#memory = new Memory(name, world)
    this.compass = world.compass
  }

  get isBusy(): boolean {
    return this.#task !== undefined
  }

  register(done: () => void): void {
    done()
  }

  operate(asked: Json, done: (finished: Finished) => void, first?: number): void {
    if (first !== undefined) this.compass.point(first)
    const { desk, nextOperation } = this.#world
    const operation = nextOperation()
    const op = this.#memory.recall(asked, operation)
    const invokedAtUs = desk.beginEvent()
    const opText = JSON.stringify(op)
    desk.record({ is: 'invoke', operation, client: this.name, op, opText })
    const ask = desk.open(this)
    const request: ClientRequest = { kind: 'signed', client: this.name, op, signature: sign(this.name, requestText(this.name, ask, op)) }
    const giveUpAtMs = desk.nowMs(invokedAtUs) + GIVE_UP_MS
    const task: Task = { operation, op, opText, ask, request, invokedAtUs, giveUpAtMs, done, said: new Map(), wakeAtMs: 0, timeouts: 0 }
    this.#task = task
    desk.ask(this, this.compass.node, request, opText, ask)
    this.#wait(task)
  }

  /** Nobody, or too few: everybody is asked, and whoever has executed it answers again. */
  wake(nowMs: number): void {
    const task = this.#task
    if (!task || nowMs < task.wakeAtMs) return
    const { desk, compass } = this.#world
    desk.beginEvent()
    if (nowMs >= task.giveUpAtMs) return this.#finish(task, { is: 'unknown', why: this.#tooFew(task, 'within 10 s') })
    task.timeouts += 1
    for (let node = 0; node < compass.nodes; node++) if (!compass.empty.has(node)) desk.ask(this, node, task.request, task.opText, task.ask)
    this.#wait(task)
  }

  abandon(): void {
    if (!this.#task) return
    this.#world.desk.beginEvent()
    this.#finish(this.#task, { is: 'unknown', why: this.#tooFew(this.#task, 'before the run ended') })
  }

  onAnswer(ask: number, node: number, outcome: ClientOutcome): void {
    const task = this.#task
    if (!task || ask !== task.ask || outcome.kind !== 'ok') return
    task.said.set(node, outcome)
    const text = canonical(outcome.result)
    const alike = [...task.said.values()].filter(({ result }) => canonical(result) === text)
    if (alike.length < this.#world.accepts) return
    const leader = outcome.leader === undefined ? -1 : this.#world.nodeIndex(outcome.leader)
    if (leader >= 0) this.compass.point(leader)
    const { desk } = this.#world
    this.#roundTrip.measured(desk.nowMs(desk.atUs) - desk.nowMs(task.invokedAtUs))
    this.#memory.learn(task.op, outcome.result)
    this.#finish(task, { is: 'ok', result: outcome.result })
  }

  #wait(task: Task): void {
    const { desk } = this.#world
    const patienceMs = Math.max(ANSWER_MS_MIN, this.#roundTrip.hardlyEverMs)
    const waitMs = Math.min(ANSWER_MS_MAX, patienceMs * 2 ** task.timeouts)
    task.wakeAtMs = Math.min(desk.nowMs(desk.atUs) + waitMs, task.giveUpAtMs)
  }

  #tooFew({ said }: Task, when: string): string {
    const needed = this.#world.accepts
    if (said.size === 0) return `no answer ${when}`
    return said.size < needed
      ? `${said.size} of the ${needed} answers needed came ${when}`
      : `no ${needed} of ${said.size} answers were alike ${when}`
  }

  #finish(task: Task, outcome: Outcome): void {
    const { desk } = this.#world
    this.#task = undefined
    desk.forget(task.ask)
    desk.record({ is: 'return', operation: task.operation, client: this.name, outcome })
    task.done({ operation: task.operation, outcome, latencyMs: (desk.atUs - task.invokedAtUs) / 1e3 })
  }
}
