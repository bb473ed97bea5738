/**
 * Work that nobody waits for must not change what is observed: where nodes and their observer share two processors, a slice that
 * the judge is given is one that a follower's answer waits for. The scheduler's shares (`nice`) do not help, since whoever runs
 * keeps the processor to the end of a slice; Linux's idle policy does.
 */
import { spawnSync } from 'node:child_process'
import { readlinkSync } from 'node:fs'
import path from 'node:path'

/**
 * From now on this thread runs when nothing else wants a processor. For good: no user may take that back. Node has no call for it,
 * so util-linux's `chrt` does it, in some milliseconds; where that or Linux is missing, nothing changes.
 */
export function giveWay(): void {
  if (process.platform !== 'linux') return
  const thread = path.basename(readlinkSync('/proc/thread-self'))
  spawnSync('chrt', ['--idle', '--pid', '0', thread], { stdio: 'ignore' })
}
