/**
 * A storm drawn from a seed: what befalls a cluster, and when. Storms differ in character as well as in detail: which
 * kinds of misfortune they know at all and how often each comes (Groce et al., "Swarm Testing", 2012: what is left out
 * lets the rest go further), how often something happens, how soon a node is back, whether messages are slow all the
 * time. A plan is data, decided before anything happens, so it can be shown, carried out on processes as well as in a
 * simulation, and shrunk. Misfortunes overlap; those that come by the clock strike a node one at a time, while an ambush
 * strikes whom it catches. Whatever is done is undone before the plan ends or by the heal that follows it.
 */
import type { LinkTarget, NetworkFault } from '../core/fault.ts'
import { CLIENTS, type NodeId } from '../core/ids.ts'
import type { Control } from '../core/input.ts'
import type { Json } from '../core/json.ts'
import type { ControlSpec, Membership } from '../core/machine.ts'
import { between, draw, fraction, Purpose } from '../core/prng.ts'
import { TRUE_CLOCK } from './clock.ts'
import type { Ambush, Deed, Omen, PlannedDeed, Strike } from './misfortune.ts'

/** How nodes come and go. */
export interface Changes extends Pick<Membership, 'join' | 'leave' | 'told'> {
  /** Seats that are empty. */
  readonly spares: readonly NodeId[]
}

export interface PlanSetup {
  readonly seed: number
  readonly nodes: readonly NodeId[]
  readonly ms: number
  /** What may be told apart among messages; none where nobody sees them. */
  readonly messageTypes?: readonly string[]
  /** At most so many nodes turn Byzantine, and what they may do then. */
  readonly liars?: { readonly most: number; readonly lies: readonly string[] }
  /** Nodes are added, join and leave, where they can. */
  readonly changes?: Changes
  /** What nodes are told now and then, most often whoever leads. */
  readonly tells?: readonly Pick<ControlSpec, 'name' | 'fields'>[]
}

/** Draws the deeds of a storm, in order of time. */
export function drawPlan(setup: PlanSetup): PlannedDeed[] {
  return new Planner(setup).plan()
}

type Misfortune = (this: Planner, atMs: number) => void

class Planner {
  readonly #seed: number
  readonly #nodes: readonly NodeId[]
  readonly #types: readonly string[]
  readonly #ms: number
  readonly #liars: NonNullable<PlanSetup['liars']>
  readonly #changes: Changes | undefined
  readonly #tells: NonNullable<PlanSetup['tells']>
  readonly #deeds: PlannedDeed[] = []
  /** Until when a node has enough. */
  readonly #busyUntilMs = new Map<NodeId, number>()
  readonly #skewed = new Set<NodeId>()
  readonly #slow = new Set<NodeId>()
  /** The storm's character. */
  readonly #everyMs: number
  readonly #downMsMax: number
  readonly #partMsMax: number
  /** What befalls one node mostly befalls the one that leads, which is where most mistakes are made. */
  readonly #prefersLeader: boolean
  /** What it lies in wait for, and how it strikes: few things, again and again, for some mistakes show at the third time only. */
  readonly #habits: readonly Pick<Ambush, 'omen' | 'strikes'>[]
  #coins = 0
  #labels = 0

  constructor({ seed, nodes, ms, messageTypes = [], liars = { most: 0, lies: [] }, changes, tells = [] }: PlanSetup) {
    this.#seed = seed
    this.#nodes = nodes
    this.#types = messageTypes
    this.#ms = ms
    this.#liars = liars
    this.#changes = changes
    this.#tells = tells
    this.#everyMs = this.#oneOf(20, 50, 150, 400, 1000)
    this.#downMsMax = this.#oneOf(5, 40, 200, 1500)
    this.#partMsMax = this.#oneOf(100, 500, 2000)
    this.#prefersLeader = this.#coin() % 2 === 0
    this.#habits = Array.from({ length: this.#oneOf(1, 2, 4) }, () => this.#habit())
  }

  plan(): PlannedDeed[] {
    const kinds = this.#kinds()
    if (this.#coin() % 2 === 0) this.#slowNetwork()
    if (this.#coin() % 4 === 0) this.#lossyNetwork()
    const nextMs = () => this.#between(0, 2 * this.#everyMs)
    for (let atMs = nextMs(); atMs < this.#ms; atMs += nextMs()) this.#oneOf(...kinds).call(this, atMs)
    this.#turnSome()
    this.#changeMembers()
    this.#tellSome()
    // Nothing is left behind that only a simulation can put right. Equal times keep the order in which they were drawn.
    for (const node of this.#slow) this.#deeds.push({ atMs: this.#ms, deed: { do: 'disk', node, syncMs: undefined } })
    for (const node of this.#skewed) this.#deeds.push({ atMs: this.#ms, deed: { do: 'clock', node, setting: TRUE_CLOCK } })
    return this.#deeds.sort((a, b) => a.atMs - b.atMs)
  }

  /** Some seeds have no liars, most have as many as there may be, each with a habit of its own. */
  #turnSome(): void {
    const { most, lies } = this.#liars
    if (most === 0 || this.#coin() % 4 === 0) return
    const left = [...this.#nodes]
    for (let count = 0; count < most && left.length > 0; count++) {
      const [node] = left.splice(this.#coin() % left.length, 1) as [NodeId]
      const told = Array.from({ length: this.#oneOf(1, 1, 2, 3) }, () => {
        const lie = this.#oneOf(...lies)
        return this.#coin() % 4 === 0
          ? { lie, to: this.#nodes.filter((other) => other !== node && this.#coin() % 2 === 0) }
          : { lie, to: [] }
      })
      const control = { name: 'lie', lies: told.map(({ lie, to }) => (to.length === 0 ? { lie } : { lie, to })) }
      this.#add(this.#between(0, this.#ms / 4), { do: 'tell', node, control })
    }
  }

  /** Drawn last, so that a run without empty seats has the storm that it always had. No more leave than joined before, so that enough stay. */
  #changeMembers(): void {
    const { join, leave, told, spares } = this.#changes ?? { spares: [] }
    if (!join || !leave || spares.length === 0 || this.#coin() % 8 === 0) return
    const tell = (atMs: number, node: NodeId, control: Control) =>
      this.#add(atMs, { do: 'tell', node: told === 'leader' ? 'leader' : node, control })
    for (const spare of spares) {
      const atMs = this.#between(0, 0.6 * this.#ms)
      const joinMs = atMs + this.#between(60, 600)
      this.#add(atMs, { do: 'node', node: spare, what: 'add' })
      tell(joinMs, spare, join(spare))
      tell(joinMs + this.#between(300, 1500), spare, join(spare)) // it may have fallen on deaf ears
      if (this.#coin() % 2 === 0) continue
      const other = this.#oneOf(...this.#nodes)
      const leaveMs = joinMs + this.#between(500, 3000)
      tell(leaveMs, other, leave(other))
      this.#replace(leaveMs, other, (backMs) => tell(backMs, other, join(other)))
    }
  }

  /** Whoever left goes, if it is out by one of these times; some come back, with what is on their disks. */
  #replace(leaveMs: number, node: NodeId, tellJoin: (atMs: number) => void): void {
    for (const patienceMs of [100, 300, 600, 1000, 2000])
      this.#add(leaveMs + this.#between(20, patienceMs), { do: 'node', node, what: 'remove' })
    if (this.#coin() % 2 === 0) return
    const backMs = leaveMs + this.#between(1000, 2000)
    this.#add(backMs, { do: 'node', node, what: 'add' })
    tellJoin(backMs + this.#between(60, 600))
  }

  /** Some seeds tell nothing, some a lot; few kinds of it, so that one can follow another. */
  #tellSome(): void {
    if (this.#tells.length === 0) return
    const never = Number.POSITIVE_INFINITY
    const everyMs = this.#oneOf(never, never, never, 60, 200, 600, 1500)
    const kinds = Array.from({ length: this.#oneOf(1, 2, 4) }, () => this.#oneOf(...this.#tells))
    if (everyMs === never) return
    const nextMs = () => this.#between(0, 2 * everyMs)
    for (let atMs = nextMs(); atMs < this.#ms; atMs += nextMs()) {
      const { name, fields } = this.#oneOf(...kinds)
      const control = { name, ...Object.fromEntries(fields.map((field) => [field.name, this.#field(field.is)])) }
      this.#add(atMs, { do: 'tell', node: this.#coin() % 8 > 0 ? 'leader' : this.#oneOf(...this.#nodes), control })
    }
  }

  #field(is: ControlSpec['fields'][number]['is']): Json {
    switch (is) {
      case 'node':
        return this.#oneOf(...this.#nodes)
      case 'nodes': {
        const some = this.#nodes.filter(() => this.#coin() % 2 === 0)
        return some.length > 0 ? some : [this.#oneOf(...this.#nodes)]
      }
      case 'number':
        return 1 + (this.#coin() % this.#nodes.length)
      case 'text':
        return ''
      default:
        return is satisfies never
    }
  }

  /** A few of what there is: the fewer, the oftener each comes. */
  #kinds(): Misfortune[] {
    const own = [this.#crash, this.#tear, this.#pause, this.#isolate, this.#isolate]
    const all: Misfortune[] = [...own, this.#part, this.#cut, this.#weather, this.#late, this.#clock, this.#aim]
    if (this.#types.length > 0) all.push(this.#ambush, this.#ambush, this.#ambush)
    return Array.from({ length: this.#oneOf(1, 1, 2, 3, 6) }, () => this.#oneOf(...all))
  }

  /** Messages take about as long as patience lasts, so that several stand and speak at once. */
  #slowNetwork(): void {
    const delayMs = this.#between(1, this.#oneOf(10, 40, 120))
    this.#network(0, this.#ms, { kind: 'delay', target: { all: true }, delayMs, jitterMs: this.#between(0, delayMs) })
  }

  /** Much is lost all the time, so that what should reach all reaches some. */
  #lossyNetwork(): void {
    this.#network(0, this.#ms, this.#someTypes({ kind: 'loss', target: { all: true }, probability: this.#between(0.1, 0.7) }))
  }

  #crash(atMs: number): void {
    const forMs = this.#between(1, this.#downMsMax)
    if (this.#atLeader()) return this.#strikeLeader(atMs, { do: 'crash', whom: 'node', afterMs: 0, forMs })
    const untilMs = atMs + forMs
    const node = this.#free(atMs, untilMs + 100) // starting takes a while
    if (!node) return
    this.#add(atMs, { do: 'node', node, what: 'crash' })
    this.#add(untilMs, { do: 'node', node, what: 'restart' })
  }

  /** A disk is slow, and the power fails: what was written meanwhile is lost. */
  #tear(atMs: number): void {
    const crashMs = atMs + this.#between(20, 400)
    const restartMs = crashMs + this.#between(1, this.#downMsMax)
    const node = this.#free(atMs, restartMs + 100)
    if (!node) return
    this.#slow.add(node)
    this.#add(atMs, { do: 'disk', node, syncMs: { min: 20, max: this.#between(30, 300) } })
    this.#add(crashMs, { do: 'node', node, what: 'crash' })
    this.#add(crashMs, { do: 'disk', node, syncMs: undefined })
    this.#add(restartMs, { do: 'node', node, what: 'restart' })
  }

  #pause(atMs: number): void {
    const forMs = this.#between(20, 1200)
    if (this.#atLeader()) return this.#strikeLeader(atMs, { do: 'pause', whom: 'node', afterMs: 0, forMs })
    const untilMs = atMs + forMs
    const node = this.#free(atMs, untilMs)
    if (!node) return
    this.#add(atMs, { do: 'node', node, what: 'pause' })
    this.#add(untilMs, { do: 'node', node, what: 'resume' })
  }

  /** One alone, or in small company. */
  #isolate(atMs: number): void {
    const forMs = this.#between(20, this.#partMsMax)
    const company = this.#oneOf(0, 0, this.#coin() & this.#coin())
    if (this.#atLeader()) return this.#strikeLeader(atMs, { do: 'part', whom: 'node', company, afterMs: 0, forMs })
    const node = this.#oneOf(...this.#nodes)
    const side = this.#nodes.filter((other, index) => other === node || (company >>> index) % 2 === 1)
    if (side.length === this.#nodes.length) return
    const groups = [side, this.#nodes.filter((other) => !side.includes(other))]
    this.#network(atMs, forMs, { kind: 'cut', target: { groups } })
  }

  #part(atMs: number): void {
    const side = this.#nodes.filter(() => this.#coin() % 2 === 0)
    if (side.length === 0 || side.length === this.#nodes.length) return
    const groups = [side, this.#nodes.filter((node) => !side.includes(node))]
    this.#network(atMs, this.#between(20, this.#partMsMax), { kind: 'cut', target: { groups } })
  }

  /** One way only: who is heard need not hear. Clients may be cut off, too. */
  #cut(atMs: number): void {
    const target = this.#link()
    if (target) this.#network(atMs, this.#between(20, this.#partMsMax), { kind: 'cut', target })
  }

  #weather(atMs: number): void {
    const target = { all: true } as const
    const probability = this.#between(0.02, this.#oneOf(0.1, 0.3, 0.8))
    const windowMs = this.#between(5, 400)
    const fault: NetworkFault = this.#oneOf<NetworkFault>(
      { kind: 'loss', target, probability },
      { kind: 'duplicate', target, probability, copies: 1 },
      { kind: 'reorder', target, probability, windowMs },
      { kind: 'delay', target, delayMs: windowMs / 4, jitterMs: windowMs / 4 },
    )
    this.#network(atMs, this.#between(200, 3000), this.#someTypes(fault))
  }

  /** What one says to another arrives when nobody expects it any more. */
  #late(atMs: number): void {
    const target = this.#oneOf<LinkTarget | undefined>({ all: true }, this.#link())
    if (target) this.#network(atMs, this.#between(20, this.#partMsMax), this.#someTypes({ kind: 'hold', target }))
  }

  #clock(atMs: number): void {
    const setting = { skewMs: this.#between(-2000, 2000), driftPpm: this.#between(-50_000, 50_000) }
    const node = this.#oneOf(...this.#nodes)
    this.#skewed.add(node)
    this.#add(atMs, { do: 'clock', node, setting })
  }

  #aim(atMs: number): void {
    this.#strikeLeader(atMs, ...this.#oneOf(...this.#habits).strikes)
  }

  #atLeader(): boolean {
    return this.#prefersLeader && this.#coin() % 4 > 0
  }

  #strikeLeader(atMs: number, ...strikes: readonly Strike[]): void {
    this.#add(atMs, { do: 'aim', strikes, other: this.#oneOf(...this.#nodes.keys()) })
  }

  #ambush(atMs: number): void {
    const { omen, strikes } = this.#oneOf(...this.#habits)
    const ambush: Ambush = { omen: { ...omen, skip: this.#oneOf(0, 0, 1, 4, 20) }, strikes, waitMs: this.#between(100, 2000) }
    this.#add(atMs, { do: 'ambush', ambush })
  }

  #habit(): Pick<Ambush, 'omen' | 'strikes'> {
    const on = this.#oneOf<Omen['on']>('said', 'said', 'heard', 'wrote')
    const type = on === 'wrote' || this.#types.length === 0 ? {} : { type: this.#oneOf(...this.#types), isNew: this.#coin() % 2 === 0 }
    const strikes = [this.#strike()]
    while (strikes.length < 4 && this.#coin() % 2 === 0) strikes.push(this.#strike())
    return { omen: { on, ...type, skip: 0 }, strikes }
  }

  #strike(): Strike {
    const afterMs = this.#oneOf(0, 0, this.#between(0, 5), this.#between(0, 100), this.#between(100, 600))
    const whom = this.#oneOf('node', 'node', 'other')
    const times = { afterMs, forMs: this.#between(1, this.#partMsMax) }
    const kind = this.#oneOf('crash', 'crash', 'blackout', 'pause', 'part', 'part', 'mute')
    if (kind === 'crash' || kind === 'blackout')
      return { do: 'crash', whom: kind === 'blackout' ? 'all' : whom, afterMs, forMs: this.#between(1, this.#downMsMax) }
    if (kind === 'part') return { do: 'part', whom, company: this.#oneOf(0, 0, this.#coin() & this.#coin()), ...times }
    return { do: kind, whom, ...times }
  }

  /** Sometimes it befalls messages of one type only. */
  #someTypes(fault: NetworkFault): NetworkFault {
    if (this.#types.length === 0 || this.#coin() % 2 === 0) return fault
    return { ...fault, rule: { types: [this.#oneOf(...this.#types)] } }
  }

  #link(): LinkTarget | undefined {
    const [from, to] = [this.#end(), this.#end()]
    return from === to ? undefined : { links: [[from, to]] }
  }

  /** The clients count for two nodes: what they cannot tell apart is what counts in the end. */
  #end(): NodeId {
    return this.#oneOf(...this.#nodes, CLIENTS, CLIENTS)
  }

  #network(atMs: number, forMs: number, fault: NetworkFault): void {
    const label = `storm-${++this.#labels}`
    this.#add(atMs, { do: 'arm', label, fault })
    this.#add(atMs + forMs, { do: 'lift', label })
  }

  /** What would come after the end is left to the heal. */
  #add(atMs: number, deed: Deed): void {
    if (atMs < this.#ms) this.#deeds.push({ atMs: Math.round(atMs * 1000) / 1000, deed })
  }

  #free(atMs: number, untilMs: number): NodeId | undefined {
    const node = this.#oneOf(...this.#nodes)
    if ((this.#busyUntilMs.get(node) ?? 0) > atMs) return undefined
    this.#busyUntilMs.set(node, untilMs)
    return node
  }

  #coin(): number {
    return draw(this.#seed, Purpose.plan, ++this.#coins)
  }

  #between(min: number, max: number): number {
    return between(this.#coin(), min, max)
  }

  #oneOf<T>(...values: readonly T[]): T {
    return values[Math.floor(fraction(this.#coin()) * values.length)] as T
  }
}
