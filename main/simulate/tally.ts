/** Counts what a simulation went through: operations and how they ended, and what was done to it, by kind. */
import type { ActionEvent, NodeEvent, Unnumbered } from '../../protocols/core/event.ts'
import type { Sink, Word } from '../../protocols/sim/sink.ts'
import { TapKind } from '../../protocols/wire/tap.ts'
import type { JudgedExpectation } from '../scenario/expect.ts'

interface Returned {
  readonly operation: number
  readonly outcome: { readonly is: 'ok' | 'refused' | 'unknown'; readonly why?: string }
}

export class Tally implements Sink {
  /** Operations that have not returned. */
  readonly open = new Set<number>()
  readonly faults: { [kind: string]: number } = {}
  invoked = 0
  /** The last operation that returned with a result. */
  lastOk = 0
  readonly #returned = { ok: 0, refused: 0, unknown: 0 }
  readonly #first: { refused?: string; unknown?: string } = {}

  get ok(): number {
    return this.#returned.ok
  }

  spoke({ kind, text }: Word): void {
    if (kind === TapKind.invoke) {
      this.invoked += 1
      this.open.add((JSON.parse(text) as { operation: number }).operation)
      return
    }
    const { operation, outcome } = JSON.parse(text) as Returned
    this.open.delete(operation)
    this.#returned[outcome.is] += 1
    if (outcome.is === 'ok') this.lastOk = operation
    else this.#first[outcome.is] ??= `operation ${operation} is ${outcome.is}${outcome.why === undefined ? '' : `: ${outcome.why}`}`
  }

  happened(event: Unnumbered<NodeEvent | ActionEvent>): void {
    if (event.kind !== 'action') return
    const { action } = event
    if (action.do === 'arm') this.count(action.fault.kind)
    if (action.do === 'node' && (action.what === 'crash' || action.what === 'pause' || action.what === 'wipe')) this.count(action.what)
  }

  count(kind: string, times = 1): void {
    if (times > 0) this.faults[kind] = (this.faults[kind] ?? 0) + times
  }

  judgeOperations(allOk: boolean): JudgedExpectation {
    const text = allOk ? 'all operations ok' : 'all operations answered'
    const bad = this.#returned.unknown + (allOk ? this.#returned.refused : 0)
    const first = this.#first.unknown ?? this.#first.refused
    if (bad > 0) return { text, is: 'fail', why: `${bad} of ${this.invoked} did not: ${first}` }
    if (this.open.size > 0)
      return { text, is: 'fail', why: `${this.open.size} of ${this.invoked} have no answer: operation ${[...this.open][0]}` }
    return this.invoked === 0 ? { text, is: 'unknown', why: 'no operation was invoked' } : { text, is: 'pass' }
  }

  stepped(): void {}
  sent(): void {}
  delivered(): void {}
  dropped(): void {}
  held(): void {}
}
