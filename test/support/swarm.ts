/**
 * One run of the swarm: a seed draws the size of the cluster, its options, weather and misfortunes. First safety under
 * faults; then all is healed and progress is demanded.
 */
import type { AnyMessage, ProtocolDefinition } from '../../protocols/core/machine.ts'
import { between, draw, fraction } from '../../protocols/core/prng.ts'
import type { AnyService } from '../../protocols/core/service.ts'
import { Clients } from './clients.ts'
import { Cluster, type ClusterSetup, fairWeather } from './cluster.ts'

const SAFETY_MS = 6_000
const LIVENESS_MS = 6_000

export interface SwarmResult {
  readonly seed: number
  readonly setup: ClusterSetup
  /** What went wrong; undefined when nothing did. */
  readonly failure?: { readonly kind: 'invariant' | 'clients' | 'liveness'; readonly name: string; readonly text: string }
  readonly notes: ReadonlyMap<string, number>
  readonly steps: number
  readonly operations: number
}

// biome-ignore lint/suspicious/noExplicitAny: any protocol may swarm
export function swarm(definition: ProtocolDefinition<any, any, any>, service: AnyService, seed: number, more: object = {}): SwarmResult {
  let throws = 0
  const coin = (): number => draw(seed, 77, throws++)
  const oneOf = <T>(...choices: readonly T[]): T => choices[coin() % choices.length] as T
  // Drawn apart, so that what a seed had found before there were these settings it still finds.
  const apart = draw(seed, 78)
  const compaction = apart % 3 === 0 ? { snapshotEvery: 15, keepEntries: 0, snapshotChunk: 300 } : {}
  const setup: ClusterSetup = {
    nodes: oneOf(1, 2, 3, 3, 3, 4, 5, 5, 5),
    seed,
    options: {
      maxInflight: oneOf(1, 2, 4, 8),
      maxEntries: oneOf(1, 2, 16, 512),
      maxSessions: 64,
      plainElections: apart % 2 === 0,
      leaseReads: apart % 4 === 1,
      ...compaction,
      ...more,
    },
    weather: {
      loss: oneOf(0, 0.01, 0.1, 0.3),
      duplicate: oneOf(0, 0.05, 0.3),
      delayMsMin: 0.1,
      delayMsMax: oneOf(1, 5, 40, 120),
      straggle: oneOf(0, 0.02, 0.2),
    },
    syncMs: oneOf(0, 1, 10),
  }
  const cluster = new Cluster<unknown, AnyMessage>(definition, service, setup)
  const clients = new Clients(cluster, oneOf(1, 3, 6))
  const crashEveryMs = oneOf(200, 600, 2_000)
  const partEveryMs = oneOf(300, 900, 3_000)
  let healing = false

  const misfortune = (): void => {
    if (healing) return
    const node = cluster.nodes[coin() % cluster.nodes.length]
    if (node !== undefined) {
      cluster.crash(node)
      cluster.after(between(coin(), 5, 600), () => cluster.restart(node))
    }
    cluster.after(between(coin(), 0, 2 * crashEveryMs), misfortune)
  }
  const parting = (): void => {
    if (healing) return
    const side = cluster.nodes.filter(() => fraction(coin()) < 0.5)
    cluster.partition(coin() % 3 === 0 ? [] : [side, cluster.nodes.filter((node) => !side.includes(node))])
    cluster.after(between(coin(), 0, 2 * partEveryMs), parting)
  }
  cluster.after(crashEveryMs, misfortune)
  cluster.after(partEveryMs, parting)
  cluster.run(SAFETY_MS)

  healing = true
  cluster.weather = fairWeather
  cluster.partition([])
  for (const node of cluster.nodes) cluster.restart(node)
  const before = clients.done.length
  cluster.run(SAFETY_MS + LIVENESS_MS, () => clients.done.length >= before + 200)
  const progressed = clients.done.length > before
  clients.stopped = true
  cluster.run(cluster.nowMs + 2_000) // commands under way end, heartbeats tell everybody what is committed

  const result = { seed, setup, notes: cluster.notes, steps: cluster.steps, operations: clients.done.length }
  const [violation] = cluster.observer.violations
  if (violation) return { ...result, failure: { kind: 'invariant', name: violation.invariant, text: violation.text } }
  const [complaint] = clients.complaints()
  if (complaint !== undefined) return { ...result, failure: { kind: 'clients', name: 'Linearizability', text: complaint } }
  const stuck = !progressed
    ? 'no operation returned after all was healed'
    : clients.open.size > 0
      ? 'an operation never returned'
      : undelivered()
  if (stuck !== undefined) return { ...result, failure: { kind: 'liveness', name: 'Progress', text: stuck } }
  return result

  function undelivered(): string | undefined {
    const shown = cluster.nodes.map((node) => JSON.stringify(definition.observe(cluster.state(node)).facts.lastApplied))
    return new Set(shown).size === 1 ? undefined : `servers have applied up to ${shown.join(', ')}`
  }
}
