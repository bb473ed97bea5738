/** What the node processes of a branch find when they start: their disks, and what they held in memory. */
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { NodeId } from '../../protocols/core/ids.ts'
import { type Frames, lettersIn } from '../../protocols/sim/framed.ts'
import { CONTINUE_FILE, type ContinuedNode, type StampedMessage } from '../contract/process.ts'
import { DISK_FILE } from '../node/disk.ts'
import { batchHeader, encodeHeader } from '../node/diskFormat.ts'
import type { FrozenCut } from './words.ts'

export function writeDisks(folder: string, run: string, nodes: readonly NodeId[], cut: FrozenCut): void {
  for (const [endpoint, { disk, ...node }] of cut.nodes.entries()) {
    const id = nodes[endpoint] as NodeId
    const own = path.join(folder, id)
    mkdirSync(own, { recursive: true })
    // Not synced: a crash of the machine ends the run anyway.
    writeFileSync(path.join(own, DISK_FILE), Buffer.concat([encodeHeader({ run, node: id }), batchHeader(disk), disk]))
    if (node.state === undefined) continue
    const { life, step, messages, lamport, markSet, markTold } = node
    const nowMs = cut.atUs / 1e3
    // What is left of a timer, whatever clock the node had.
    const { sinceMs, sinceUs, setting } = node.time
    const localMs = sinceMs + ((cut.atUs - sinceUs) / 1e3) * (1 + setting.driftPpm / 1e6)
    const continued: Omit<ContinuedNode, 'state'> = {
      ...{ life, step, messages, lamport, clock: [...node.clock], markSet, markTold, nowMs },
      timers: node.deadlines.map((deadline) => (Number.isFinite(deadline) ? deadline - localMs : null)),
      unsent: stamped(node.unsent),
      inbox: stamped(node.inbox),
    }
    const text = JSON.stringify(continued)
    writeFileSync(
      path.join(own, CONTINUE_FILE),
      Buffer.concat([Buffer.from(`${text.slice(0, -1)},"state":`), node.state, Buffer.from('}')]),
    )
  }
}

const stamped = (frames: Frames): StampedMessage[] =>
  lettersIn(frames).map(({ from, to, type, number, life, step, lamport, clock, sentAtUs, body }) => ({
    ...{ from, to, type, number, life, step, lamport, clock: [...clock], sentAtUs, body },
  }))
