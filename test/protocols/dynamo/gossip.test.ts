/** Who tells whom who is a member (§4.8.1). */
import { expect, test } from 'vitest'
import { nodeId, nodeIds } from '../../../protocols/core/ids.ts'
import type { AnyService } from '../../../protocols/core/service.ts'
import { dynamo } from '../../../protocols/dynamo/index.ts'
import { findService } from '../../../protocols/services/index.ts'

const machine = dynamo.machine(findService('store') as AnyService)
type Taken = ReturnType<typeof machine.step>
type State = Taken['state']

/** Of four nodes the first three are members; n4 is there and does not take part. */
const begun = (node: string): State => {
  const [nodes, options] = [nodeIds(4), dynamo.options.parse({ members: 'n1, n2, n3' })]
  return machine.start({ kind: 'start', id: nodeId(node), nodes, members: nodes, options, recovered: [], nowMs: 0, coin: 0 }).state
}

const receivers = ({ effects }: Taken): string[] => effects.flatMap((effect) => (effect.kind === 'send' ? [effect.to] : []))

/** To whom it goes, whatever the coin says. */
const told = (state: State): string[] => {
  const coins = Array.from({ length: 12 }, (_, coin) => coin)
  const all = coins.flatMap((coin) => receivers(machine.step(state, { kind: 'timer', name: 'gossip', nowMs: 0, coin })))
  return [...new Set(all)].sort()
}

const fresh = { nowMs: 0, coin: 0 }
const joining = () => {
  const [id, nodes] = [nodeId('n4'), nodeIds(4)]
  return machine.step(begun('n4'), { kind: 'control', id, nodes, control: { name: 'join' }, ...fresh })
}

test('members tell members, and nobody on a seat that is empty', () => {
  expect(told(begun('n1'))).toEqual(['n2', 'n3'])
})

test('who is no member may know only who left: it tries everybody, and is told by members once it has said that it joins', () => {
  expect(told(begun('n4'))).toEqual(['n1', 'n2', 'n3'])
  const taken = joining()
  expect(receivers(taken)).toEqual(['n1', 'n2', 'n3'])
  const said = taken.effects.find((effect) => effect.kind === 'send')
  if (said?.kind !== 'send') throw new Error('nothing was said')
  const heard = machine.step(begun('n1'), { kind: 'message', from: nodeId('n4'), message: said.message, ...fresh })
  expect(told(heard.state)).toEqual(['n2', 'n3', 'n4'])
})
