/** What the clients of a simulation asked and heard, and when it became certain that no order of the operations explains it. */
import { judge } from '../../protocols/check/linearizability.ts'
import { findModel } from '../../protocols/check/models/index.ts'
import type { AnyProtocol } from '../../protocols/core/machine.ts'
import { Listener, type Word } from '../../protocols/sim/sink.ts'
import { RunHistory, report } from '../check/index.ts'
import { HOLD } from '../scenario/expect.ts'
import type { JudgedExpectation } from '../scenario/format.ts'

export const LINEARIZABILITY = 'Linearizability'

/** Steps of the model that a verdict may take. Not a time, so that a seed has the same verdict everywhere. */
const STEPS = 2_000_000
/** So many operations can be judged anew whenever one returns. */
const FEW = 100

export class Heard extends Listener {
  readonly #model: ReturnType<typeof findModel>
  readonly #history = new RunHistory()
  /** When each operation returned. */
  readonly #returnsUs = new Map<number, number>()
  #operations = 0
  /** As long as nothing more was heard. */
  #judged: JudgedHistory | undefined

  /** A protocol that promises less is not judged by it. */
  constructor(service: string, promises: AnyProtocol['promises'] = 'linearizable') {
    super()
    this.#model = promises === 'linearizable' ? findModel(service) : undefined
  }

  override spoke({ said, atUs }: Word): void {
    const { operation } = said
    if (said.is === 'invoke') {
      this.#operations += 1
      this.#history.invoked({ seq: 0, atUs, operation, client: said.client, op: said.op })
      return
    }
    this.#returnsUs.set(operation, atUs)
    this.#history.returned({ atUs, operation, outcome: said.outcome })
    this.#judged = undefined
  }

  /** So few that it can be asked after everything that happens. */
  get areFew(): boolean {
    return this.#operations <= FEW
  }

  /** Undefined as long as it can be explained, or could not be judged. */
  get violatedAtUs(): number | undefined {
    return this.#model && this.#verdict.violatedAtUs
  }

  /** Undefined when nobody asked anything, or there is no model of the service. */
  judge(): JudgedExpectation | undefined {
    return this.#model && this.#operations > 0 ? this.#verdict.expectation : undefined
  }

  get #verdict(): JudgedHistory {
    this.#judged ??= this.#judge()
    return this.#judged
  }

  #judge(): JudgedHistory {
    const [, text] = HOLD
    const told = this.#model && this.#history.told(this.#model)
    if (!told || 'problem' in told)
      return { expectation: { text, is: 'unknown', why: told?.problem ?? 'there is no model of the service' } }
    const verdict = judge(told.model, told.operations, { now: () => 0, steps: STEPS, explained: 0 })
    if (verdict.is === 'linearizable') return { expectation: { text, is: 'pass' } }
    const [violation] = report(told, verdict, false).violations
    if (!violation) return { expectation: { text, is: 'unknown', why: `the limit of ${verdict.why} came first` } }
    const { client, text: asked, answer, invoke, return: end } = violation.certain
    const when = `asked at ${ms(invoke)}${end === undefined ? '' : `, answered at ${ms(end)}`}`
    const what = `${asked}${answer === undefined ? '' : `, answered ${answer}`}`
    const why = `${LINEARIZABILITY}: no order of the operations explains "${what}" of client ${client}, ${when}.`
    const certain = verdict.violations.map(({ at }) => this.#returnsUs.get(at) ?? Number.POSITIVE_INFINITY)
    return { expectation: { text, is: 'fail', why }, violatedAtUs: Math.min(...certain) }
  }
}

interface JudgedHistory {
  readonly expectation: JudgedExpectation
  readonly violatedAtUs?: number
}

const ms = (us: number): string => `${(us / 1e3).toFixed(1)} ms`
