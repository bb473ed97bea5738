/** Three things to try that start with one click, each with what to do first. They need nothing but a protocol that elects leaders. */
import type { RunConfigInput } from '../../protocols/core/config.ts'

export interface Experiment {
  readonly title: string
  readonly teaches: string
  /** The first move, said once the run is up. */
  readonly first: string
  readonly config: RunConfigInput
}

const load = { clients: 4, rate: 20 }

export const experiments: readonly Experiment[] = [
  {
    title: 'Watch an election',
    teaches:
      'Five nodes start as equals, ten times slower than life. See who runs out of patience, who votes, and when a majority is enough.',
    first: 'Five nodes are starting. When one leads, step back through the election with the left arrow key.',
    config: { name: 'Watch an election', nodes: 5, timeScale: 10, network: { delayMs: 20, jitterMs: 10 } },
  },
  {
    title: 'Kill the leader',
    teaches:
      'Clients read and write while you kill the leader. See how long the cluster stands still, and that nothing acknowledged is lost.',
    first: 'Right-click the leader and choose Crash.',
    config: { name: 'Kill the leader', nodes: 5, timeScale: 4, network: { delayMs: 15, jitterMs: 8 }, load },
  },
  {
    title: 'Split the cluster',
    teaches:
      'Cut two nodes off from the other three. Both sides may have a leader; see which one can still commit, and what heals when you let them meet.',
    first: 'Drag a lasso round two nodes, the leader among them, and choose Partition.',
    config: { name: 'Split the cluster', nodes: 5, timeScale: 4, network: { delayMs: 15, jitterMs: 8 }, load },
  },
]
