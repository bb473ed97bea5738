/**
 * How long a cluster is without a leader after kill -9 of it, and how long it takes from Start to the first leader,
 * beside etcd with the same heartbeat and election times. Fail-over ends with the first acknowledged write.
 */
import { openBenchLab, pause } from './bench-lab.ts'
import { median, remark, report } from './figures.ts'
import { firstPut, installed, startEtcd } from './peer/etcd.ts'

const ROUNDS = 7
const HEARTBEAT_MS = 100
/** etcd draws its election timeout from [T, 2T]; so do we. */
const ELECTION_MS = 1000
/** Between the pointer's coming to a button and the press: half a second is slow for a hand. */
const FORESEEN_MS = 500

const oursFailover: number[] = []
const oursStart: number[] = []
const oursForeseen: number[] = []
const etcdFailover: number[] = []
const etcdStart: number[] = []
const hasEtcd = installed('etcd')
if (!hasEtcd) remark('etcd is not installed (Debian: etcd-server): our figures stand alone')

const lab = await openBenchLab()
try {
  for (let round = 0; round < ROUNDS; round++) {
    const begun = performance.now()
    const five = await lab.startRun({ protocol: 'raft', nodes: 5, seed: 100 + round })
    oursStart.push(performance.now() - begun)
    await lab.call('runs.stop', { run: five })

    await lab.call('runs.foresee', { mode: 'real', nodes: 5 }) // as the window does when the pointer comes to Start
    await pause(FORESEEN_MS)
    const pressed = performance.now()
    const foreseen = await lab.startRun({ protocol: 'raft', nodes: 5, seed: 100 + round })
    oursForeseen.push(performance.now() - pressed)
    await lab.call('runs.stop', { run: foreseen })

    const options = { electionMsMin: ELECTION_MS, electionMsMax: 2 * ELECTION_MS, heartbeatMs: HEARTBEAT_MS }
    const three = await lab.startRun({ protocol: 'raft', nodes: 3, seed: 200 + round, options })
    await lab.call('run.client', { run: three, text: 'put k v' })
    const leader = await lab.leader(three)
    if (!leader) throw new Error('the leader was lost before it was killed')
    const killed = performance.now()
    await lab.call('run.node', { run: three, node: leader, action: 'crash' })
    await lab.call('run.client', { run: three, text: 'put k w' })
    oursFailover.push(performance.now() - killed)
    await lab.call('runs.stop', { run: three })

    if (!hasEtcd) continue
    const etcdFive = await startEtcd(5)
    etcdStart.push(etcdFive.readyMs)
    etcdFive.stop()
    const etcdThree = await startEtcd(3, { heartbeatMs: HEARTBEAT_MS, electionMs: ELECTION_MS })
    try {
      const chief = await etcdThree.leader()
      await pause(300)
      const died = performance.now()
      chief.process.kill('SIGKILL')
      await firstPut(
        etcdThree.members.filter((member) => member !== chief),
        30_000,
      )
      etcdFailover.push(performance.now() - died)
    } finally {
      etcdThree.stop()
    }
  }
} finally {
  await lab.close()
}

const beside = (values: number[]) => (hasEtcd ? { peer: 'etcd', peerValue: median(values) } : {})
report({
  name: 'fail-over after kill -9 of the leader, 3 nodes, 100/1000 ms',
  value: median(oursFailover),
  unit: 'ms',
  ...beside(etcdFailover),
})
report({ name: 'from Start to the first leader, 5 nodes', value: median(oursStart), unit: 'ms', ...beside(etcdStart) })
report({ name: 'the same, foreseen as in the window', value: median(oursForeseen), unit: 'ms', ...beside(etcdStart) })
