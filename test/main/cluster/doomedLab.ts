/**
 * A lab in a process of its own, to be killed: starts a run of three nodes, pauses those that its arguments name after the
 * data folder, and prints one line of JSON with the ids of all its processes.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { nodeId } from '../../../protocols/core/ids.ts'
import { openLab } from '../lab/openLab.ts'

const [folder, ...paused] = process.argv.slice(2)
const lab = await openLab(folder)
const run = await lab.start({ name: 'doomed', nodes: 3, seed: 5, timeScale: 20 })
await run.until('every node up', ({ nodes }) => [...nodes.values()].every(({ status }) => status === 'up'), 60_000)
for (const node of paused) await lab.call('run.node', { run: run.run, node: nodeId(node), action: 'pause' })
const nodes = Object.fromEntries([...run.view.moment.nodes].map(([id, { pid }]) => [id, pid]))
console.log(JSON.stringify({ nodes, children: children() }))

/** Of this process, as Linux tells them: the clients' process is among them, which no event names. */
function children(): number[] {
  if (process.platform !== 'linux') return []
  return readdirSync(`/proc/${process.pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${process.pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  )
}
