/** What the system says of processes: whether they are, and whether they are stopped. */
import { readFileSync } from 'node:fs'

/** There is such a process, and it has not ended: one that waits to be reaped by its parent is none. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  return stateOf(pid) !== 'Z'
}

/** The letter by which Linux names the state of a process: R, S, T for stopped, Z for ended and not reaped. Undefined elsewhere. */
export function stateOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3)
  } catch {
    return undefined
  }
}

/** Why the state of a process cannot be seen here; false where it can. */
export const unseen = process.platform === 'linux' ? false : 'only Linux shows the state of a process as a file'

/** Looks again and again until it is so. The limit is for a system that is very busy, not for the thing to be shown. */
export async function untilSeen(what: string, is: () => boolean | Promise<boolean>, limitMs = 30_000): Promise<void> {
  const end = performance.now() + limitMs
  while (!(await is())) {
    if (performance.now() > end) throw new Error(`${what}: not so within ${limitMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
