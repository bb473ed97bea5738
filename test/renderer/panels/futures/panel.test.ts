// @vitest-environment happy-dom
/** When it became inevitable, in the window: only of runs that have ended, a curve whose points open futures, steps that lead to their events. */
import { beforeEach, expect, test } from 'vitest'
import FuturesPanel from '../../../../renderer/panels/futures/FuturesPanel.vue'
import { type Bench, bench, until } from '../../stores/bench.ts'
import { measured, show, sized } from '../mounting.ts'

let it: Bench
beforeEach(async () => {
  sized(800, 300)
  measured(800, 300)
  it = await bench()
})
const SMALL = 'Election Safety: shrunk from A bad afternoon, seed 21'

test('a run that goes on has none yet, and it says so', async () => {
  await it.startLive()
  const panel = show(FuturesPanel)
  expect(panel.text()).toContain('Futures are told of runs that have ended')
  expect(panel.findAll('button')).toHaveLength(0)
})

test('a run of real processes that has ended is asked like a simulation', async () => {
  await it.open('Election safety broken')
  await until(() => it.run.verdict !== undefined)
  const panel = show(FuturesPanel)
  expect(panel.findAll('button').map((each) => each.text())).toContain('Look at the violation')
})

test('the curve of a violation: a point moves the playhead and offers its futures, a step leads to its event', async () => {
  await it.open(SMALL)
  await until(() => it.run.verdict !== undefined)
  const panel = show(FuturesPanel)
  const button = (text: string) => panel.findAll('button').find((each) => each.text().includes(text))
  await button('Look at the violation')?.trigger('click')
  await until(() => panel.findAll('.point').length === 16)
  expect(panel.get('[role=status]').text()).toMatch(/Election Safety.*3,200 futures$/)
  const point = panel
    .findAll('.point')
    .find((each) => each.attributes('aria-label')?.includes(': 36 % of 200 futures, between 31 % and 41 %'))
  await point?.trigger('click')
  await until(() => it.playback.seq > 0 && it.playback.seq < it.run.lastSeq)
  expect(button('Open a future in which it happens')).toBeDefined()
  expect(button('Open one in which it does not')).toBeDefined()
  const steps = panel.findAll('[aria-label=Steps] button')
  expect(steps.map((step) => step.text())).toEqual(['2 % → 36 %n2 stands for term 2', '36 % → 94 %n3 votes for n2'])
  const before = it.playback.seq
  await steps[1]?.trigger('click')
  await until(() => it.playback.seq !== before)
})
