import fc from 'fast-check'
import { Map as PersistentMap } from 'immutable'
import { expect, test } from 'vitest'
import { nodeId } from '../../../protocols/core/ids.ts'
import { onAntiEntropy, onKeySync, onTreeLeaves, onTreeNodes, onTreeRoots } from '../../../protocols/dynamo/antiEntropy.ts'
import { DEPTH, type Partition, rootOf } from '../../../protocols/dynamo/merkle.ts'
import type { DynamoMessage } from '../../../protocols/dynamo/messages.ts'
import { optionsSchema } from '../../../protocols/dynamo/options.ts'
import { type DynamoState, initialState, type Turn } from '../../../protocols/dynamo/state.ts'
import type { Siblings } from '../../../protocols/dynamo/versions.ts'

const version = (n: number, actor = 'a'): Siblings => [{ dot: { actor, n }, context: {}, value: `${n}`, at: 0, write: 0 }]
const partition = (entries: readonly (readonly [string, number])[]): Partition =>
  PersistentMap(entries.map(([key, n]) => [key, version(n)] as const))

test('equal contents have equal roots, however they came; others have not', () => {
  const entries = fc.uniqueArray(fc.tuple(fc.string({ maxLength: 5 }), fc.nat(9)), { selector: ([key]) => key, maxLength: 40 })
  fc.assert(
    fc.property(entries, fc.nat(39), (some, at) => {
      const whole = partition(some)
      expect(rootOf(partition([...some].reverse()))).toBe(rootOf(whole))
      const [key] = some[at % Math.max(1, some.length)] ?? []
      if (key === undefined) return
      expect(rootOf(whole.set(key, version(77)))).not.toBe(rootOf(whole))
      expect(rootOf(whole.delete(key))).not.toBe(rootOf(whole))
    }),
  )
})

const [a, b] = [nodeId('n1'), nodeId('n2')]
const turn = (state: DynamoState): Turn => ({ state: { ...state }, effects: [], written: {}, nowMs: 0, coin: 0 })

test('of 1000 keys one differs: one path is gone down, and one bucket and one key are exchanged', () => {
  const options = optionsSchema.parse({ n: 2, r: 1, w: 1, partitions: 1 })
  const keys = Array.from({ length: 1000 }, (_, index): [string, number] => [`k${index}`, 1])
  const store = PersistentMap([[0, partition(keys)]])
  const states = new Map([a, b].map((id) => [id, { ...initialState(id, [a, b], options), store }]))
  const newer = (states.get(b) as DynamoState).store.setIn([0, 'k500'], version(2)) as DynamoState['store']
  states.set(b, { ...(states.get(b) as DynamoState), store: newer })

  const said: DynamoMessage[] = []
  const act = (id: typeof a, rule: (turn: Turn) => void): void => {
    const step = turn(states.get(id) as DynamoState)
    rule(step)
    states.set(id, step.state)
    for (const effect of step.effects) if (effect.kind === 'send') hear(id === a ? b : a, id, effect.message)
  }
  const hear = (id: typeof a, from: typeof a, message: DynamoMessage): void => {
    said.push(message)
    act(id, (step) => {
      if (message.kind === 'TreeRoots') onTreeRoots(step, from, message)
      if (message.kind === 'TreeNodes') onTreeNodes(step, from, message)
      if (message.kind === 'TreeLeaves') onTreeLeaves(step, from, message)
      if (message.kind === 'KeySync') onKeySync(step, from, message)
    })
  }
  act(a, onAntiEntropy)
  expect(said.map(({ kind }) => kind)).toEqual([
    'TreeRoots',
    ...new Array<string>(DEPTH).fill('TreeNodes'),
    'TreeLeaves',
    'KeySync',
    'KeySync',
  ])
  for (const message of said) {
    if (message.kind === 'TreeNodes') expect(message.nodes).toHaveLength(2)
    if (message.kind === 'TreeLeaves') expect(message.buckets).toHaveLength(1)
    if (message.kind === 'TreeLeaves') expect(message.keys.length).toBeLessThan(120)
    if (message.kind === 'KeySync') expect(message.entries.map(({ key }) => key)).toEqual(['k500'])
  }
  expect(rootOf(states.get(a)?.store.get(0))).toBe(rootOf(states.get(b)?.store.get(0)))
})
