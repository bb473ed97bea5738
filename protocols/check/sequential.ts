/**
 * Sequential consistency (Lamport 1979) of one part of an object: is there an order that keeps each client's own order, whatever the
 * clock says? The same search as for linearizability, but a configuration is how far each client has come. Judged part by part:
 * parts that are consistent each by itself need not be so together, for unlike linearizability this property is not local.
 */
import { openConfigurations } from './configurations.ts'
import type { Operation } from './history.ts'
import { layOut } from './intervals.ts'
import type { Model } from './model.ts'
import type { SearchEnd } from './search.ts'
import { IMPOSSIBLE, openStates } from './states.ts'

/** A line of operations that follow each other: those of a client, or one of unknown outcome, which holds nobody up. */
interface Lane {
  readonly operations: readonly number[]
  /** For an operation of unknown outcome: it follows what its client had done before. */
  readonly after?: { readonly lane: number; readonly position: number }
}

export interface SequentialSearch {
  advance(steps: number): SearchEnd | undefined
  readonly steps: number
}

export function openSequentialSearch<S, I>(model: Model<S, I>, operations: readonly Operation<I>[], bytesMax: number): SequentialSearch {
  const intervals = layOut(model, operations)
  const { lanes, needed } = intoLanes(intervals.operations)
  const states = openStates(model, intervals)
  const configurations = openConfigurations(2 + lanes.length, bytesMax)
  const row = new Int32Array(2 + lanes.length)
  const positions = new Int32Array(lanes.length)
  /** Lanes by depth: whose operation was taken, what the state was before, and whether there was a choice. */
  const taken: number[] = []
  const before: number[] = []
  const forced: boolean[] = []
  let state = states.number(model.init())
  let done = 0
  let steps = 0
  let ended: SearchEnd | undefined

  function take(lane: number, after: number, free: boolean): void {
    taken.push(lane)
    before.push(state)
    forced.push(!free)
    if (lanes[lane]?.after === undefined) done++
    positions[lane] = (positions[lane] as number) + 1
    state = after
  }

  function head(lane: number): number | undefined {
    const { operations: line, after } = lanes[lane] as Lane
    if (after && (positions[after.lane] as number) < after.position) return undefined
    return line[positions[lane] as number]
  }

  function rightAnswer(): number | undefined {
    for (let lane = 0; lane < lanes.length; lane++) {
      const op = head(lane)
      if (op === undefined || intervals.changesNothing[op] === 0) continue
      steps++
      if (states.step(state, op) !== IMPOSSIBLE) return lane
    }
    return undefined
  }

  function choose(from: number): boolean {
    for (let lane = from; lane < lanes.length; lane++) {
      const op = head(lane)
      if (op === undefined || intervals.changesNothing[op] === 1) continue
      steps++
      const after = states.step(state, op)
      if (after === IMPOSSIBLE) continue
      take(lane, after, true)
      return true
    }
    return false
  }

  function chooseOtherwise(): boolean {
    for (;;) {
      const lane = taken.pop()
      if (lane === undefined) return false
      state = before.pop() as number
      positions[lane] = (positions[lane] as number) - 1
      if (lanes[lane]?.after === undefined) done--
      if (!forced.pop() && choose(lane + 1)) return true
    }
  }

  function remember(): 'new' | 'seen' | 'full' {
    row[0] = state
    row.set(positions, 1)
    return configurations.bytes + states.bytes > bytesMax ? 'full' : configurations.add(row)
  }

  return {
    advance(budget) {
      const stop = steps + budget
      while (ended === undefined && steps < stop) {
        if (done === needed) {
          ended = 'found'
          break
        }
        const right = rightAnswer()
        if (right !== undefined) {
          take(right, state, false)
          continue
        }
        steps++
        const seen = remember()
        if (seen === 'full') ended = 'full'
        else if (!(seen === 'new' && choose(0)) && !chooseOtherwise()) ended = 'impossible'
      }
      return ended
    },
    get steps() {
      return steps
    },
  }
}

function intoLanes(operations: readonly Operation<unknown>[]): { lanes: Lane[]; needed: number } {
  const byClient = new Map<string, number[]>()
  const loose: { readonly op: number; readonly client: string; readonly position: number }[] = []
  let needed = 0
  const order = operations.map((_, op) => op)
  order.sort((a, b) => (operations[a] as Operation<unknown>).invoke - (operations[b] as Operation<unknown>).invoke || a - b)
  for (const op of order) {
    const { client, outcome } = operations[op] as Operation<unknown>
    const line = byClient.get(client) ?? []
    byClient.set(client, line)
    if (outcome.is === 'unknown') loose.push({ op, client, position: line.length })
    else {
      line.push(op)
      needed++
    }
  }
  const clients = [...byClient.keys()]
  return {
    lanes: [
      ...[...byClient.values()].map((line) => ({ operations: line })),
      ...loose.map(({ op, client, position }) => ({ operations: [op], after: { lane: clients.indexOf(client), position } })),
    ],
    needed,
  }
}
