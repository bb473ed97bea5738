import { expect, test } from 'vitest'
import { nextTimeScale, timeScaleText } from '../../../renderer/model/timeScale.ts'

test('a run goes slower and faster step by step, between real time and a hundred times slower, wherever it began', () => {
  expect([1, 3, 20, 100].map((scale) => nextTimeScale(scale, 1))).toEqual([2, 5, 50, 100])
  expect([100, 30, 2, 1].map((scale) => nextTimeScale(scale, -1))).toEqual([50, 20, 1, 1])
})

test('it says so', () => {
  expect([1, 20, 2.5].map(timeScaleText)).toEqual(['real time', '20× slower', '2.5× slower'])
})
