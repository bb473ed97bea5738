/**
 * Carries a storm out on a stage: the deeds of a plan drawn from the run's seed, each at its time, and those of its ambushes
 * when they have caught somebody. What it does to the stage in the end happened at whole microseconds and after all else that
 * these brought, so that the same deeds by the clock alone give the same run again.
 */
import type { FaultId, NodeId } from '../../protocols/core/ids.ts'
import type { ControlSpec, Membership, Observation } from '../../protocols/core/machine.ts'
import { deedsOf } from '../../protocols/sim/ambush.ts'
import type { Watch } from '../../protocols/sim/lookout.ts'
import type { Ambush, Deed, PlannedDeed } from '../../protocols/sim/misfortune.ts'
import { drawPlan } from '../../protocols/sim/plan.ts'
import { leaderOf } from './resolve.ts'
import { type Deadline, type Stage, StepFailedError, TooLateError } from './stage.ts'

export interface Weather {
  readonly ms: number
  /** At most so many nodes turn Byzantine, and how nodes of this protocol can lie. */
  readonly liars?: { readonly most: number; readonly lies: readonly string[] }
  /** Nodes come and go, where the protocol can change who is a member. */
  readonly membership?: Membership
  /** Controls of this protocol that nodes are told now and then. */
  readonly tells?: readonly Pick<ControlSpec, 'name' | 'fields'>[]
  readonly deadline: Deadline
  /** Called before each misfortune. */
  struck(): void
}

/** Resolves to what befell the run, in a few words. */
export async function weather(stage: Stage, settings: Weather): Promise<string> {
  return await new Storm(stage, settings).rage()
}

interface Lurking {
  readonly ambush: Ambush
  readonly watch: Watch
  readonly untilMs: number
  readonly label: string
}

class Storm {
  readonly #stage: Stage
  readonly #settings: Weather
  readonly #beganMs: number
  /** Ordered by time. */
  readonly #coming: PlannedDeed[]
  #lurking: Lurking[] = []
  readonly #faults = new Map<string, FaultId>()
  #deeds = 0
  #ambushes = 0
  #aims = 0

  constructor(stage: Stage, settings: Weather) {
    this.#stage = stage
    this.#settings = settings
    const { seed, moment, omens } = stage
    const nodes = [...moment.nodes.keys()]
    const types = omens ? { messageTypes: omens.messageTypes } : {}
    const { ms, liars, tells, membership } = settings
    const spares = nodes.filter((id) => moment.nodes.get(id)?.status === 'empty')
    const changes = membership && spares.length > 0 ? { changes: { ...membership, spares } } : {}
    this.#coming = [...drawPlan({ seed, nodes, ms, ...types, ...(liars ? { liars } : {}), ...changes, ...(tells ? { tells } : {}) })]
    this.#beganMs = stage.nowMs()
  }

  async rage(): Promise<string> {
    const { ms } = this.#settings
    try {
      while (this.#coming.length > 0 || this.#lurking.length > 0 || this.#elapsedMs() < ms) {
        const [next] = this.#coming
        const untilMs = Math.min(next?.atMs ?? ms, ms)
        const caught = await this.#waitUntil(untilMs)
        if (caught) this.#spring(caught)
        // On a machine that cannot keep up deeds come late: those that would come after the end are left to the heal, too.
        else if (next && this.#elapsedMs() <= ms) await this.#carryOut(this.#coming.shift() as PlannedDeed)
        else break
      }
    } finally {
      for (const { watch } of this.#lurking) watch.stop()
    }
    const late = this.#coming.length
    return `${this.#deeds} deeds${late === 0 ? '' : `; ${late} more would have come too late`}`
  }

  /** Run milliseconds since it began, in whole microseconds. */
  #elapsedMs(): number {
    const { moment } = this.#stage
    return Math.round(((this.#stage.nowMs() - this.#beganMs) / moment.timeScale) * 1e3) / 1e3
  }

  /** Returns the first ambush that catches somebody before. */
  async #waitUntil(atMs: number): Promise<Lurking | undefined> {
    const { deadline } = this.#settings
    const isCaught = () => this.#lurking.find(({ watch }) => watch.caught !== undefined)
    const leftMs = atMs - this.#elapsedMs()
    if (this.#lurking.length > 0 && leftMs > 0 && !isCaught()) {
      const untilMs = this.#beganMs + atMs * this.#stage.moment.timeScale
      try {
        await this.#stage.until(isCaught, { atMs: Math.min(untilMs, deadline.atMs), whole: deadline.whole })
      } catch (error) {
        if (!(error instanceof TooLateError) || untilMs > deadline.atMs) throw error
      }
      // The rest of this very microsecond happens first: so it does when the deeds come by the clock.
      await this.#stage.sleep(0, deadline)
    } else if (leftMs > 0) await this.#stage.sleep(leftMs, deadline)
    return isCaught()
  }

  #spring(caught: Lurking): void {
    const { ambush, watch, label } = caught
    this.#leave(caught)
    const atMs = this.#elapsedMs()
    if (watch.caught === undefined || atMs > caught.untilMs) return
    const nodes = [...this.#stage.moment.nodes.keys()]
    for (const planned of deedsOf(ambush.strikes, watch.caught, nodes, atMs, label)) this.#plan(planned)
  }

  #aim({ strikes, other }: Extract<Deed, { do: 'aim' }>, atMs: number): void {
    const leader = leaderOf(this.#stage.moment)
    if (leader === undefined) return
    const nodes = [...this.#stage.moment.nodes.keys()]
    const beside = nodes[(nodes.indexOf(leader) + other) % nodes.length] as NodeId
    const caught = beside === leader ? { node: leader } : { node: leader, other: beside }
    for (const planned of deedsOf(strikes, caught, nodes, atMs, `aim-${++this.#aims}`)) this.#plan(planned)
  }

  #leave(lurking: Lurking): void {
    lurking.watch.stop()
    this.#lurking = this.#lurking.filter((other) => other !== lurking)
  }

  /** What would come after the end is left to the heal. */
  #plan(planned: PlannedDeed): void {
    if (planned.atMs >= this.#settings.ms) return
    const at = this.#coming.findIndex(({ atMs }) => atMs > planned.atMs)
    this.#coming.splice(at === -1 ? this.#coming.length : at, 0, planned)
  }

  async #carryOut({ deed }: PlannedDeed): Promise<void> {
    const atMs = this.#elapsedMs()
    for (const lurking of this.#lurking) if (atMs > lurking.untilMs) this.#leave(lurking)
    if (deed.do === 'aim') return this.#aim(deed, atMs)
    if (deed.do === 'ambush') return this.#lieInWait(deed.ambush, atMs)
    if (deed.do !== 'lift') this.#settings.struck()
    if (await this.#do(deed)) this.#deeds += 1
  }

  #lieInWait(ambush: Ambush, atMs: number): void {
    const watch = this.#stage.omens?.watch(ambush.omen)
    if (watch) this.#lurking.push({ ambush, watch, untilMs: atMs + ambush.waitMs, label: `ambush-${++this.#ambushes}` })
  }

  /** False when this stage has no such thing, or it cannot be done to a node as it is now: misfortunes get in each other's way. */
  async #do(deed: Exclude<Deed, { do: 'ambush' | 'aim' }>): Promise<boolean> {
    const stage = this.#stage
    const { deadline } = this.#settings
    switch (deed.do) {
      case 'node':
        if (deed.what === 'remove' && !this.#isOut(deed.node)) return false
        try {
          if (stage.strike) stage.strike(deed.node, deed.what)
          else await stage.node(deed.node, deed.what, deadline)
          return true
        } catch (error) {
          if (error instanceof StepFailedError) return false
          throw error
        }
      case 'arm':
        this.#faults.set(deed.label, await stage.arm(deed.fault, deadline))
        return true
      case 'lift': {
        const fault = this.#faults.get(deed.label)
        if (fault !== undefined) await stage.lift(fault, deadline)
        return this.#faults.delete(deed.label)
      }
      case 'tell':
        try {
          const node = deed.node === 'leader' ? leaderOf(stage.moment) : deed.node
          if (node === undefined) return false
          await stage.tell(node, deed.control, deadline)
          return true
        } catch (error) {
          if (error instanceof StepFailedError) return false
          throw error
        }
      case 'clock':
        await stage.setClock?.(deed.node, deed.setting)
        return stage.setClock !== undefined
      case 'disk':
        await stage.setSync?.(deed.node, deed.syncMs)
        return stage.setSync !== undefined
      default:
        return deed satisfies never
    }
  }

  /**
   * Surely no member any more: nobody heals the loss of one that is. So everybody who is there must be heard; whoever is down may know of a later change.
   */
  #isOut(node: NodeId): boolean {
    const shown = new Map<NodeId, Observation>()
    for (const [id, { status, observation }] of this.#stage.moment.nodes) {
      if (status === 'empty') continue
      if (observation === undefined) return false
      shown.set(id, observation)
    }
    return this.#settings.membership?.isMember?.(node, shown) === false
  }
}
