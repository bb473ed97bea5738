/** The states that a search met, each under a small number, so that a configuration names its state by one integer. */
import type { Intervals } from './intervals.ts'
import type { Model } from './model.ts'

export const IMPOSSIBLE = -1
/** What a state costs beside its text: the entry of a map, and the value itself. An estimate on the high side. */
const STATE_BYTES = 120

export interface States<S> {
  number(state: S): number
  get(id: number): S
  /** The number of the state after the operation in state `id`; IMPOSSIBLE when it could not have given its output there. */
  step(id: number, operation: number): number
  readonly bytes: number
}

export function openStates<S, I>(model: Model<S, I>, { operations, outputs }: Intervals<I>): States<S> {
  const states: S[] = []
  const ids = new Map<string | number | boolean | null, number>()
  let bytes = 0
  const number = (state: S): number => {
    const identity = model.identity(state)
    const known = ids.get(identity)
    if (known !== undefined) return known
    bytes += STATE_BYTES + (typeof identity === 'string' ? identity.length * 2 : 0)
    ids.set(identity, states.length)
    return states.push(state) - 1
  }
  return {
    number,
    get: (id) => states[id] as S,
    step(id, operation) {
      const before = states[id] as S
      const after = model.step(before, (operations[operation] as (typeof operations)[number]).input, outputs[operation])
      return after === undefined ? IMPOSSIBLE : after === before ? id : number(after)
    },
    get bytes() {
      return bytes
    },
  }
}
