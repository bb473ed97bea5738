import { expect, test } from 'vitest'
import { runConfigSchema } from '../../../protocols/core/config.ts'
import { nodeId } from '../../../protocols/core/ids.ts'
import { liesOf, withLies } from '../../../protocols/lies/liar.ts'
import { raft as honest } from '../../../protocols/raft/index.ts'
import { kv } from '../../../protocols/services/kv.ts'
import { Simulation } from '../../../protocols/sim/simulation.ts'
import { Listener, type StepSeen } from '../../../protocols/sim/sink.ts'
import { liesText } from '../../../renderer/model/lieText.ts'

const raft = withLies(honest)

test('what a node shows of its lies is told in the words of the form', () => {
  let shown: string | undefined
  class Shown extends Listener {
    override stepped({ node, after }: StepSeen): void {
      if (node === 'n1') shown = raft.observe(after).lies
    }
  }
  const config = runConfigSchema.parse({ mode: 'simulation', nodes: 3, seed: 5 })
  const run = new Simulation({ protocol: raft, service: kv, config, sink: new Shown() })
  run.run(500_000)
  const [first, second] = liesOf(honest)
  if (!first || !second) throw new Error('Raft has no lies')
  const to = [nodeId('n2'), nodeId('n3')]
  run.tell(nodeId('n1'), { name: 'lie', lies: [{ lie: first.name, to, kinds: ['AppendEntries'] }, { lie: second.name }] as never })
  run.run(600_000)
  const words = ({ label }: { readonly label: string }) => label.charAt(0).toLowerCase() + label.slice(1)
  expect(liesText(shown ?? '', liesOf(honest))).toBe(`${words(first)}, to n2, n3, about AppendEntries; ${words(second)}`)
  expect(liesText(shown ?? '', [])).toBe(shown)
})
