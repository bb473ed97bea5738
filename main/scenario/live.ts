/** A scenario's stage over a LabClient: commands and the stream of changes, nothing else, so that it works wherever a client is. */
import type { Load } from '../../protocols/core/config.ts'
import type { ActionEvent } from '../../protocols/core/event.ts'
import type { NetworkFault, NodeAction } from '../../protocols/core/fault.ts'
import type { FaultId, NodeId, RunId } from '../../protocols/core/ids.ts'
import type { Control } from '../../protocols/core/input.ts'
import type { Moment } from '../../protocols/core/moment.ts'
import type { LabClient } from '../contract/client.ts'
import type { ClientAnswer } from '../contract/commands.ts'
import { LabError } from '../contract/errors.ts'
import { judgeRecording } from './expect.ts'
import type { Expectations } from './format.ts'
import { type Asked, type Deadline, isDoneTo, type Stage, StepFailedError, TooLateError } from './stage.ts'
import { RunView } from './view.ts'

type Machines = Required<Pick<Stage, 'setClock' | 'setSync'>>

export class LiveStage implements Stage {
  readonly run: RunId
  readonly seed: number
  readonly isExact = false
  readonly #client: LabClient
  readonly #view: RunView
  readonly setClock?: Machines['setClock']
  readonly setSync?: Machines['setSync']

  /** `machines`: of a simulated run, whose clocks and disks can be set. */
  constructor(client: LabClient, run: RunId, seed: number, machines?: Machines) {
    if (machines) {
      this.setClock = (node, setting) => machines.setClock(node, setting)
      this.setSync = (node, syncMs) => machines.setSync(node, syncMs)
    }
    this.run = run
    this.seed = seed
    this.#client = client
    this.#view = new RunView(client, run)
  }

  get moment(): Moment {
    return this.#view.moment
  }

  nowMs(): number {
    return performance.now()
  }

  open(): Promise<void> {
    return this.#view.open()
  }

  close(): Promise<void> {
    return this.#view.close()
  }

  until<T>(look: () => T | undefined | false, deadline: Deadline): Promise<T> {
    return this.#view.until(look, deadline)
  }

  untilEvent(where: string, deadline: Deadline): Promise<string> {
    let from = this.moment.seq + 1
    return this.#view.until(async () => {
      let found: string | undefined
      from = await this.#view.scan(from, where, (event) => {
        found = `${event.kind} at event ${event.seq}`
        return true
      })
      return found
    }, deadline)
  }

  async untilIdle(deadline: Deadline): Promise<void> {
    const open = new Set<number>()
    let from = 1
    await this.#view.until(async () => {
      if (this.moment.load !== undefined) return false
      from = await this.#view.scan(from, 'kind:invoke,return', (event) => {
        if (event.kind === 'invoke') open.add(event.operation)
        if (event.kind === 'return') open.delete(event.operation)
        return false
      })
      return open.size === 0
    }, deadline)
  }

  async untilProgress(deadline: Deadline): Promise<void> {
    const begun = new Set<number>()
    let from = this.moment.seq + 1
    await this.#view.until(async () => {
      let found = false
      from = await this.#view.scan(from, 'kind:invoke,return', (event) => {
        if (event.kind === 'invoke') begun.add(event.operation)
        found = event.kind === 'return' && event.outcome.is === 'ok' && begun.has(event.operation)
        return found
      })
      return found
    }, deadline)
  }

  async watch(runMs: number, deadline: Deadline): Promise<string | undefined> {
    let passed = false
    const passing = this.sleep(runMs, deadline).then(() => {
      passed = true
    })
    passing.catch(() => undefined) // the deadline is noticed below as well
    return (
      (await this.#view.until(async () => {
        const { violations } = await this.#client.call('run.check', { run: this.run })
        const found = violations[0]?.invariant
        return found ?? (passed ? '' : undefined)
      }, deadline)) || undefined
    )
  }

  async sleep(runMs: number, deadline: Deadline): Promise<void> {
    await this.#view.pass(runMs * this.moment.timeScale, deadline)
  }

  async operate(text: string, asked: Asked, deadline: Deadline): Promise<ClientAnswer> {
    const from = this.moment.seq + 1
    const answer = await intime(this.#client.call('run.client', { run: this.run, text, ...asked }), deadline)
    await this.#view.until(async () => {
      let found = false
      await this.#view.scan(from, 'kind:return', (event) => {
        found = event.kind === 'return' && event.operation === answer.operation
        return found
      })
      return found
    }, deadline)
    return answer
  }

  async ask(text: string, asked: Asked, deadline: Deadline): Promise<void> {
    const answer = this.#client.call('run.client', { run: this.run, text, ...asked })
    // What is wrong with it is said at once; its answer may come whenever it likes, or never.
    const lost = new Promise<never>((_, reject) => answer.catch(reject))
    lost.catch(() => undefined)
    await intime(Promise.race([this.#view.refresh(), lost]), deadline)
  }

  async load(load: Load | null, deadline: Deadline): Promise<void> {
    const isLoad = (action: ActionEvent['action']) => action.do === 'load'
    await this.#recorded(isLoad, deadline, () => this.#client.call('run.load', { run: this.run, load }))
  }

  async node(id: NodeId, action: NodeAction, deadline: Deadline): Promise<void> {
    const life = this.moment.nodes.get(id)?.life ?? 0
    await intime(this.#client.call('run.node', { run: this.run, node: id, action }), deadline)
    await this.#view.until(() => {
      const node = this.moment.nodes.get(id)
      return node !== undefined && isDoneTo(action, node, life)
    }, deadline)
  }

  async arm(wanted: NetworkFault, deadline: Deadline): Promise<FaultId> {
    const fault = await this.#client.call('run.arm', { run: this.run, fault: wanted })
    await this.#view.until(() => this.moment.faults.has(fault.id), deadline)
    return fault.id
  }

  async lift(fault: FaultId, deadline: Deadline): Promise<void> {
    await this.#client.call('run.lift', { run: this.run, fault })
    await this.#view.until(() => !this.moment.faults.has(fault), deadline)
  }

  async release(fault: FaultId): Promise<number> {
    const { released } = await this.#client.call('run.release', { run: this.run, fault })
    return released
  }

  async heal(deadline: Deadline): Promise<void> {
    await this.#client.call('run.heal', { run: this.run })
    const healed = () =>
      this.moment.faults.size === 0 && [...this.moment.nodes.values()].every(({ status }) => status === 'up' || status === 'empty')
    await this.#view.until(healed, deadline)
  }

  async tell(node: NodeId, control: Control, deadline: Deadline): Promise<void> {
    const isControl = (action: ActionEvent['action']) => action.do === 'control' && action.node === node
    await this.#recorded(isControl, deadline, () => intime(this.#client.call('run.tell', { run: this.run, node, control }), deadline))
  }

  async timeScale(scale: number, deadline: Deadline): Promise<void> {
    await this.#client.call('run.timeScale', { run: this.run, scale })
    await this.#view.until(() => this.moment.timeScale === scale, deadline)
  }

  async end(): Promise<void> {
    await this.#client.call('runs.stop', { run: this.run }).catch(() => undefined)
  }

  judge(expected: Expectations): ReturnType<Stage['judge']> {
    return judgeRecording(this.#client, this.run, expected)
  }

  /** Does something and waits until an action of its sort is recorded. */
  async #recorded(is: (action: ActionEvent['action']) => boolean, deadline: Deadline, act: () => Promise<unknown>): Promise<void> {
    let from = this.moment.seq + 1
    await act()
    await this.#view.until(async () => {
      let found = false
      from = await this.#view.scan(from, 'kind:action', (event) => {
        found = event.kind === 'action' && is(event.action)
        return found
      })
      return found
    }, deadline)
  }
}

/** The promise, or TooLateError when the deadline comes first. */
async function intime<T>(promise: Promise<T>, deadline: Deadline): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TooLateError(deadline.whole)), Math.max(0, deadline.atMs - performance.now()))
  })
  try {
    return await Promise.race([promise, late])
  } catch (error) {
    // an operation on a node that is down is the scenario's mistake, not the lab's
    if (error instanceof LabError && (error.code === 'node-down' || error.code === 'bad-request')) throw new StepFailedError(error.message)
    throw error
  } finally {
    clearTimeout(timer)
  }
}
