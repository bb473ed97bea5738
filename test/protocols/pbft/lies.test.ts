/** One liar of four, with every lie that there is, as primary and as backup: all that is asked is answered, and nothing breaks (§3). */
import { Map as PersistentMap } from 'immutable'
import { describe, expect, test } from 'vitest'
import { choose } from '../../../main/labChoice.ts'
import { parseScenario } from '../../../main/scenario/parse.ts'
import { runScenario } from '../../../main/scenario/runner.ts'
import { simulatedConfig } from '../../../main/simulate/begin.ts'
import { SimStage } from '../../../main/simulate/stage.ts'
import { type NodeId, nodeIds, runId } from '../../../protocols/core/ids.ts'
import { liesOf } from '../../../protocols/lies/liar.ts'
import { lies } from '../../../protocols/pbft/lies.ts'
import type { Batch } from '../../../protocols/pbft/messages.ts'
import { digestOfBatch } from '../../../protocols/pbft/signing.ts'
import type { PbftState } from '../../../protocols/pbft/state.ts'
import { findProtocol } from '../../../protocols/registry.ts'
import { Listener, type StepSeen } from '../../../protocols/sim/sink.ts'

/** A view change and a replica that must catch up give every lie something to bend. */
const story = (liar: string, lie: string): string => `name: One liar
run: { protocol: pbft, service: kv, nodes: 4, seed: 1, options: { checkpointEvery: 3, window: 9, viewChangeMs: 200, maxBatch: 4 } }
steps:
  - wait: leader
  - tell: ${liar}
    control: lie
    with: { lies: [{ lie: ${lie} }] }
  - load: { clients: 4, rate: 100, operations: 60 }
  - wait: { ms: 250 }
  - pause: n3
  - wait: { ms: 900 }
  - resume: n3
  - wait: idle
  - wait: applied
expect: { operations: ok, applied: equal }
`

class Refusals extends Listener {
  readonly why: string[] = []

  override stepped({ effects }: StepSeen): void {
    for (const effect of effects) if (effect.kind === 'note' && effect.note === 'refuse') this.why.push(String(effect.data.why))
  }
}

async function tell(liar: string, lie: string) {
  const scenario = parseScenario(story(liar, lie), lie)
  const refusals = new Refusals()
  const chosen = choose(simulatedConfig(scenario, scenario.run.seed))
  const stage = new SimStage({ run: runId('lies'), ...chosen, sink: refusals })
  const outcome = await runScenario(stage, { ...scenario, afterwards: 'stop' })
  return { outcome, why: refusals.why }
}

const pbft = findProtocol('pbft')
if (!pbft) throw new Error('PBFT is not registered')

describe.each(liesOf(pbft).map(({ name }) => name))('%s', (lie) => {
  test.each(['n1', 'n2', 'n4'])(
    'by %s',
    async (liar) => {
      const { outcome } = await tell(liar, lie)
      expect(outcome, outcome.why).toMatchObject({ is: 'pass' })
    },
    60_000,
  )
})

test.each([
  { lie: 'forge', by: 'n4', why: /it is not signed by n/ },
  { lie: 'corrupt', by: 'n4', why: /it is not signed by n4/ },
  { lie: 'invent-requests', by: 'n1', why: /is not signed by c/ },
  { lie: 'skip-numbers', by: 'n1', why: /lies outside the water marks/ },
  { lie: 'propose-twice', by: 'n1', why: /other requests were accepted for number/ },
])(
  '$lie is refused with the reason',
  async ({ lie, by, why }) => {
    const { why: found } = await tell(by, lie)
    expect(
      found.some((each) => why.test(each)),
      [...new Set(found)].slice(0, 5).join('; '),
    ).toBe(true)
  },
  60_000,
)

test('the other batch of the other batch is the batch, on the far side of a wire, too', () => {
  const { tell: bend } = lies.find(({ name }) => name === 'equivocate') as (typeof lies)[number]
  const [n1, n2, n3, n4] = nodeIds(4) as [NodeId, NodeId, NodeId, NodeId]
  const request = { client: 'a', timestamp: 1, op: { op: 'get', key: 'x' }, signature: 'x' }
  const proposal = { kind: 'PrePrepare', v: 0, n: 1, d: digestOfBatch([request]), signature: 'x', batch: [request] } as const
  const state = { batches: PersistentMap() } as unknown as PbftState
  const context = { state, nodes: [n1, n2, n3, n4], coin: 0 }
  const told = bend(proposal as never, { ...context, id: n1, to: n4 }) as { d: string; batch: Batch }
  const heard = JSON.parse(JSON.stringify(told.batch)) as Batch
  const liar = { ...context, state: { batches: PersistentMap([[told.d, heard]]) } as unknown as PbftState, id: n4 }
  const prepare = { kind: 'Prepare', v: 0, n: 1, d: told.d, i: n4, signature: 'x' } as const
  expect(bend(prepare, { ...liar, to: n3 })).toMatchObject({ d: proposal.d })
  expect(bend(prepare, { ...liar, to: n2 })).toBeUndefined()
})

test('names of lies are unique, and none is one that any node can tell', () => {
  const names = liesOf(pbft).map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  expect(names.length).toBeGreaterThan(lies.length)
})
