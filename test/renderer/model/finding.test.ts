import { expect, test } from 'vitest'
import { rank } from '../../../renderer/model/finding.ts'

const names = ['Show topology', 'Play or pause', 'Stop recording', 'To the beginning', 'Heal all']
const found = (sought: string): string[] => rank(names, sought, (name) => name)

test('an empty search finds everything in its order', () => {
  expect(found('  ')).toEqual(names)
})

test('what begins with it comes first, then words that do, then letters inside', () => {
  expect(found('to')).toEqual(['To the beginning', 'Show topology', 'Stop recording'])
})

test('several words in any order', () => {
  expect(found('pause play')).toEqual(['Play or pause'])
})

test('initials find', () => {
  expect(found('ttb')).toEqual(['To the beginning'])
})

test('nothing is found by letters that are not there', () => {
  expect(found('zq')).toEqual([])
})
