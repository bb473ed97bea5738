/**
 * Raft on three real processes, through the proxy, everything recorded, the disk synced, 64-byte values, the clients in
 * a process of their own: operations per second and latency with 1, 32 and 256 outstanding, beside etcd in the same run. The
 * leader writes in parallel with its followers, as etcd's does.
 */
import { type BenchLab, openBenchLab } from './bench-lab.ts'
import { median, remark, report } from './figures.ts'
import { achieved, writes } from './operations.ts'
import { type EtcdCluster, installed, loadEtcd, loadEtcdFromC, startEtcd, type Throughput } from './peer/etcd.ts'

const OUTSTANDING = [1, 32, 256]
const ROUNDS = 3
const MEASURED_MS = 3000
const VALUE_BYTES = 64

type Rounds = Map<number, Throughput[]>

async function measureOurs(lab: BenchLab, outstanding: number): Promise<Throughput> {
  const run = await lab.startRun({ protocol: 'raft', nodes: 3, seed: 7, sync: 'batch', options: { writeInParallel: true, batch: true } })
  return await achieved(lab, run, writes(outstanding), MEASURED_MS)
}

const ours: Rounds = new Map()
const etcdNode: Rounds = new Map()
const etcdC: Rounds = new Map()
const add = (rounds: Rounds, key: number, result: Throughput | undefined) => {
  if (result) rounds.set(key, [...(rounds.get(key) ?? []), result])
}
const middle = (rounds: Rounds, key: number, pick: (result: Throughput) => number): number | undefined => {
  const results = rounds.get(key)
  return results && median(results.map(pick))
}

const lab = await openBenchLab()
const hasEtcd = installed('etcd')
if (!hasEtcd) remark('etcd is not installed (Debian: etcd-server): our figures stand alone')
try {
  for (let round = 0; round < ROUNDS; round++) {
    for (const outstanding of OUTSTANDING) {
      add(ours, outstanding, await measureOurs(lab, outstanding))
      if (!hasEtcd) continue
      const etcd: EtcdCluster = await startEtcd(3)
      try {
        const leader = await etcd.leader()
        add(etcdNode, outstanding, loadEtcd(leader, outstanding, MEASURED_MS, VALUE_BYTES))
        add(etcdC, outstanding, loadEtcdFromC(leader, outstanding, MEASURED_MS, VALUE_BYTES))
      } finally {
        etcd.stop()
      }
    }
  }
} finally {
  await lab.close()
}

for (const outstanding of OUTSTANDING) {
  const peers: [string, Rounds][] = [
    ['etcd', etcdNode],
    ['etcd, loaded by h2load', etcdC],
  ]
  for (const [peer, rounds] of peers) {
    if (rounds === etcdC && !etcdC.has(outstanding)) continue
    const figure = (name: string, unit: string, pick: (result: Throughput) => number) => {
      const peerValue = middle(rounds, outstanding, pick)
      report({
        name: `raft 3 nodes, recorded, synced, ${outstanding} outstanding: ${name}`,
        value: middle(ours, outstanding, pick) ?? 0,
        unit,
        ...(hasEtcd ? { peer } : {}),
        ...(peerValue === undefined ? {} : { peerValue }),
      })
    }
    figure('operations', 'op/s', (result) => result.perSecond)
    figure('latency p50', 'ms', (result) => result.p50Ms)
    figure('latency p99', 'ms', (result) => result.p99Ms)
  }
}
