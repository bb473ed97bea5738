/**
 * Every protocol with its usual settings, alone: simulated events a second, bare and with every invariant judged; the size of a node's state on the way to
 * 100,000 operations; and on real processes, through the proxy, all recorded and judged, the disk synced, 64-byte values, the
 * clients in a process of their own: operations a second and latency with 1, 32 and 256 outstanding. What one operation costs in messages is in
 * cost.ts. A single decree is decided once, and asked for again: of that there is the simulation alone.
 */
import '../../main/signing/lookingOn.ts'
import { type Load, runConfigSchema } from '../../protocols/core/config.ts'
import type { AnyProtocol } from '../../protocols/core/machine.ts'
import { protocols } from '../../protocols/registry.ts'
import { findService } from '../../protocols/services/index.ts'
import { Judging } from '../../protocols/sim/judging.ts'
import { Simulation } from '../../protocols/sim/simulation.ts'
import type { Sink } from '../../protocols/sim/sink.ts'
import { type BenchLab, openBenchLab } from './bench-lab.ts'
import { remark, report } from './figures.ts'
import { achieved, writes } from './operations.ts'
import type { Throughput } from './peer/etcd.ts'

const SIMULATED_EVENTS = 200_000
const OPERATIONS = 100_000
const OUTSTANDING = [1, 32, 256]
const MEASURED_MS = 4000

/** Four where one of them may lie, else five. */
const nodesOf = ({ bears }: AnyProtocol): number => (bears?.lies ? 4 : 5)
const serviceOf = ({ services }: AnyProtocol): string => (services.includes('*') ? 'kv' : (services[0] as string))
/** On a machine that does everything at once a leader is not to be deposed for being slow. */
const patient: { readonly [protocol: string]: { readonly [option: string]: number } } = {
  pbft: { viewChangeMs: 4000, viewChangeMsMax: 8000 },
}

function simulation(protocol: AnyProtocol, load: Load, sink?: Sink): Simulation {
  const service = serviceOf(protocol)
  const config = runConfigSchema.parse({ protocol: protocol.name, service, nodes: nodesOf(protocol), mode: 'simulation', seed: 1, load })
  return new Simulation({ protocol, service: findService(service) as never, config, ...(sink ? { sink } : {}) })
}

function eventsPerSecond(protocol: AnyProtocol, sink?: Sink): number {
  const run = simulation(protocol, writes(32), sink)
  const upTo = (events: number) => {
    while (run.events < events) run.run(run.nowUs + 20_000)
  }
  upTo(10_000) // the code is compiled in part
  const [began, from] = [performance.now(), run.events]
  upTo(from + SIMULATED_EVENTS)
  return ((run.events - from) / (performance.now() - began)) * 1000
}

/** The largest state among the nodes, as it would be kept, after each tenth of the operations. */
function stateSizes(protocol: AnyProtocol): number[] {
  const run = simulation(protocol, writes(32, OPERATIONS))
  return Array.from({ length: 10 }, (_, tenth) => {
    const wanted = ((tenth + 1) * OPERATIONS) / 10
    run.run(Number.POSITIVE_INFINITY, () => run.operations >= wanted)
    const states = run.nodes.map((node) => run.node(node).state)
    const sizes = states.map((state) => (state === undefined ? 0 : JSON.stringify(protocol.encode(state)).length))
    return Math.max(...sizes)
  })
}

async function measure(lab: BenchLab, protocol: AnyProtocol, outstanding: number): Promise<Throughput> {
  const { name } = protocol
  const { run } = await lab.call('runs.start', {
    config: {
      protocol: name,
      service: serviceOf(protocol),
      nodes: nodesOf(protocol),
      seed: 7,
      sync: 'batch',
      options: patient[name] ?? {},
    },
  })
  return await achieved(lab, run, writes(outstanding), MEASURED_MS)
}

for (const protocol of protocols) {
  const what = `${protocol.name}, ${nodesOf(protocol)} nodes`
  report({ name: `${what}, simulated, bare`, value: eventsPerSecond(protocol), unit: 'events/s' })
  report({
    name: `${what}, simulated, judged`,
    value: eventsPerSecond(protocol, new Judging(protocol, findService(serviceOf(protocol)) as never)),
    unit: 'events/s',
  })
}

const many = protocols.filter(({ services }) => !services.includes('decree'))
for (const protocol of many) {
  const sizes = stateSizes(protocol)
  const largest = (from: number, to: number) => Math.max(...sizes.slice(from, to)) / 1000
  const name = `${protocol.name}, a node's state in the second half of ${OPERATIONS} operations, at most`
  report({ name, value: largest(5, 10), unit: 'kB', peer: 'in the first half', peerValue: largest(0, 5) })
}

const lab = await openBenchLab()
try {
  for (const protocol of many) {
    for (const outstanding of OUTSTANDING) {
      const { perSecond, p50Ms, p99Ms } = await measure(lab, protocol, outstanding)
      const what = `${protocol.name}, ${nodesOf(protocol)} processes, ${outstanding} outstanding`
      report({ name: what, value: perSecond, unit: 'operations/s' })
      report({ name: `${what}, median`, value: p50Ms, unit: 'ms' })
      report({ name: `${what}, 99 %`, value: p99Ms, unit: 'ms' })
    }
  }
} finally {
  await lab.close()
}
remark('An event is a step, a send, a delivery, a drop, an operation begun or ended, or something done to the run.')
