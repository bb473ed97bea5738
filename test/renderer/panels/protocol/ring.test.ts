// @vitest-environment happy-dom
/** The ring in the window, of states of a real cluster: who keeps which key, siblings and hints where they are, and a key's place when it is chosen. */
import { beforeEach, expect, test, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import type { PanelAnswer } from '../../../../main/contract/panel.ts'
import { runConfigSchema } from '../../../../protocols/core/config.ts'
import { nodeId, nodeIds } from '../../../../protocols/core/ids.ts'
import { panelInfo, type RingView, type RingWords } from '../../../../protocols/core/panel.ts'
import { ringOf } from '../../../../protocols/core/ringPicture.ts'
import { dynamo } from '../../../../protocols/dynamo/index.ts'
import { panel as dynamoPanel } from '../../../../protocols/dynamo/panel.ts'
import type { DynamoState } from '../../../../protocols/dynamo/state.ts'
import { store } from '../../../../protocols/services/store.ts'
import { Simulation } from '../../../../protocols/sim/simulation.ts'
import RingPane from '../../../../renderer/panels/protocol/RingPane.vue'
import { ringScene, ringSize } from '../../../../renderer/panels/protocol/ringScene.ts'
import { usePanel } from '../../../../renderer/stores/panel.ts'
import { type Bench, bench, until } from '../../stores/bench.ts'
import { canvases, measured, show, sized } from '../mounting.ts'

const words = panelInfo(dynamoPanel).views[0] as RingWords
const view = dynamoPanel.views[0] as RingView<DynamoState>
const n3 = nodeId('n3')

let it: Bench
beforeEach(async () => {
  canvases()
  sized(900, 500)
  measured(900, 500)
  it = await bench()
  await it.open('Leader crash and partition')
})

/** x has siblings, two clients having read nothing; of y one copy is kept for n3, which is down. */
function pictured(): PanelAnswer {
  const config = runConfigSchema.parse({
    protocol: 'dynamo',
    service: 'store',
    nodes: 5,
    seed: 3,
    options: { partitions: 1, w: 3, antiEntropyMs: 600_000 },
  })
  const run = new Simulation({ protocol: dynamo, service: store, config })
  run.run(200_000)
  run.operate({ op: 'put', key: 'x', value: 'a' }, () => {}, { by: 'one' })
  run.operate({ op: 'put', key: 'x', value: 'b' }, () => {}, { by: 'two' })
  run.run(1_000_000)
  run.act(n3, 'crash')
  run.operate({ op: 'put', key: 'y', value: 'c' }, () => {}, { by: 'one', of: 3 })
  run.run(2_000_000)
  const rows = run.nodes.flatMap((node) => {
    const { state } = run.node(node)
    return state === undefined ? [] : [{ node, isUp: true, ring: view.of(state as DynamoState) }]
  })
  return { kind: 'ring', seq: 1, ...ringOf(rows, { count: 100 }) }
}

test('keys stand with who keeps them and what each node has: siblings, and hints with whom they are for', async () => {
  vi.spyOn(usePanel(), 'ask').mockResolvedValue(pictured())
  const pane = show(defineComponent(() => () => h(RingPane, { words, active: true })))
  await until(() => pane.findAll('tbody tr').length === 2)
  const [x, y] = pane.findAll('tbody tr')
  expect(x?.findAll('.copy.several').map((copy) => copy.text())).toContain('a | b')
  expect(y?.findAll('.copy.kept').map((copy) => copy.text())).toEqual(['c → n3'])
  expect(y?.get('.name').text()).toBe('y ≠')
  expect(pane.findAll('.token').length).toBe(5 * 8)
  expect(pane.get('[role=status]').text()).toMatch(/^2 keys, of 2 the copies differ/)
})

test('a chosen key shows its place and its keepers on the ring', async () => {
  vi.spyOn(usePanel(), 'ask').mockResolvedValue(pictured())
  const pane = show(defineComponent(() => () => h(RingPane, { words, active: true })))
  await until(() => pane.findAll('tbody tr').length === 2)
  expect(pane.findAll('.token.faint').length).toBe(0)
  await pane.get('tbody .name').trigger('click')
  expect(pane.get('tbody .name').attributes('aria-pressed')).toBe('true')
  expect(pane.findAll('.middle').map((text) => text.text())).toEqual(['x', 'n3 → n5 → n4'])
  expect(pane.findAll('.token.faint').length).toBe(2 * 8)
})

test('its picture has every place, key and copy that the panel shows', () => {
  const ring = pictured()
  if (ring.kind !== 'ring') throw new Error('it is no ring')
  const nodes = nodeIds(5)
  const shapes = ringScene(ring, nodes, (token) => token)
  const { width, height } = ringSize(ring, nodes.length)
  const texts = shapes.flatMap((shape) => (shape.is === 'text' ? [shape] : []))
  for (const text of ['x ≠', 'y ≠', 'c → n3', 'a | b']) expect(texts.map((each) => each.text)).toContain(text)
  expect(texts.filter(({ size }) => size === 9)).toHaveLength(5 * 8)
  for (const { x, y } of texts) expect(x > 0 && x < width && y > 0 && y < height).toBe(true)
})
