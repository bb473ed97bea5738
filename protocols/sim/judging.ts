/** Has every invariant of the protocol judge every step as it is taken. What a step costs to judge does not grow with the run: the judges see to that. */
import type { NodeId } from '../core/ids.ts'
import type { AnyProtocol } from '../core/machine.ts'
import type { AnyService } from '../core/service.ts'
import { Bench } from '../host/bench.ts'
import { invariantsOf } from '../host/carried.ts'
import { Listener, type StepSeen } from './sink.ts'

export interface Found {
  readonly invariant: string
  readonly text: string
  readonly node: NodeId
  /** The node's life and step in which it was broken. */
  readonly life: number
  readonly step: number
  readonly atUs: number
}

/** Violations of one invariant that are kept; all are counted. */
const KEPT = 50

export class Judging extends Listener {
  /** In the order in which they were found. */
  readonly found: Found[] = []
  readonly #bench: Bench

  constructor(protocol: AnyProtocol, service: AnyService) {
    super()
    this.#bench = new Bench(invariantsOf(protocol, service))
  }

  /** A judge that failed itself: what it would have found nobody knows. */
  get broken(): string | undefined {
    return this.#bench.seats.find((seat) => seat.broken)?.name
  }

  override stepped(step: StepSeen): void {
    this.#bench.judge(step, ({ name, violations }, text) => {
      if (violations > KEPT) return
      this.found.push({ invariant: name, text, node: step.node, life: step.life, step: step.step, atUs: step.atUs })
    })
  }
}
