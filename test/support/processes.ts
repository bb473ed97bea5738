/** What the operating system says of processes: whether they are, and whether they are stopped. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** There is such a process, and it has not ended: one that only waits to be reaped by its parent is none. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  return !stateOf(pid).startsWith('Z')
}

/** Stopped by SIGSTOP; `unless` where the system has no such thing. */
export const isStopped = (pid: number, unless: boolean): boolean => (process.platform === 'win32' ? unless : stateOf(pid).startsWith('T'))

/** One letter: T when it is stopped, Z when it has ended, others while it runs or waits. Empty when there is none. */
function stateOf(pid: number): string {
  if (process.platform === 'win32') return ''
  if (process.platform !== 'linux') return spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim()
  try {
    // Behind the name in brackets, in which anything may stand.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) ?? ''
  } catch {
    return ''
  }
}

/** Looks again and again until it is so. The limit is for a system that is very busy, not for the thing to be shown. */
export async function untilSeen(what: string, is: () => boolean | Promise<boolean>, limitMs = 30_000): Promise<void> {
  const end = performance.now() + limitMs
  while (!(await is())) {
    if (performance.now() > end) throw new Error(`${what}: not so within ${limitMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
