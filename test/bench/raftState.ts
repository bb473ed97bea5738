/**
 * What a Raft server keeps after 100,000 operations, with snapshots and without: `node test/bench/raftState.ts`. Three servers in simulated time; bytes of
 * the encoded state and of the disk, as operations go on. With snapshots both stay what they are.
 */
import { runConfigSchema } from '../../protocols/core/config.ts'
import { raft } from '../../protocols/raft/index.ts'
import type { RaftState } from '../../protocols/raft/state.ts'
import { kv } from '../../protocols/services/kv.ts'
import { Simulation } from '../../protocols/sim/simulation.ts'
import { Listener, type StepSeen } from '../../protocols/sim/sink.ts'

const OPERATIONS = 100_000
const STEPS = 5

/** Bytes on each disk, as records that replace all others leave them. */
class Disks extends Listener {
  readonly bytes = new Map<string, number>()

  override stepped({ node, effects }: StepSeen): void {
    for (const effect of effects) {
      if (effect.kind !== 'persist') continue
      const before = effect.replaces ? 0 : (this.bytes.get(node) ?? 0)
      this.bytes.set(node, before + JSON.stringify(effect.record).length)
    }
  }
}

for (const snapshotEvery of [10_000, 1_000_000_000]) {
  const config = runConfigSchema.parse({
    ...{ mode: 'simulation', nodes: 3, seed: 7, options: { snapshotEvery } },
    load: { clients: 64, rate: 0, keys: 1000, mix: { read: 0, write: 1, cas: 0 } },
  })
  const disks = new Disks()
  const run = new Simulation({ protocol: raft, service: kv, config, sink: disks })
  for (let step = 1; step <= STEPS; step++) {
    const goal = (OPERATIONS * step) / STEPS
    run.run(3_600_000_000, () => run.operations >= goal)
    const [first] = run.nodes
    const state = run.node(first as never).state as RaftState
    const figures = {
      ...{ operations: goal, snapshotEvery, entries: state.log.entries.size },
      stateBytes: JSON.stringify(raft.encode(state)).length,
      diskBytes: disks.bytes.get(first as string) ?? 0,
    }
    console.log(JSON.stringify(figures))
  }
}
