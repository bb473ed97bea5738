/**
 * Judges a recorded run by the invariants of its protocol: runs it again, step by step in the order of the log, and
 * keeps what each invariant has to say. Goes as far as it is asked to, so that a live run can be followed in small pieces.
 */
import type { RunEvent } from '../../protocols/core/event.ts'
import type { Judge } from '../../protocols/core/invariant.ts'
import type { AnyMessage, AnyProtocol } from '../../protocols/core/machine.ts'
import type { Verdict, Violation } from '../contract/commands.ts'
import { type Cast, Execution } from './execution.ts'

/** A run that breaks an invariant tends to break it again at every step: the first few say it all. */
const VIOLATIONS_MAX = 20

interface Bench {
  readonly invariant: AnyProtocol['invariants'][number]
  readonly judge: Judge<unknown, AnyMessage>
  violations: number
}

export class Judgement {
  readonly #execution: Execution
  readonly #benches: readonly Bench[]
  readonly #violations: Violation[] = []
  #lost: string | undefined

  constructor(cast: Cast) {
    this.#benches = cast.protocol.invariants.map((invariant) => ({ invariant, judge: invariant.judge(), violations: 0 }))
    this.#execution = new Execution(cast, (step, event, states) => {
      for (const bench of this.#benches) {
        const text = bench.judge.judge(step, states)
        if (text === undefined) continue
        bench.violations += 1
        if (bench.violations > VIOLATIONS_MAX) continue
        const { name, source } = bench.invariant
        this.#violations.push({ invariant: name, seq: event.seq, node: event.node, text, source })
      }
    })
  }

  get seq(): number {
    return this.#execution.seq
  }

  get violations(): readonly Violation[] {
    return this.#violations
  }

  /** Takes the next event in. Events must come in order, each once. */
  take(event: RunEvent): void {
    this.#execution.take(event)
    if (event.kind === 'step') this.#lost ??= this.#execution.problemOf(event.node)
  }

  /** What is known by now. Never a pass while events wait to be judged, or when a part of the run could not be. */
  verdict(lastSeq: number): Verdict {
    const { divergence } = this.#execution
    const behind = this.seq < lastSeq ? `judged up to event ${this.seq} of ${lastSeq}` : undefined
    const why = divergence ?? this.#lost ?? behind
    return {
      is: this.#violations.length > 0 ? 'fail' : why === undefined ? 'pass' : 'unknown',
      ...(why === undefined ? {} : { why }),
      judgedSeq: this.seq,
      lastSeq,
      invariants: this.#benches.map(({ invariant: { name, statement, source }, violations }) => ({ name, statement, source, violations })),
      violations: [...this.#violations],
      ...(divergence === undefined ? {} : { divergence }),
    }
  }
}

/** The verdict on a run that this Synod cannot run again. */
export function cannotJudge(why: string, lastSeq: number): Verdict {
  return { is: 'unknown', why, judgedSeq: 0, lastSeq, invariants: [], violations: [] }
}
