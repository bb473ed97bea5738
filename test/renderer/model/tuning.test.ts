/** Sliders that belong together, with those of a protocol that has some. */
import { expect, test } from 'vitest'
import { nodeIds } from '../../../protocols/core/ids.ts'
import { optionsSchema, refuse } from '../../../protocols/dynamo/options.ts'
import { tuning } from '../../../protocols/dynamo/tuning.ts'
import { moved, presetOf, settingsText } from '../../../renderer/model/tuning.ts'

test('what cannot stay so high beside a slider that moves comes down with it, and nothing that hands can do is refused', () => {
  expect(moved(tuning as never, { n: 5, r: 4, w: 2 }, { n: 3 }, 5)).toEqual({ n: 3, r: 3, w: 2 })
  expect(moved(tuning as never, { n: 3, r: 2, w: 2 }, { r: 5 }, 5)).toEqual({ n: 3, r: 3, w: 2 })
  for (const nodes of [1, 3, 4])
    for (const change of [{ n: 9 }, { n: 1 }, { r: 9 }, { w: 9, n: 2 }]) {
      const settings = moved(tuning as never, { n: 3, r: 2, w: 3 }, change, nodes)
      expect(refuse(optionsSchema.parse(settings), nodeIds(nodes)), JSON.stringify(settings)).toBeUndefined()
    }
})

test('settings that have a name are known by it: majorities are more than half', () => {
  const named = tuning.presets.map(({ name, of }) => [name, settingsText(tuning as never, of({ n: 4, r: 1, w: 2 }, 5))])
  expect(named).toEqual([
    ['Majorities', 'N = 4, R = 3, W = 3'],
    ['W = N, R = 1', 'N = 4, R = 1, W = 4'],
    ['W = 1, R = N', 'N = 4, R = 4, W = 1'],
    ['W = 1, R = 1', 'N = 4, R = 1, W = 1'],
  ])
  expect(presetOf(tuning as never, { n: 3, r: 2, w: 2 }, 5)).toBe('Majorities')
  expect(presetOf(tuning as never, { n: 3, r: 2, w: 3 }, 5)).toBeUndefined()
})

test('while a run goes on, what holds is what the node says that knows the latest ring', () => {
  const shown = (epoch: number, quorum: string, member = 'in') => ({ epoch, facts: { quorum, member } })
  expect(tuning.during?.now([shown(5, '3 2 2'), shown(6, '3 1 3'), shown(5, '3 2 2', 'out')])).toEqual({
    settings: { n: 3, r: 1, w: 3 },
    nodes: 2,
  })
  expect(tuning.during?.now([])).toBeUndefined()
})
