// @vitest-environment happy-dom
/** Rounds in the window: what came of each, who said what in which phase, who knows by now, and the way to its event. */
import { beforeEach, expect, test, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import type { PanelAnswer } from '../../../../main/contract/panel.ts'
import { nodeId } from '../../../../protocols/core/ids.ts'
import { panelInfo, type RoundsWords } from '../../../../protocols/core/panel.ts'
import { RoundBook, type RoundWord } from '../../../../protocols/core/rounds.ts'
import { panel as paxosPanel } from '../../../../protocols/paxos/panel.ts'
import RoundsPane from '../../../../renderer/panels/protocol/RoundsPane.vue'
import { usePanel } from '../../../../renderer/stores/panel.ts'
import { useReadout } from '../../../../renderer/stores/readout.ts'
import { useSelection } from '../../../../renderer/stores/selection.ts'
import { type Bench, bench, until } from '../../stores/bench.ts'
import { canvases, measured, show, sized } from '../mounting.ts'

const words = panelInfo(paxosPanel).views[0] as RoundsWords
const [n1, n2, n3] = ['n1', 'n2', 'n3'].map(nodeId) as [never, never, never]
const first = { name: '1.n1', order: [1, 1] }
const second = { name: '2.n2', order: [2, 2] }
const told: readonly RoundWord[] = [
  { is: 'begins', round: first, by: n1 },
  { is: 'says', round: first, phase: 'promise', node: n3, text: '' },
  { is: 'heard', round: first, phase: 'promise', node: n3 },
  { is: 'asks', round: first, by: n1, phase: 'vote', text: 'X', why: 'its own value' },
  { is: 'says', round: first, phase: 'vote', node: n3, text: 'X' },
  { is: 'begins', round: second, by: n2 },
  { is: 'ends', round: first, how: 'given up', why: 'outbid by 2.n2 (§2.4)' },
  { is: 'says', round: second, phase: 'promise', node: n3, text: 'X in 1.n1' },
  { is: 'says', round: second, phase: 'vote', node: n3, text: 'X' },
  { is: 'says', round: second, phase: 'vote', node: n2, text: 'X' },
  { is: 'learns', node: n2, text: 'X', how: 'by its own ballot' },
]

let it: Bench
beforeEach(async () => {
  canvases()
  sized(800, 300)
  measured(800, 300)
  it = await bench()
  await it.open('Leader crash and partition')
})

async function opened() {
  const book = new RoundBook({ vote: 2 })
  for (const [index, word] of told.entries()) book.enter(word, { seq: index + 1, atUs: 1000 * (index + 1) })
  const { seq, lastSeq } = useReadout().now
  expect(seq).toBeGreaterThan(told.length)
  const { rounds, learned } = book
  const answer: PanelAnswer = {
    kind: 'rounds',
    needs: { vote: 2 },
    total: 2,
    from: 0,
    rounds,
    learned,
    current: 1,
    readSeq: lastSeq,
    lastSeq,
  }
  vi.spyOn(usePanel(), 'ask').mockResolvedValue(answer)
  const pane = show(defineComponent(() => () => h(RoundsPane, { words, active: true })))
  await until(() => pane.findAll('tbody tr').length === 2)
  return pane
}

test('each round says what came of it; votes and promises are told apart, and heard from unheard', async () => {
  const pane = await opened()
  expect(pane.get('[role=status]').text()).toBe('2 ballots')
  const [one, two] = pane.findAll('tbody tr')
  expect(one?.classes()).toContain('failed')
  expect(one?.get('td').attributes('aria-label')).toBe('ballot 1.n1 of n1: given up: outbid by 2.n2 (§2.4)')
  expect(one?.get('.outcome').text()).toContain('outbid by 2.n2')
  expect(two?.get('.outcome').text()).toContain('X chosen')
  expect(two?.classes()).toContain('settled')
  expect(two?.get('td').attributes('aria-label')).toMatch(/^ballot 2\.n2 of n2: X chosen after /)
  const cells = one?.findAll('td').map((cell) => cell.attributes('aria-label'))
  expect(cells?.[3]).toBe('n3, promise in 1.n1: no vote yet, heard by n1; n3, vote in 1.n1: X, not heard by n1')
  expect(cells?.[2]).toBe('n2 said nothing in 1.n1')
  expect(two?.findAll('.said').map((mark) => mark.text())).toEqual(['X', 'X in 1.n1', 'X'])
})

test('who has learned stands below; a click leads to the event', async () => {
  const pane = await opened()
  const learned = pane.get('.learned button')
  expect(learned.text()).toMatch(/^n2\s*X/)
  await learned.trigger('click')
  await until(() => useSelection().selected?.kind === 'event')
  expect(useSelection().selected).toEqual({ kind: 'event', seq: 11 })
  const grid = pane.get('[role=grid]')
  await grid.trigger('keydown', { key: 'Home' })
  await grid.trigger('keydown', { key: 'ArrowRight' })
  expect(grid.attributes('aria-activedescendant')).toMatch(/-0-1$/)
})
