import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** Linux, with util-linux's `chrt`: elsewhere no thread gives way. */
export const canGiveWay = process.platform === 'linux' && spawnSync('chrt', ['--version']).status === 0

/** Threads of this process that run only when nothing else does: in proc_pid_stat(5) the policy is field 41, and SCHED_IDLE is 5. */
export function yieldingThreads(): number {
  const isYielding = (thread: string) => {
    try {
      const stat = readFileSync(`/proc/self/task/${thread}/stat`, 'utf8')
      return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[41 - 3] === '5'
    } catch {
      return false // it has ended since it was listed
    }
  }
  return canGiveWay ? readdirSync('/proc/self/task').filter(isYielding).length : 0
}
