/** What the operating system says of a process. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Stopped by SIGSTOP; `unless` where the system has no such thing. */
export function isStopped(pid: number, unless: boolean): boolean {
  if (process.platform === 'win32') return unless
  const file = `/proc/${pid}/stat`
  const state = existsSync(file)
    ? readFileSync(file, 'utf8').split(') ').at(-1)
    : spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout
  return state?.startsWith('T') ?? unless
}
