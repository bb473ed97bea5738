import { expect, test } from 'vitest'
import { History } from '../../../../renderer/panels/clientbar/history.ts'

test('the arrows walk through what was typed, and back to what was being typed', () => {
  const history = new History(['get x'])
  history.add('put x 1')
  expect(history.back('del')).toBe('put x 1')
  expect(history.back('put x 1')).toBe('get x')
  expect(history.back('get x')).toBe('get x')
  expect(history.forward('get x')).toBe('put x 1')
  expect(history.forward('put x 1')).toBe('del')
  expect(history.forward('del')).toBe('del')
})

test('the same twice in a row is kept once, and no more than the limit', () => {
  const history = new History([], 2)
  for (const line of ['a', 'a', 'b', 'c']) history.add(line)
  expect(history.lines).toEqual(['b', 'c'])
})

test('without a history the arrows leave what is typed alone', () => {
  const history = new History()
  expect(history.back('x')).toBe('x')
  expect(history.forward('x')).toBe('x')
})
