/** Which taps have said their last. A process's end is recorded after the last of its steps, and those come by another way than its exit. */
import type { EndpointId } from '../../protocols/core/ids.ts'

/** A process that was killed before its tap stood never closes one. */
const WAIT_MS = 2000

export class TapEnds {
  readonly #closed = new Set<string>()
  readonly #waiting = new Map<string, () => void>()

  closed(endpoint: EndpointId, life: number): void {
    const name = `${endpoint}/${life}`
    this.#closed.add(name)
    this.#waiting.get(name)?.()
  }

  /** Resolves when the tap of that life has closed, or so long after its process that it never will. At once for life 0. */
  wait(endpoint: EndpointId, life: number): Promise<void> {
    const name = `${endpoint}/${life}`
    if (life === 0 || this.#closed.has(name)) return Promise.resolve()
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        this.#waiting.delete(name)
        resolve()
      }
      const timer = setTimeout(done, WAIT_MS)
      this.#waiting.set(name, done)
    })
  }
}
