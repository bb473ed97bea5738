/**
 * What one decision costs each protocol, against the number of nodes, up to 31: messages, bytes, signatures made and signatures received, in
 * simulated time without faults, what goes round whether or not anything happens left out. One client that asks for one write at a time, so that
 * every decision is of one operation; then 64 at once, so that operations share decisions. A single decree is decided once: there it is one
 * operation in each of many runs. `--chart FILE` draws the messages of one client as SVG.
 */
import { writeFileSync } from 'node:fs'
import '../../main/signing/lookingOn.ts'
import { runConfigSchema } from '../../protocols/core/config.ts'
import type { AnyProtocol } from '../../protocols/core/machine.ts'
import { protocols } from '../../protocols/registry.ts'
import { findService } from '../../protocols/services/index.ts'
import { Simulation } from '../../protocols/sim/simulation.ts'
import { type Cost, drawChart } from './cost/chart.ts'
import { Count } from './cost/count.ts'
import { report } from './figures.ts'

const SIZES = [3, 4, 5, 7, 10, 13, 16, 22, 31]
const OPERATIONS = 400
/** A run of one operation goes on for so long after it, until everybody has heard of it. */
const SETTLE_US = 300_000

const chart = process.argv.indexOf('--chart')

function costOf(protocol: AnyProtocol, nodes: number, clients: number): Cost {
  const service = protocol.services.includes('*') ? 'kv' : (protocol.services[0] as string)
  const isDecidedOnce = service === 'decree'
  const runs = isDecidedOnce ? 30 : 1
  const operations = isDecidedOnce ? 1 : OPERATIONS
  const total = { messages: 0, bytes: 0, made: 0, received: 0 }
  for (let seed = 1; seed <= runs; seed++) {
    const load = { clients, rate: 0, operations, mix: { read: 0, write: 1, cas: 0 } }
    // The lab runs at most 15; only this goes further.
    const config = {
      ...runConfigSchema.parse({ protocol: protocol.name, service, seed, load: { ...load, clients: Math.min(clients, operations) } }),
      nodes,
    }
    const count = new Count(protocol)
    const run = new Simulation({ protocol, service: findService(service) as never, config, sink: count })
    run.run(600_000_000, () => run.operations >= operations && run.load === undefined)
    if (isDecidedOnce) run.run(run.nowUs + SETTLE_US)
    total.messages += count.messages
    total.bytes += count.bytes
    total.made += count.signatures.size
    total.received += count.received
  }
  const per = (value: number) => value / (runs * operations)
  return {
    protocol: protocol.title,
    nodes,
    messages: per(total.messages),
    bytes: per(total.bytes),
    made: per(total.made),
    received: per(total.received),
  }
}

/** How many may fail: where that is none, nobody would run it. */
const faultyOf = ({ bears }: AnyProtocol, nodes: number): number => bears?.faulty(nodes) ?? Math.floor((nodes - 1) / 2)

const drawn: Cost[] = []
for (const protocol of protocols) {
  for (const clients of protocol.services.includes('decree') ? [1] : [1, 64]) {
    for (const nodes of SIZES.filter((size) => faultyOf(protocol, size) > 0)) {
      const cost = costOf(protocol, nodes, clients)
      const what = `${protocol.name}, N = ${nodes}, ${clients} client${clients === 1 ? '' : 's'}`
      report({ name: `${what}: messages per operation`, value: cost.messages, unit: 'messages' })
      report({ name: `${what}: kilobytes per operation`, value: cost.bytes / 1000, unit: 'kB' })
      if (cost.made > 0) {
        report({ name: `${what}: signatures made per operation`, value: cost.made, unit: 'signatures' })
        report({ name: `${what}: signatures received per operation`, value: cost.received, unit: 'signatures' })
      }
      if (clients === 1) drawn.push(cost)
    }
  }
}
if (chart > 0) writeFileSync(process.argv[chart + 1] as string, drawChart(drawn))
