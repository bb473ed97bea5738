/**
 * The state of every node right after any event: from the nearest checkpoint in the recording, or a state rebuilt
 * earlier, by running the steps since then again. Rebuilt states are kept; they share what did not change, so many of
 * them cost little more than one, and going on event by event costs one step.
 */
import type { StepEvent } from '../../protocols/core/event.ts'
import type { NodeId } from '../../protocols/core/ids.ts'
import type { NodeMoment } from '../../protocols/core/moment.ts'
import type { NodeStates } from '../contract/commands.ts'
import { changedPaths } from './difference.ts'
import { Divergence, type Execution } from './execution.ts'
import type { EventSource } from './source.ts'

/** A state after a step; `before`: the one that this step was given, if it is known. */
interface Rebuilt {
  readonly step: number
  readonly state: unknown
  readonly before: unknown
  /** What went wrong on the way here. */
  readonly problem: string | undefined
}

const KEEP_EVERY = 128
const KEPT_MAX = 4000

export class States {
  readonly #source: EventSource
  readonly #execution: Execution | string
  /** Rebuilt states by node and life, each list in order of steps. */
  readonly #kept = new Map<string, Rebuilt[]>()
  #keptCount = 0

  constructor(source: EventSource, execution: Execution | string) {
    this.#source = source
    this.#execution = execution
  }

  at(seq: number): NodeStates {
    const moment = this.#source.moment(seq)
    return { seq: moment.seq, nodes: moment.nodes.map((node) => this.#nodeAt(node, moment.seq)) }
  }

  /** A node's state as the protocol keeps it, right after its last step; `node` as it is at event `seq`. Throws Divergence. */
  stateOf({ id, life, step }: NodeMoment & { readonly id: NodeId }, seq: number): { state: unknown; problem: string | undefined } {
    if (typeof this.#execution === 'string') throw new Divergence(this.#execution)
    const { state, problem } = this.#rebuild(id, life, step, seq)
    return { state, problem }
  }

  #nodeAt(node: NodeMoment & { readonly id: NodeId }, seq: number): NodeStates['nodes'][number] {
    const { id, status, life, step } = node
    const bare = { node: id, status, state: undefined, changed: [], stepSeq: 0 }
    if (status === 'down' || step === 0) return { ...bare, stepSeq: step === 0 ? 0 : this.#seqOf(id, life, step, seq) }
    const stepSeq = this.#seqOf(id, life, step, seq)
    if (typeof this.#execution === 'string') return { ...bare, stepSeq, problem: this.#execution }
    const { protocol } = this.#execution
    try {
      const { state, before, problem } = this.#rebuild(id, life, step, seq)
      const tree = protocol.encode(state)
      const changed = before === undefined ? [] : changedPaths(protocol.encode(before), tree)
      return { node: id, status, state: tree, changed, stepSeq, ...(problem === undefined ? {} : { problem }) }
    } catch (error) {
      if (error instanceof Divergence) return { ...bare, stepSeq, problem: error.message }
      throw error
    }
  }

  #seqOf(id: NodeId, life: number, step: number, seq: number): number {
    for (const event of this.#source.steps(this.#endpoint(id), life, step, step, seq)) return event.seq
    return 0
  }

  /** Throws Divergence when the recording does not lead to this step. */
  #rebuild(id: NodeId, life: number, step: number, seq: number): Rebuilt {
    let at = this.#nearest(id, life, step, seq)
    if (at.step === step) return at
    const execution = this.#execution as Execution
    const endpoint = this.#endpoint(id)
    for (const event of this.#source.steps(endpoint, life, at.step + 1, step, seq)) {
      if (event.step !== at.step + 1) throw missing(id, at.step + 1)
      const { state } = execution.step(event, at.state, this.#sendOf(event))
      at = { step: event.step, state, before: at.state, problem: at.problem }
      if (event.step % KEEP_EVERY === 0) this.#keep(id, life, at)
    }
    if (at.step !== step) throw missing(id, at.step + 1)
    at = this.#verified(endpoint, life, seq, at)
    this.#keep(id, life, at)
    return at
  }

  /** Where to begin: kept or recorded, whichever is nearer, and before the step itself if that is recorded, so that its change can be told. */
  #nearest(id: NodeId, life: number, step: number, seq: number): Rebuilt {
    const execution = this.#execution as Execution
    const endpoint = this.#endpoint(id)
    const kept = this.#kept.get(keyOf(id, life))?.findLast((one) => one.step <= step)
    // The state after the first step stands in a checkpoint right behind it, which the event asked for may lie before.
    const recorded =
      this.#source.checkpoint(endpoint, life, Math.max(1, step - 1), seq) ??
      this.#source.checkpoint(endpoint, life, 1, Number.MAX_SAFE_INTEGER)
    if (kept && kept.step >= (recorded?.step ?? 0)) return kept
    if (!recorded) throw new Divergence(`No state of ${id}'s life ${life} was recorded at or before its step ${step}.`)
    return { step: recorded.step, state: execution.restore(recorded), before: undefined, problem: undefined }
  }

  /** A checkpoint at this very step proves that the replay followed. */
  #verified(endpoint: number, life: number, seq: number, at: Rebuilt): Rebuilt {
    const execution = this.#execution as Execution
    const recorded = this.#source.checkpoint(endpoint, life, at.step, seq)
    if (recorded?.step !== at.step) return at
    try {
      execution.compare(recorded, at.state)
      return at
    } catch (error) {
      // What was recorded is what was: it is shown, and so is that replay did not get there.
      return { ...at, state: execution.restore(recorded), problem: (error as Error).message }
    }
  }

  #sendOf({ input }: StepEvent) {
    return input.kind === 'message' || input.kind === 'request' ? this.#source.sendOf(input.message) : undefined
  }

  #keep(id: NodeId, life: number, rebuilt: Rebuilt): void {
    if (this.#keptCount >= KEPT_MAX) {
      this.#kept.clear()
      this.#keptCount = 0
    }
    const key = keyOf(id, life)
    const list = this.#kept.get(key) ?? []
    this.#kept.set(key, list)
    let at = list.length
    while (at > 0 && (list[at - 1] as Rebuilt).step > rebuilt.step) at--
    if (list[at - 1]?.step === rebuilt.step) list[at - 1] = rebuilt
    else {
      list.splice(at, 0, rebuilt)
      this.#keptCount++
    }
  }

  #endpoint(id: NodeId): number {
    return this.#source.header.nodes.indexOf(id)
  }
}

const keyOf = (id: NodeId, life: number): string => `${id} ${life}`

const missing = (id: NodeId, step: number): Divergence => new Divergence(`Step ${step} of ${id} is not in the recording.`)
