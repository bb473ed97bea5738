/** What a node is told from outside is a step of its own: recorded with what was said, and run again from the recording. */
import { expect, test } from 'vitest'
import { readControl } from '../../../main/liveRun.ts'
import { runConfigSchema } from '../../../protocols/core/config.ts'
import { nodeId, nodeIds } from '../../../protocols/core/ids.ts'
import { kv } from '../../../protocols/services/kv.ts'
import { EventLog } from '../../../protocols/sim/eventLog.ts'
import { Simulation } from '../../../protocols/sim/simulation.ts'
import { chatter } from '../../main/node/chatter.ts'

const control = { name: 'shout', words: 'good morning' }

function told() {
  const log = new EventLog(chatter, 3)
  const config = runConfigSchema.parse({ mode: 'simulation', protocol: 'chatter', nodes: 3, seed: 4 })
  const run = new Simulation({ protocol: chatter, service: kv, config, sink: log.sink })
  run.run(200_000)
  run.tell(nodeId('n2'), control)
  run.run(300_000)
  return { run, events: log.events }
}

test('a control is an action, then a step that holds it, and what it says goes to everybody', () => {
  const { events } = told()
  const action = events.findIndex((event) => event.kind === 'action' && event.action.do === 'control')
  const step = events.find((event) => event.kind === 'step' && event.input.kind === 'control')
  expect(events[action]).toMatchObject({ action: { do: 'control', node: 'n2', control } })
  expect(step).toMatchObject({ node: 'n2', input: { kind: 'control', control }, seq: action + 2 })
  const sends = events.filter((event) => event.kind === 'send' && JSON.stringify(event.body).includes('good morning'))
  expect(sends.map((event) => event.kind === 'send' && event.to)).toEqual(['n1', 'n3'])
})

test('a node that is down hears nothing', () => {
  const { run } = told()
  run.act(nodeId('n3'), 'crash')
  expect(() => run.tell(nodeId('n3'), control)).toThrow('n3 is down: it hears nothing.')
})

test('what nodes of a protocol cannot be told is refused, and it is said what they can', () => {
  const nodes = nodeIds(3)
  expect(readControl(control, chatter, nodes)).toEqual(control)
  expect(() => readControl({ name: 'sing' }, chatter, nodes)).toThrow('Nodes of Chatter cannot be told "sing".')
  expect(() => readControl({ name: 'shout', words: 3 }, chatter, nodes)).toThrow(/words: .*expected string/)
})
