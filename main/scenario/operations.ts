/** Counts the operations of a run's clients and how they ended, and judges them: a recording and a simulation alike. */
import type { ReturnEvent } from '../../protocols/core/event.ts'
import type { JudgedExpectation } from './format.ts'

export class OperationsSeen {
  /** Those that have not returned, each with what it is called. */
  readonly open = new Map<number, string>()
  /** The last one that returned with a result. */
  lastOk = 0
  #invoked = 0
  readonly #bad = { refused: 0, unknown: 0 }
  /** The first that ended badly, and the first of them whose outcome is unknown. */
  #firstBad: string | undefined
  #firstUnknown: string | undefined

  /** `seq`: the event, where there is a recording to look it up in. */
  invoked(operation: number, seq?: number): void {
    this.#invoked += 1
    this.open.set(operation, called(operation, seq))
  }

  returned(operation: number, outcome: ReturnEvent['outcome'], seq?: number): void {
    this.open.delete(operation)
    if (outcome.is === 'ok') {
      this.lastOk = operation
      return
    }
    this.#bad[outcome.is] += 1
    const text = `${called(operation, seq)} is ${outcome.is}: ${outcome.why}`
    this.#firstBad ??= text
    if (outcome.is === 'unknown') this.#firstUnknown ??= text
  }

  /** `allOk`: a refusal is an answer, but not the wanted one. */
  judge(allOk: boolean): JudgedExpectation {
    const text = allOk ? 'all operations ok' : 'all operations answered'
    const bad = this.#bad.unknown + (allOk ? this.#bad.refused : 0)
    const first = allOk ? this.#firstBad : this.#firstUnknown
    if (bad > 0) return { text, is: 'fail', why: `${bad} of ${this.#invoked} did not: ${first}` }
    const [waiting] = this.open.values()
    if (waiting) return { text, is: 'fail', why: `${this.open.size} of ${this.#invoked} have no answer: ${waiting}` }
    return this.#invoked === 0 ? { text, is: 'unknown', why: 'no operation was invoked' } : { text, is: 'pass' }
  }
}

const called = (operation: number, seq: number | undefined): string =>
  seq === undefined ? `operation ${operation}` : `operation ${operation} (event ${seq})`
