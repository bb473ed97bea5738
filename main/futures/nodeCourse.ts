/** What becomes of a node's process in a recorded run: its lives, how it stands, and what somebody has begun to do to it. */
import type { NodeEvent } from '../../protocols/core/event.ts'
import type { NodeAction } from '../../protocols/core/fault.ts'
import { type ClockSetting, NodeClock } from '../../protocols/sim/clock.ts'
import type { NodeCut } from '../../protocols/sim/cut.ts'

export abstract class NodeCourse {
  /** Its clock and its disk, which a simulation can set. */
  protected readonly time = new NodeClock()
  protected syncMs: NodeCut['syncMs']
  protected status: NodeCut['status']
  protected life = 0
  protected isWiped = false
  #doing: NodeAction | undefined

  constructor(isThere: boolean) {
    this.status = isThere ? 'starting' : 'empty'
  }

  /** It ended, with all that it held in memory. */
  protected abstract ended(): void
  protected abstract emptied(): void

  /** Somebody begins to do something to it. */
  act(what: NodeAction): void {
    this.#doing = what
  }

  setClock(setting: ClockSetting, atUs: number): void {
    this.time.set(setting, atUs)
  }

  setSync(syncMs: NodeCut['syncMs']): void {
    this.syncMs = syncMs
  }

  changed(change: NodeEvent['change']): void {
    switch (change.is) {
      case 'up':
        this.#done('restart')
        this.#done('add')
        if (change.life === this.life) {
          if (this.status === 'paused') this.status = 'up' // another process goes on with this life
          return // or its first step was told before
        }
        this.life = change.life - 1
        this.status = 'starting'
        this.isWiped = false
        return
      case 'down':
        this.#done('crash')
        this.#done('remove')
        this.status = change.removed ? 'empty' : 'down'
        return this.ended()
      case 'paused':
        this.#done('pause')
        this.status = 'paused'
        return
      case 'resumed':
        this.#done('resume')
        this.status = 'up'
        return
      case 'wiped':
        this.#done('wipe')
        this.isWiped = true
        return this.emptied()
      default:
        return change satisfies never
    }
  }

  /** Goes on where another one is. */
  protected like(other: NodeCourse): void {
    this.time.continue(other.time.data)
    this.syncMs = other.syncMs
    this.status = other.status
    this.life = other.life
    this.isWiped = other.isWiped
    this.#doing = other.#doing
  }

  protected begun(life: number): void {
    this.life = life
    this.status = 'up'
    this.isWiped = false
  }

  /** What a cut says of it, but for what it holds in memory and on its disk. */
  protected get course(): Pick<NodeCut, 'status' | 'life' | 'wiped' | 'time' | 'syncMs' | 'doing'> {
    const isStarting = (this.status === 'down' && this.#doing === 'restart') || (this.status === 'empty' && this.#doing === 'add')
    return {
      ...{ status: isStarting ? 'starting' : this.status, life: this.life, wiped: this.isWiped },
      ...{ time: this.time.data, syncMs: this.syncMs, doing: isStarting ? undefined : this.#doing },
    }
  }

  protected get runs(): boolean {
    return this.status === 'up' || this.status === 'paused'
  }

  #done(what: NodeAction): void {
    if (this.#doing === what) this.#doing = undefined
  }
}
