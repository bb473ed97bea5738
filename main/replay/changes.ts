/**
 * When did this change? Runs the steps of one node again, from the playhead outwards, and tells each at which the value at
 * a path is another than before. Backwards it goes block by block, each run forwards; the first blocks are small, so that
 * the nearest changes are there at once. A life's first step brings everything: it counts as a change from nothing.
 */
import { equal } from '../../protocols/core/differences.ts'
import type { NodeId } from '../../protocols/core/ids.ts'
import type { Json } from '../../protocols/core/json.ts'
import type { ParsedRequest } from '../contract/commands.ts'
import type { FieldChange, FieldChanges } from '../contract/state.ts'
import type { Execution } from './execution.ts'
import { valueIn } from './outline.ts'
import type { Snapshots } from './snapshots.ts'
import type { EventSource } from './source.ts'
import { type Standing, Walk } from './walk.ts'

/** Events of the first block backwards, and how far blocks grow. */
const BLOCK_MIN = 256
const BLOCK_MAX = 8192
/** Events between looks at the clock, forwards. */
const STRIDE = 512

type Asked = Omit<ParsedRequest<'run.changes'>, 'run'>

export class Changes {
  readonly #source: EventSource
  readonly #execution: Execution
  readonly #snapshots: Snapshots

  constructor(source: EventSource, execution: Execution, snapshots: Snapshots) {
    this.#source = source
    this.#execution = execution
    this.#snapshots = snapshots
  }

  find(asked: Asked): FieldChanges {
    const untilMs = performance.now() + asked.limitMs
    this.#source.refresh()
    return asked.direction === 'forward' ? this.#forward(asked, untilMs) : this.#backward(asked, untilMs)
  }

  #forward({ node, path, from, limit }: Asked, untilMs: number): FieldChanges {
    const end = this.#source.lastSeq
    const begin = Math.max(0, from)
    if (begin >= end) return this.#answer([], undefined)
    if (!this.#prepared(begin, untilMs)) return this.#answer([], from)
    const walk = this.#walkFrom(begin, node)
    const found: FieldChange[] = []
    const watch = this.#watch(node, path, walk, found, begin)
    walk.advance(begin)
    watch.settle()
    while (walk.seq < end) {
      walk.advance(Math.min(end, walk.seq + STRIDE), untilMs, (endpoint, standing, reader) => {
        watch.take(endpoint, standing, reader.seq, reader.atUs)
        return found.length >= limit
      })
      if (found.length >= limit || performance.now() >= untilMs) break
    }
    return this.#answer(found, walk.seq >= end ? undefined : walk.seq, watch.problem)
  }

  #backward({ node, path, from, limit }: Asked, untilMs: number): FieldChanges {
    let to = Math.min(from, this.#source.lastSeq)
    if (!this.#prepared(to, untilMs)) return this.#answer([], from)
    const found: FieldChange[] = []
    let problem: string | undefined
    for (let block = BLOCK_MIN; to > 0; block = Math.min(BLOCK_MAX, block * 2)) {
      const begin = Math.max(0, to - block)
      const walk = this.#walkFrom(begin, node)
      const inBlock: FieldChange[] = []
      const watch = this.#watch(node, path, walk, inBlock, begin)
      walk.advance(begin)
      watch.settle()
      walk.advance(to, Number.POSITIVE_INFINITY, (endpoint, standing, reader) => {
        watch.take(endpoint, standing, reader.seq, reader.atUs)
        return false
      })
      problem ??= watch.problem
      found.push(...inBlock.reverse())
      to = begin
      if (found.length >= limit) {
        const kept = found.slice(0, limit)
        const last = kept.at(-1) as FieldChange
        return this.#answer(kept, last.seq > 1 ? last.seq - 1 : undefined, problem)
      }
      if (performance.now() >= untilMs) break
    }
    return this.#answer(found, to > 0 ? to : undefined, problem)
  }

  /** The pass has come by here. */
  #prepared(seq: number, untilMs: number): boolean {
    this.#snapshots.advance(seq, untilMs)
    return this.#snapshots.reached >= seq || this.#snapshots.isFull
  }

  #walkFrom(seq: number, node: NodeId): Walk {
    const from = this.#snapshots.nearest(seq)
    const { proven } = this.#snapshots
    return new Walk(this.#source, this.#execution, { only: this.#source.header.nodes.indexOf(node), proven, ...(from ? { from } : {}) })
  }

  /** `settle`: what the value is where the looking begins; `take`: whether a step made it another. */
  #watch(node: NodeId, path: string, walk: Walk, found: FieldChange[], from: number) {
    const { protocol } = this.#execution
    const own = this.#source.header.nodes.indexOf(node)
    const valueOfState = ({ state }: Standing) => (state === undefined ? undefined : valueIn(protocol, state, path))
    let at = walk.nodes[own] as Standing
    let value: Json | undefined
    const watch = {
      problem: undefined as string | undefined,
      settle: () => {
        at = walk.nodes[own] as Standing
        value = valueOfState(at)
      },
      take: (endpoint: number, standing: Standing, seq: number, atUs: number) => {
        if (endpoint !== own || standing.stepSeq !== seq || seq <= from) return
        watch.problem ??= standing.problem
        const before = standing.life === at.life ? value : undefined
        const after = standing.state === at.state ? value : valueOfState(standing)
        at = standing
        value = after
        if (before === after || (before !== undefined && after !== undefined && equal(before, after))) return
        found.push({
          ...{ seq, atUs: Math.max(0, atUs), life: standing.life, step: standing.step },
          ...(before === undefined ? {} : { before: brief(before) }),
          ...(after === undefined ? {} : { after: brief(after) }),
        })
      },
    }
    return watch
  }

  #answer(changes: readonly FieldChange[], next: number | undefined, problem?: string): FieldChanges {
    return { changes, next, ready: this.#snapshots.reached, ...(problem === undefined ? {} : { problem }) }
  }
}

/** What is large is told by its size: whoever wants it whole goes there. */
function brief(value: Json): Json {
  if (value === null || typeof value !== 'object') return value
  const count = Object.keys(value).length
  if (count > 40) return `${count} items`
  const text = JSON.stringify(value)
  return text.length > 400 ? `${text.slice(0, 400)}…` : value
}
