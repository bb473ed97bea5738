/**
 * The state of every node right after any event. Where the pass over the recording has been (`Snapshots`), by running the
 * few hundred events since the nearest snapshot again; elsewhere from the nearest checkpoint in the recording, or by
 * letting the pass go on, whichever is less to run.
 */
import { differencesOf } from '../../protocols/core/differences.ts'
import type { StepEvent } from '../../protocols/core/event.ts'
import type { NodeId } from '../../protocols/core/ids.ts'
import type { Json } from '../../protocols/core/json.ts'
import { isOut, type NodeMoment } from '../../protocols/core/moment.ts'
import type { NodeStates, StateDiff } from '../contract/state.ts'
import { changedPaths } from './difference.ts'
import { Divergence, type Execution } from './execution.ts'
import { changedIn, outlineOf, partOf } from './outline.ts'
import { type SnapshotLimits, Snapshots } from './snapshots.ts'
import type { EventSource } from './source.ts'
import { type Standing, Walk } from './walk.ts'

/** Where events are stepped through one by one, the last answer is nearer than any snapshot. */
const NEAR = 300
/** Steps to run for each event of the pass, about: what decides between it and checkpoints. */
const STEPS_PER_EVENT = 0.25

/** How all nodes stand after an event. */
export interface Standings {
  readonly seq: number
  readonly nodes: readonly Standing[]
}

export class States {
  readonly snapshots: Snapshots | undefined
  readonly #source: EventSource
  readonly #execution: Execution | string
  #last: Standings | undefined

  constructor(source: EventSource, execution: Execution | string, limits: Partial<SnapshotLimits> = {}) {
    this.#source = source
    this.#execution = execution
    this.snapshots = typeof execution === 'string' ? undefined : new Snapshots(source, execution, limits)
  }

  /** `whole`: long lists too. */
  at(seq: number, whole = true): NodeStates {
    const standings = this.standings(seq)
    const { nodes } = this.#source.header
    return {
      seq: standings.seq,
      ready: this.snapshots?.reached ?? this.#source.lastSeq,
      nodes: standings.nodes.map((standing, endpoint) => this.#told(nodes[endpoint] as NodeId, standing, standings.seq, whole)),
    }
  }

  /** A node's state as the protocol keeps it, right after its last step, though it may be down since; `node` as it is at event `seq`. Throws Divergence. */
  stateOf({ id, life, step }: NodeMoment & { readonly id: NodeId }, seq: number): { state: unknown; problem: string | undefined } {
    if (typeof this.#execution === 'string') throw new Divergence(this.#execution)
    const { state, problem } = this.#standing(seq, id)
    if (state !== undefined) return { state, problem }
    const rebuilt = this.#rebuild(id, life, step, seq)
    return { state: rebuilt.state, problem: rebuilt.problem }
  }

  part(seq: number, node: NodeId, path: string, from: number, to: number): { items: Json } {
    const { state } = this.#standing(seq, node)
    const items =
      typeof this.#execution === 'string' || state === undefined ? undefined : partOf(this.#execution.protocol, state, path, from, to)
    return { items: items ?? {} }
  }

  diff(a: { seq: number; node: NodeId }, b: { seq: number; node: NodeId }): StateDiff {
    const [left, right] = [a, b].map(({ seq, node }) => {
      const { state, stepSeq, problem } = this.#standing(seq, node)
      const tree = typeof this.#execution === 'string' || state === undefined ? undefined : this.#execution.protocol.encode(state)
      const why = typeof this.#execution === 'string' ? this.#execution : problem
      return { tree, side: { seq, node, stepSeq, ...(why === undefined ? {} : { problem: why }) } }
    }) as [{ tree: Json | undefined; side: StateDiff['a'] }, { tree: Json | undefined; side: StateDiff['b'] }]
    return { a: left.side, b: right.side, ...differencesOf(left.tree, right.tree) }
  }

  /** How all nodes stand after event `seq`, or after the last when that is earlier. */
  standings(seq: number): Standings {
    if (seq > this.#source.lastSeq) this.#source.refresh()
    const to = Math.min(seq, this.#source.lastSeq)
    const last = this.#last
    if (last?.seq === to) return last
    const found = this.#reach(to)
    this.#last = found
    return found
  }

  #standing(seq: number, node: NodeId): Standing {
    return this.standings(seq).nodes[this.#source.header.nodes.indexOf(node)] as Standing
  }

  #reach(to: number): Standings {
    const execution = this.#execution
    if (typeof execution === 'string') return this.#recorded(to)
    const { snapshots } = this
    const last = this.#last
    if (last && last.seq < to && to - last.seq < NEAR) return this.#walkOn(execution, last, to)
    if (snapshots && to > snapshots.reached && !snapshots.isFull) {
      const { nodes } = this.#source.moment(to)
      const steps = nodes.reduce((sum, node) => sum + this.#stepsFromCheckpoint(node, to), 0)
      if (steps < (to - snapshots.reached) * STEPS_PER_EVENT) return this.#fromCheckpoints(nodes, to)
      snapshots.advance(to)
    }
    const nearest = snapshots && to <= snapshots.reached ? snapshots.nearest(to) : undefined
    if (nearest) return this.#walkOn(execution, nearest, to)
    if (snapshots && to <= snapshots.reached) {
      const walk = new Walk(this.#source, execution, this.#known)
      walk.advance(to)
      return { seq: to, nodes: walk.nodes }
    }
    return this.#fromCheckpoints(this.#source.moment(to).nodes, to)
  }

  #walkOn(execution: Execution, from: Standings, to: number): Standings {
    const walk = new Walk(this.#source, execution, { from, ...this.#known })
    walk.advance(to)
    return { seq: to, nodes: walk.nodes }
  }

  get #known(): { readonly proven?: Set<number> } {
    return this.snapshots ? { proven: this.snapshots.proven } : {}
  }

  #told(node: NodeId, standing: Standing, seq: number, whole: boolean): NodeStates['nodes'][number] {
    const { status, stepSeq, state, before, problem } = standing
    const why = problem === undefined ? {} : { problem }
    const bare = { node, status, state: undefined, changed: [], stepSeq, ...why }
    if (typeof this.#execution === 'string') return this.#asRecorded(bare, standing, seq)
    if (isOut(status) || state === undefined) return isOut(status) ? { node, status, state: undefined, changed: [], stepSeq } : bare
    const { protocol } = this.#execution
    if (whole) {
      const tree = protocol.encode(state)
      return { ...bare, state: tree, changed: before === undefined ? [] : changedPaths(protocol.encode(before), tree) }
    }
    const outline = outlineOf(protocol, state)
    const { tree, cut } = outline
    const changed = before === undefined ? [] : changedIn(protocol, before, state, cut)
    return { ...bare, state: tree, ...(cut.length > 0 ? { cut } : {}), changed }
  }

  /** A run that cannot be run again still shows what was written down: the state at the last checkpoint, and that it is old. */
  #asRecorded(bare: NodeStates['nodes'][number], { life, step, status }: Standing, seq: number): NodeStates['nodes'][number] {
    const why = this.#execution as string
    const recorded = isOut(status) ? undefined : this.#source.checkpoint(this.#endpoint(bare.node), life, step, seq)
    if (!recorded) return { ...bare, problem: why }
    const age =
      recorded.step === step
        ? 'exactly as it was recorded'
        : `as it was recorded after step ${recorded.step}, ${step - recorded.step} steps earlier`
    return { ...bare, state: recorded.state, problem: `${why} Shown is the state of event ${recorded.seq}, ${age}.` }
  }

  #recorded(to: number): Standings {
    const nodes = this.#source.moment(to).nodes.map(({ id, status, life, step }): Standing => {
      const stepSeq = step === 0 ? 0 : this.#seqOf(id, life, step, to)
      return { status, life, step, stepSeq, state: undefined, before: undefined, problem: undefined }
    })
    return { seq: to, nodes }
  }

  #stepsFromCheckpoint({ id, life, step, status }: NodeMoment & { readonly id: NodeId }, to: number): number {
    if (step === 0 || isOut(status)) return 0
    return step - (this.#source.checkpointStep(this.#endpoint(id), life, step, to) ?? 0)
  }

  #fromCheckpoints(nodes: readonly (NodeMoment & { readonly id: NodeId })[], to: number): Standings {
    return { seq: to, nodes: nodes.map((node) => this.#fromCheckpoint(node, to)) }
  }

  #fromCheckpoint({ id, status, life, step }: NodeMoment & { readonly id: NodeId }, seq: number): Standing {
    const stepSeq = step === 0 ? 0 : this.#seqOf(id, life, step, seq)
    const bare = { status, life, step, stepSeq, state: undefined, before: undefined, problem: undefined }
    if (isOut(status) || step === 0) return bare
    try {
      return { ...bare, ...this.#rebuild(id, life, step, seq) }
    } catch (error) {
      if (error instanceof Divergence) return { ...bare, problem: error.message }
      throw error
    }
  }

  #seqOf(id: NodeId, life: number, step: number, seq: number): number {
    for (const event of this.#source.steps(this.#endpoint(id), life, step, step, seq)) return event.seq
    return 0
  }

  /** Throws Divergence when the recording does not lead to this step. */
  #rebuild(id: NodeId, life: number, step: number, seq: number): Pick<Standing, 'state' | 'before' | 'problem'> {
    const execution = this.#execution as Execution
    const endpoint = this.#endpoint(id)
    // The one before the step itself, so that its change can be told. The state after the first step stands in a checkpoint
    // right behind it, which the event asked for may lie before.
    const recorded =
      this.#source.checkpoint(endpoint, life, Math.max(1, step - 1), seq) ??
      this.#source.checkpoint(endpoint, life, 1, Number.MAX_SAFE_INTEGER)
    if (!recorded) throw new Divergence(`No state of ${id}'s life ${life} was recorded at or before its step ${step}.`)
    let at = { step: recorded.step, state: execution.restore(recorded), before: undefined as unknown }
    for (const event of this.#source.steps(endpoint, life, at.step + 1, step, seq)) {
      if (event.step !== at.step + 1) throw missing(id, at.step + 1)
      at = { step: event.step, state: execution.step(event, at.state, this.#sendOf(event)).state, before: at.state }
    }
    if (at.step !== step) throw missing(id, at.step + 1)
    return { before: at.before, ...this.#verified(endpoint, life, seq, at) }
  }

  /** A checkpoint at this very step proves that the replay followed. */
  #verified(endpoint: number, life: number, seq: number, at: { step: number; state: unknown }): Pick<Standing, 'state' | 'problem'> {
    const execution = this.#execution as Execution
    const recorded = this.#source.checkpoint(endpoint, life, at.step, seq)
    if (recorded?.step !== at.step || this.snapshots?.proven.has(recorded.seq)) return { state: at.state, problem: undefined }
    try {
      execution.compare(recorded, at.state)
      return { state: at.state, problem: undefined }
    } catch (error) {
      // What was recorded is what was: it is shown, and so is that replay did not get there.
      return { state: execution.restore(recorded), problem: (error as Error).message }
    }
  }

  #sendOf({ input, seq }: StepEvent) {
    return input.kind === 'message' || input.kind === 'request' ? this.#source.sendOf(input.message, seq) : undefined
  }

  #endpoint(id: NodeId): number {
    return this.#source.header.nodes.indexOf(id)
  }
}

const missing = (id: NodeId, step: number): Divergence => new Divergence(`Step ${step} of ${id} is not in the recording.`)
