/**
 * Processes of the run that are stopped (SIGSTOP) cannot end by themselves when the engine dies, and the system does so only in
 * some process groups. So every process of a run is told which of its siblings are stopped, and whichever can still act ends
 * them when the engine is gone. A process id alone may by then be another's: where the system says when a process was
 * born, one of another birth is left alone.
 */
import { readFileSync } from 'node:fs'

/** When the process was born, in ticks since the machine was; undefined where the system does not say. */
export function bornAt(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is a name in brackets, in which anything may stand.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}

export class StoppedSiblings {
  #births = new Map<number, string | undefined>()

  /** These are stopped now, and no others. To be called while they are: their births are looked up. */
  set(pids: readonly number[]): void {
    const others = pids.filter((pid) => pid !== process.pid)
    this.#births = new Map(others.map((pid) => [pid, this.#births.get(pid) ?? bornAt(pid)]))
  }

  end(): void {
    for (const [pid, birth] of this.#births) {
      if (bornAt(pid) !== birth) continue
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // it has ended already
      }
    }
    this.#births.clear()
  }
}
