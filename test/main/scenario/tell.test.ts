/** `tell ... until` on a stage whose moment is replaced by another one, as that of a busy live run is. */
import { expect, test } from 'vitest'
import { parseScenario } from '../../../main/scenario/parse.ts'
import { runScenario } from '../../../main/scenario/runner.ts'
import type { Stage } from '../../../main/scenario/stage.ts'
import { nodeId, nodeIds, runId } from '../../../protocols/core/ids.ts'
import { firstMoment, type Moment } from '../../../protocols/core/moment.ts'

const n1 = nodeId('n1')

/** n1 leads; `member` is what it shows. */
function showing(member: string): Moment {
  const moment = firstMoment(nodeIds(3), 1)
  Object.assign(moment.nodes.get(n1) ?? {}, { status: 'up', observation: { role: 'leader', epoch: 1, facts: { member } } })
  return moment
}

test('what holds in the moment that took its place ends the telling', async () => {
  let told = 0
  let moment = showing('out')
  const stage = {
    ...{ run: runId('x'), seed: 1, isExact: true, nowMs: () => told },
    get moment() {
      return moment
    },
    open: async () => undefined,
    close: async () => undefined,
    end: async () => undefined,
    judge: async () => ({ expectations: [] }),
    tell: async () => {
      told += 1
      if (told > 5) throw new Error('told again and again')
      moment = showing('voter')
    },
    until: async (look: () => unknown) => look() || Promise.reject(new Error('it waits in vain')),
  } as unknown as Stage
  const scenario = parseScenario(
    'name: t\nrun: { protocol: raft, nodes: 3 }\nsteps:\n  - tell: leader\n    control: addServer\n    with: { server: n1 }\n    until: { fact: member, of: n1, value: voter }\n',
  )
  expect(await runScenario(stage, scenario)).toMatchObject({ is: 'pass' })
  expect(told).toBe(1)
})
