/**
 * A storm drawn from a seed: what befalls a cluster, and when. Storms differ in character as well as in detail: how
 * often something happens, how soon a node is back, whether messages are slow all the time. A plan is data, decided before anything happens, so it can be
 * shown, carried out on processes as well as in a simulation, and shrunk. Misfortunes overlap; a node suffers one of its own
 * at a time. Whatever is done is undone before the plan ends or by the heal that follows it.
 */
import type { NetworkFault, NodeAction } from '../core/fault.ts'
import type { NodeId } from '../core/ids.ts'
import { between, draw, fraction, Purpose } from '../core/prng.ts'
import { type ClockSetting, TRUE_CLOCK } from './clock.ts'

export type Deed =
  | { readonly do: 'node'; readonly node: NodeId; readonly what: NodeAction }
  | { readonly do: 'arm'; readonly label: string; readonly fault: NetworkFault }
  | { readonly do: 'lift'; readonly label: string }
  /** Only where clocks can be set. */
  | { readonly do: 'clock'; readonly node: NodeId; readonly setting: ClockSetting }
  /** Only where disks can be made slow: so long takes a sync, or what it usually takes. */
  | { readonly do: 'disk'; readonly node: NodeId; readonly syncMs: { readonly min: number; readonly max: number } | undefined }

export interface PlannedDeed {
  /** Run milliseconds after the plan begins. */
  readonly atMs: number
  readonly deed: Deed
}

export interface PlanSetup {
  readonly seed: number
  readonly nodes: readonly NodeId[]
  readonly ms: number
}

/** Draws the deeds of a storm, in order of time. */
export function drawPlan({ seed, nodes, ms }: PlanSetup): PlannedDeed[] {
  return new Planner(seed, nodes, ms).plan()
}

class Planner {
  readonly #seed: number
  readonly #nodes: readonly NodeId[]
  readonly #ms: number
  readonly #deeds: PlannedDeed[] = []
  /** Until when a node has enough. */
  readonly #busyUntilMs = new Map<NodeId, number>()
  readonly #skewed = new Set<NodeId>()
  readonly #slow = new Set<NodeId>()
  /** The storm's character. */
  readonly #everyMs: number
  readonly #downMsMax: number
  #coins = 0
  #labels = 0

  constructor(seed: number, nodes: readonly NodeId[], ms: number) {
    this.#seed = seed
    this.#nodes = nodes
    this.#ms = ms
    this.#everyMs = this.#oneOf(50, 150, 400, 1000)
    this.#downMsMax = this.#oneOf(40, 200, 1500)
  }

  plan(): PlannedDeed[] {
    const own = [this.#crash, this.#tear, this.#pause, this.#clock]
    const kinds = [...own, this.#tear, this.#part, this.#part, this.#cut, this.#weather, this.#weather]
    if (this.#coin() % 3 === 0) this.#slowNetwork()
    const nextMs = () => this.#between(0, 2 * this.#everyMs)
    for (let atMs = nextMs(); atMs < this.#ms; atMs += nextMs()) this.#oneOf(...kinds).call(this, atMs)
    // What cannot be healed from outside is not left behind. Equal times keep the order in which they were drawn.
    for (const node of this.#slow) this.#deeds.push({ atMs: this.#ms, deed: { do: 'disk', node, syncMs: undefined } })
    for (const node of this.#skewed) this.#deeds.push({ atMs: this.#ms, deed: { do: 'clock', node, setting: TRUE_CLOCK } })
    return this.#deeds.sort((a, b) => a.atMs - b.atMs)
  }

  /** Messages take about as long as patience lasts, so that several stand and speak at once. */
  #slowNetwork(): void {
    const delayMs = this.#between(5, 120)
    this.#network(0, this.#ms, { kind: 'delay', target: { all: true }, delayMs, jitterMs: this.#between(0, delayMs) })
  }

  #crash(atMs: number): void {
    const untilMs = atMs + this.#between(1, this.#downMsMax)
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
    const untilMs = atMs + this.#between(20, 1200)
    const node = this.#free(atMs, untilMs)
    if (!node) return
    this.#add(atMs, { do: 'node', node, what: 'pause' })
    this.#add(untilMs, { do: 'node', node, what: 'resume' })
  }

  #part(atMs: number): void {
    const side = this.#nodes.filter(() => this.#coin() % 2 === 0)
    if (side.length === 0 || side.length === this.#nodes.length) return
    const groups = [side, this.#nodes.filter((node) => !side.includes(node))]
    this.#network(atMs, this.#between(100, 2000), { kind: 'cut', target: { groups } })
  }

  /** One way only: who is heard need not hear. */
  #cut(atMs: number): void {
    const [from, to] = [this.#oneOf(...this.#nodes), this.#oneOf(...this.#nodes)]
    if (from !== to) this.#network(atMs, this.#between(100, 2000), { kind: 'cut', target: { links: [[from, to]] } })
  }

  #weather(atMs: number): void {
    const target = { all: true } as const
    const probability = this.#between(0.02, 0.3)
    const windowMs = this.#between(5, 400)
    const fault: NetworkFault = this.#oneOf<NetworkFault>(
      { kind: 'loss', target, probability },
      { kind: 'duplicate', target, probability, copies: 1 },
      { kind: 'reorder', target, probability, windowMs },
      { kind: 'delay', target, delayMs: windowMs / 4, jitterMs: windowMs / 4 },
    )
    this.#network(atMs, this.#between(200, 3000), fault)
  }

  #clock(atMs: number): void {
    const setting = { skewMs: this.#between(-2000, 2000), driftPpm: this.#between(-50_000, 50_000) }
    const node = this.#oneOf(...this.#nodes)
    this.#skewed.add(node)
    this.#add(atMs, { do: 'clock', node, setting })
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
