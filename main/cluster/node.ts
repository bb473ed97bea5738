/** One node of a live run: its process through its lives, what is done to it, and what is said of it. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import type { NodeChange } from '../../protocols/core/event.ts'
import type { NodeAction } from '../../protocols/core/fault.ts'
import type { NodeId } from '../../protocols/core/ids.ts'
import type { NodeStatus } from '../../protocols/core/moment.ts'
import { LabError } from '../contract/errors.ts'
import type { ToProcess } from '../contract/process.ts'
import type { NodeLauncher } from './launcher.ts'
import { type End, Member, startFailed } from './member.ts'

/** Beside the disk, not on it: a wipe does not undo what happened, so later stamps must not repeat earlier ones. */
const KEPT_WHEN_WIPED = 'stamps'

export interface NodeState {
  readonly node: NodeId
  readonly status: NodeStatus
  readonly life: number
  readonly pid: number | undefined
  /** Why it is down, when it is. */
  readonly reason: string | undefined
}

export interface NodeOptions {
  readonly id: NodeId
  /** Its disk. */
  readonly folder: string
  readonly entry: string
  readonly launcher: NodeLauncher
  /** Lives that it had before, in another run. */
  readonly lives?: number
  /** Nobody is there before it is added. */
  readonly isEmpty?: boolean
  environment(life: number): { readonly [name: string]: string }
  setTarget(port: number | undefined, life: number): void
  /** Resolves when the tap of that life has closed. */
  tapClosed(life: number): Promise<void>
  /** Records the change. */
  changed(change: NodeChange): void
  /** Which processes are stopped is another now. */
  stoppedChanged(): void
  onLine(stream: 'out' | 'err', line: string): void
  onTrouble(text: string): void
}

export class Node {
  readonly id: NodeId
  readonly #options: NodeOptions
  readonly #member: Member
  #status: NodeStatus = 'down'
  #reason: string | undefined
  /** Stopped by SIGSTOP, where the system has one. */
  #isStopped = false
  /** Actions on a node follow one another. */
  #last: Promise<unknown> = Promise.resolve()
  #downRecorded: Promise<void> = Promise.resolve()
  /** It is being ended for good. */
  #isRemoved = false

  constructor(options: NodeOptions) {
    const { id, entry, launcher, lives = 0, environment, onLine } = options
    this.id = id
    this.#options = options
    if (options.isEmpty) this.#status = 'empty'
    this.#member = new Member({
      name: id,
      entry,
      launcher,
      lives,
      environment,
      onLine,
      onMessage: () => {},
      onEnd: (life, end) => this.#onEnd(life, end),
    })
  }

  get life(): number {
    return this.#member.life
  }

  get pid(): number | undefined {
    return this.#member.pid
  }

  get isStopped(): boolean {
    return this.#isStopped
  }

  state(): NodeState {
    return { node: this.id, status: this.#status, life: this.life, pid: this.pid, reason: this.#reason }
  }

  send(message: ToProcess): void {
    this.#member.send(message)
  }

  /** Begins a life; resolves when it is up and that is recorded. Rejects with a LabError. */
  async start(): Promise<void> {
    this.#status = 'starting'
    this.#reason = undefined
    try {
      const { pid, life, port } = await this.#member.start()
      this.#status = 'up'
      this.#options.changed({ is: 'up', pid, life })
      this.#options.setTarget(port, life)
      this.#options.stoppedChanged() // for the new process to know
    } catch (error) {
      this.#status = 'down'
      const failure = startFailed(`Node ${this.id}`, error)
      this.#reason = failure.message
      this.#options.changed({ is: 'down', asked: false, reason: failure.message })
      throw failure
    }
  }

  /** `record` is called when the action is possible, before it is carried out. */
  act(action: NodeAction, record: () => void): Promise<void> {
    const done = this.#last.then(() => {
      this.#check(action)
      record()
      return this.#carryOut(action)
    })
    this.#last = done.catch(() => {}) // whoever asked is told
    return done
  }

  async stop(graceMs: number): Promise<void> {
    if (this.#status === 'paused') this.#wake()
    await this.#member.stop(graceMs)
  }

  #check(action: NodeAction): void {
    if (action === 'add') {
      if (this.#status !== 'empty') throw new LabError('bad-request', `${this.id} is there already.`)
      return
    }
    if (this.#status === 'empty') throw new LabError('node-down', `${this.id} is not there: its seat is empty.`, 'Add it first.')
    const isDown = this.#status === 'down'
    if (isDown && (action === 'crash' || action === 'pause' || action === 'resume'))
      throw new LabError('node-down', `${this.id} is down: there is nothing to ${action}.`, 'Restart it first.')
    if (action === 'pause' && this.#status === 'paused')
      throw new LabError('bad-request', `${this.id} is paused already.`, 'Resume it first.')
    if (action === 'resume' && this.#status !== 'paused') throw new LabError('bad-request', `${this.id} is not paused.`, 'Pause it first.')
    if (action === 'wipe' && !isDown)
      throw new LabError('bad-request', `${this.id} is running: its disk cannot be wiped under it.`, 'Crash it first.')
  }

  async #carryOut(action: NodeAction): Promise<void> {
    switch (action) {
      case 'crash':
        return this.#crash()
      case 'restart':
        if (this.#status !== 'down') await this.#crash()
        return this.start()
      case 'pause':
        this.#pause()
        this.#status = 'paused'
        return this.#options.changed({ is: 'paused' })
      case 'resume':
        this.#wake()
        this.#status = 'up'
        return this.#options.changed({ is: 'resumed' })
      case 'wipe':
        this.#wipe()
        return this.#options.changed({ is: 'wiped' })
      case 'add':
        return this.start()
      case 'remove':
        return await this.#remove()
      default:
        return action satisfies never
    }
  }

  /** It ends for good. What is on its disk stays there, should it be added again. */
  async #remove(): Promise<void> {
    if (this.#status === 'down') {
      this.#status = 'empty'
      return this.#options.changed({ is: 'down', asked: true, reason: 'removed', removed: true })
    }
    this.#isRemoved = true
    await this.#member.kill('removed')
    await this.#downRecorded
    this.#isRemoved = false
  }

  async #crash(): Promise<void> {
    await this.#member.kill('killed (kill -9)')
    await this.#downRecorded
  }

  /** The others know before it is stopped: there is no moment at which the engine could die and leave it stopped for ever. */
  #pause(): void {
    this.#isStopped = true
    this.#options.stoppedChanged()
    if (this.#member.signal('SIGSTOP')) return
    this.#isStopped = false
    this.#options.stoppedChanged()
    this.#member.send({ kind: 'pause' })
  }

  #wake(): void {
    if (this.#isStopped) this.#member.signal('SIGCONT')
    else this.#member.send({ kind: 'resume' })
    this.#isStopped = false
    this.#options.stoppedChanged()
  }

  #wipe(): void {
    const { folder } = this.#options
    try {
      mkdirSync(folder, { recursive: true })
      for (const name of readdirSync(folder)) if (name !== KEPT_WHEN_WIPED) rmSync(path.join(folder, name), { recursive: true })
    } catch (error) {
      throw new LabError('disk', `The disk of ${this.id} in ${folder} cannot be wiped: ${(error as Error).message}.`, 'Check the folder.')
    }
  }

  #onEnd(life: number, end: End): void {
    const isRemoved = this.#isRemoved
    this.#status = isRemoved ? 'empty' : 'down'
    this.#reason = end.reason
    this.#options.setTarget(undefined, life)
    if (this.#isStopped) {
      this.#isStopped = false
      this.#options.stoppedChanged()
    }
    this.#downRecorded = this.#options
      .tapClosed(life)
      .then(() => this.#options.changed({ is: 'down', asked: end.asked, reason: end.reason, ...(isRemoved ? { removed: true } : {}) }))
    if (!end.asked) this.#options.onTrouble([`${this.id} went down: ${end.reason}`, end.hint].filter(Boolean).join(' '))
  }
}
