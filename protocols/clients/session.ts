/**
 * A logical client: one operation at a time, carried through redirects, silence and lost leaders. A session, opened before
 * the first command, makes a repeated command take effect once (Raft dissertation §6.3): the same seq is repeated until
 * somebody says what became of it. Time here is run time.
 */
import type { ReturnEvent } from '../core/event.ts'
import type { ClientOutcome, ClientRequest } from '../core/input.ts'
import type { Json } from '../core/json.ts'
import type { Compass } from './compass.ts'
import type { Asker, ClientWorld } from './desk.ts'
import { Memory } from './memory.ts'

export const ANSWER_MS_MIN = 500
export const ANSWER_MS_MAX = 2000
const PAUSE_MS_MIN = 20
const PAUSE_MS_MAX = 200
/** An operation without a result after so long is given up. */
export const GIVE_UP_MS = 10_000
/** Redirects followed at once; after that something goes in circles. */
const REDIRECTS_MAX = 3

export type Outcome = ReturnEvent['outcome']

export interface Finished {
  readonly operation: number
  readonly outcome: Outcome
  /** Real milliseconds from invocation to return. */
  readonly latencyMs: number
}

/** What the client is busy with: an operation, or (without one) opening its session. */
interface Task {
  readonly operation: number
  readonly op: Json
  readonly opText: string
  readonly isRead: boolean
  readonly isRegistration: boolean
  /** Whom it asks. */
  readonly compass: Compass
  readonly invokedAtUs: number
  readonly giveUpAtMs: number
  readonly done: (finished: Finished) => void
  /** Askings without an answer. The last is the one that is waited for, unless the client pauses. */
  readonly open: Set<number>
  current: number
  /** A node said that it does not know what becomes of it. */
  isInDoubt: boolean
  /** Run time at which to give up waiting, or to end a pause. */
  wakeAtMs: number
  timeouts: number
  pauses: number
  redirects: number
  node: number
}

export class LogicalClient implements Asker {
  readonly name: string
  /** Whom it asks: the compass of all, unless it has one of its own. */
  compass: Compass
  readonly #world: ClientWorld
  #session: number | undefined
  #seq = 0
  #task: Task | undefined
  readonly #memory: Memory

  /** `place`: its number among clients of its sort, from 0. */
  constructor(name: string, world: ClientWorld, place: number) {
    const { compass, manners } = world
    this.name = name
    this.#world = world
    this.#memory = new Memory(name, world)
    this.compass = manners.asks === 'any' ? compass.own(place) : compass
    if (!manners.sessions) this.#session = 0
  }

  get isBusy(): boolean {
    return this.#task !== undefined
  }

  get hasSession(): boolean {
    return this.#session !== undefined
  }

  /** Opens a session ahead of the first command. `done` also when that failed: the first command then tries again. */
  register(done: () => void): void {
    this.#begin({ operation: 0, op: null, opText: '', isRead: false, isRegistration: true, compass: this.compass }, done)
  }

  /** Invokes an operation. Not while another is under way. */
  operate(asked: Json, done: (finished: Finished) => void, first?: number): void {
    const { service, nextOperation, readsAnywhere } = this.#world
    const operation = nextOperation()
    const op = this.#memory.recall(asked, operation)
    const isRead = service.isRead(op)
    if (!isRead) this.#seq += 1
    // Each read asks the next node; who leads, or is said to, is no matter.
    const compass = isRead && readsAnywhere ? this.compass.own(operation) : this.compass
    if (first !== undefined) compass.point(first)
    this.#begin({ operation, op, opText: JSON.stringify(op), isRead, isRegistration: false, compass }, done)
  }

  /** To be called now and then while the client is busy. */
  wake(nowMs: number): void {
    const task = this.#task
    if (!task || nowMs < task.wakeAtMs) return
    this.#world.desk.beginEvent()
    if (nowMs >= task.giveUpAtMs) return this.#giveUp(task, 'no answer within 10 s')
    if (task.current !== 0) {
      task.timeouts += 1
      task.compass.pass(task.node)
    }
    this.#ask(task)
  }

  /** The run ends: what is under way stays without a result. */
  abandon(): void {
    if (!this.#task) return
    this.#world.desk.beginEvent()
    this.#giveUp(this.#task, 'the run ended')
  }

  onAnswer(ask: number, node: number, outcome: ClientOutcome): void {
    const task = this.#task
    if (!task) return
    task.open.delete(ask)
    const isCurrent = ask === task.current
    switch (outcome.kind) {
      case 'registered':
        if (this.#session !== undefined && !isCurrent) return
        this.#session = outcome.session
        if (task.isRegistration) return this.#finish(task, { is: 'ok', result: null })
        return this.#ask(task)
      case 'ok':
        this.#memory.learn(task.op, outcome.result)
        return this.#finish(task, { is: 'ok', result: outcome.result })
      case 'redirect':
        if (isCurrent) this.#redirect(task, node, outcome.leader)
        return
      case 'unknown':
        task.isInDoubt = true
        if (isCurrent) this.#pause(task)
        return
      case 'refused':
        return this.#refused(task, outcome)
      default:
        return outcome satisfies never
    }
  }

  #begin(what: Pick<Task, 'operation' | 'op' | 'opText' | 'isRead' | 'isRegistration' | 'compass'>, done: Task['done']): void {
    const { desk } = this.#world
    const invokedAtUs = desk.beginEvent()
    const giveUpAtMs = desk.nowMs(invokedAtUs) + GIVE_UP_MS
    const counters = { current: 0, isInDoubt: false, wakeAtMs: 0, timeouts: 0, pauses: 0, redirects: 0, node: 0 }
    const task: Task = { ...what, done, invokedAtUs, giveUpAtMs, open: new Set(), ...counters }
    this.#task = task
    if (!what.isRegistration) desk.record({ is: 'invoke', operation: what.operation, client: this.name, op: what.op, opText: what.opText })
    this.#ask(task)
  }

  /** Sends the task's request, in the event under way, to whoever is likely to lead. */
  #ask(task: Task): void {
    const { desk } = this.#world
    task.node = task.compass.node
    task.current = desk.ask(this, task.node, this.#request(task), task.opText)
    task.open.add(task.current)
    const waitMs = Math.min(ANSWER_MS_MAX, ANSWER_MS_MIN * 2 ** task.timeouts)
    task.wakeAtMs = Math.min(desk.nowMs(desk.atUs) + waitMs, task.giveUpAtMs)
  }

  #request(task: Task): ClientRequest {
    if (task.isRead) return { kind: 'query', op: task.op }
    if (this.#session === undefined || task.isRegistration) return { kind: 'register' }
    // One operation at a time: every earlier one was answered or given up, so this is the first whose result is awaited.
    return { kind: 'command', session: this.#session, seq: this.#seq, firstUnacked: this.#seq, op: task.op }
  }

  #redirect(task: Task, from: number, leader: string | undefined): void {
    const { compass } = task
    const { nodeIndex } = this.#world
    const to = leader === undefined ? -1 : nodeIndex(leader)
    task.redirects += 1
    if (to >= 0 && to !== from) compass.point(to)
    else compass.pass(from)
    if (to >= 0 && to !== from && task.redirects <= REDIRECTS_MAX) this.#ask(task)
    else this.#pause(task)
  }

  /** Waits a little before it asks again: an election takes its time. */
  #pause(task: Task): void {
    const { desk } = this.#world
    task.current = 0
    task.redirects = 0
    const pauseMs = Math.min(PAUSE_MS_MAX, PAUSE_MS_MIN * 2 ** task.pauses)
    task.pauses += 1
    task.wakeAtMs = Math.min(desk.nowMs(desk.atUs) + pauseMs, task.giveUpAtMs)
  }

  #refused(task: Task, { code, message }: Extract<ClientOutcome, { kind: 'refused' }>): void {
    const mayHaveRun = !task.isRead && this.#mayHaveRun(task)
    if (code === 'unknown-session' && !task.isRegistration) {
      this.#session = undefined
      if (!mayHaveRun) {
        this.#seq = 1
        return this.#ask(task) // it surely did not run: a new session carries it
      }
    }
    return this.#finish(task, mayHaveRun ? { is: 'unknown', why: message } : { is: 'refused', why: message })
  }

  #mayHaveRun(task: Task): boolean {
    return task.isInDoubt || task.open.size > 0
  }

  #giveUp(task: Task, why: string): void {
    const mayHaveRun = this.#mayHaveRun(task)
    this.#finish(task, mayHaveRun ? { is: 'unknown', why } : { is: 'refused', why: `${why}: no node took it on` })
  }

  #finish(task: Task, outcome: Outcome): void {
    const { desk } = this.#world
    this.#task = undefined
    for (const ask of task.open) desk.forget(ask)
    if (!task.isRegistration) desk.record({ is: 'return', operation: task.operation, client: this.name, outcome })
    task.done({ operation: task.operation, outcome, latencyMs: (desk.atUs - task.invokedAtUs) / 1e3 })
  }
}
