/** What is kept of what was made of late. */
import { expect, test } from 'vitest'
import { Recent } from '../../../main/recorder/recent.ts'

test('what was not asked for longest is made again, all else is not', () => {
  const recent = new Recent<string>(3)
  const made: string[] = []
  const get = (key: string) =>
    recent.get(key, () => {
      made.push(key)
      return key.toUpperCase()
    })
  expect(['a', 'b', 'c', 'a', 'd', 'a', 'c', 'b'].map(get)).toEqual(['A', 'B', 'C', 'A', 'D', 'A', 'C', 'B'])
  expect(made).toEqual(['a', 'b', 'c', 'd', 'b'])
  expect(recent.peek('d')).toBeUndefined()
  expect(recent.peek('c')).toBe('C')
})
