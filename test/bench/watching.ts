/**
 * The price of watching: the same protocol, the same processes, the same disks, once through the proxy with everything
 * recorded and once talking straight to each other with nobody looking. A fixed number of writes, timed.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import {
  type ClientsSettings,
  type FromProcess,
  type NodeSettings,
  SETTINGS_VARIABLE,
  type ToProcess,
} from '../../main/contract/process.ts'
import { loadSchema } from '../../protocols/core/config.ts'
import { messageTypesOf } from '../../protocols/core/event.ts'
import { CLIENTS, nodeIds } from '../../protocols/core/ids.ts'
import { findProtocol } from '../../protocols/registry.ts'
import { openBenchLab } from './bench-lab.ts'
import { median, report } from './figures.ts'
import { throughput, WARM_UP_OUTSTANDING } from './operations.ts'

const ROUNDS = 3
/** Operations until the code of all processes is compiled, on both sides. */
const WARM_UP = 200_000
const SIZES = [
  { outstanding: 32, operations: 30_000 },
  { outstanding: 256, operations: 90_000 },
]
const load = (clients: number, operations: number) =>
  loadSchema.parse({ clients, rate: 0, mix: { read: 0, write: 1, cas: 0 }, keys: 1000, valueBytes: 64, operations })

/** Operations per second of three nodes and their clients, connected straight to each other. */
async function unwatched(outstanding: number, operations: number): Promise<number> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'synod-bench-direct-'))
  const children: ChildProcess[] = []
  try {
    const nodes = nodeIds(3)
    const ports = await freePorts(nodes.length)
    const protocol = findProtocol('raft')
    if (!protocol) throw new Error('Raft is not registered')
    const linkPorts = Object.fromEntries(nodes.map((id, index) => [id, ports[index] as number]))
    const epochUs = Number(process.hrtime.bigint() / 1000n)
    const shared = {
      run: 'direct',
      secret: 'direct',
      life: 1,
      protocol: 'raft',
      service: 'kv',
      nodes,
      members: nodes,
      messageTypes: messageTypesOf(protocol),
      seed: 7,
      timeScale: 1,
      epochUs,
      tapPort: 0,
      linkPorts,
    }
    for (const [endpoint, id] of nodes.entries()) {
      const settings: NodeSettings = {
        ...shared,
        as: 'node',
        endpoint,
        id,
        listenPort: ports[endpoint] as number,
        options: protocol.options.parse({}),
        sync: 'batch',
        dataFolder: path.join(folder, id),
      }
      children.push(start('node', settings))
    }
    await Promise.all(children.map((child) => heard(child, 'ready')))
    const clients = start('clients', {
      ...shared,
      as: 'clients',
      empty: [],
      endpoint: nodes.length,
      options: protocol.options.parse({}),
    } satisfies ClientsSettings)
    children.push(clients)
    await heard(clients, 'ready')
    await carryOut(clients, load(WARM_UP_OUTSTANDING, WARM_UP))
    const begun = performance.now()
    await carryOut(clients, load(outstanding, operations))
    return operations / ((performance.now() - begun) / 1000)
  } finally {
    for (const child of children) child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

function start(program: 'node' | 'clients', settings: NodeSettings | ClientsSettings): ChildProcess {
  const entry = path.join(import.meta.dirname, `../../dist/nodes/${program}.mjs`)
  return fork(entry, [], {
    env: { ...process.env, [SETTINGS_VARIABLE]: JSON.stringify(settings) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
}

async function carryOut(clients: ChildProcess, work: ReturnType<typeof load>): Promise<void> {
  const done = heard(clients, 'loadDone')
  clients.send({ kind: 'load', load: work } satisfies ToProcess)
  await done
}

function heard(child: ChildProcess, kind: FromProcess['kind']): Promise<void> {
  return new Promise((resolve, reject) => {
    const listener = (message: unknown) => {
      const said = message as FromProcess
      if (said.kind === 'fatal') reject(new Error(said.message))
      if (said.kind !== kind) return
      child.off('message', listener)
      resolve()
    }
    child.on('message', listener)
    child.once('exit', (code) => reject(new Error(`a process ended with code ${code} before it was ${kind}`)))
  })
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once('listening', resolve))))
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

const lab = await openBenchLab()

/** The same through the proxy, recorded; timed by the recording itself. */
async function watched(outstanding: number, operations: number): Promise<number> {
  const run = await lab.startRun({ protocol: 'raft', nodes: 3, seed: 7, sync: 'batch' })
  await lab.call('run.watch', { run, on: false })
  await lab.loadToItsEnd(run, load(WARM_UP_OUTSTANDING, WARM_UP))
  const fromUs = (await lab.moment(run)).atUs
  await lab.loadToItsEnd(run, load(outstanding, operations))
  const { lengthUs } = await lab.call('runs.stop', { run })
  const { perSecond } = await throughput(lab, run, fromUs, lengthUs, 'first to last')
  await lab.call('runs.delete', { run })
  return perSecond
}

try {
  for (const { outstanding, operations } of SIZES) {
    const seen: number[] = []
    const unseen: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      seen.push(await watched(outstanding, operations))
      unseen.push(await unwatched(outstanding, operations))
    }
    report({
      name: `raft 3 nodes, synced, ${outstanding} outstanding: recorded and proxied`,
      value: median(seen),
      unit: 'op/s',
      peer: `direct and unrecorded (${CLIENTS} and nodes alike)`,
      peerValue: median(unseen),
    })
  }
} finally {
  await lab.close()
}
