import { expect, test } from 'vitest'
import { keyLabels, matches } from '../../../renderer/model/keys.ts'

const press = (key: string, ...held: ('ctrl' | 'meta' | 'shift' | 'alt')[]) => ({
  key,
  ctrlKey: held.includes('ctrl'),
  metaKey: held.includes('meta'),
  shiftKey: held.includes('shift'),
  altKey: held.includes('alt'),
})

test.each([
  ['Space', press(' '), true],
  ['ArrowLeft', press('ArrowLeft'), true],
  ['ArrowLeft', press('ArrowLeft', 'shift'), false],
  ['Shift+ArrowLeft', press('ArrowLeft', 'shift'), true],
  ['Mod+K', press('k', 'ctrl'), true],
  ['Mod+K', press('k', 'meta'), true],
  ['Mod+K', press('k'), false],
  ['H', press('h'), true],
  ['H', press('h', 'ctrl'), false],
  ['H', press('H', 'shift'), false],
  ['?', press('?', 'shift'), true],
  ['[', press('['), true],
  ['[', press('[', 'alt'), false],
  ['+', press('+', 'shift'), true],
  ['1', press('1'), true],
])('%s for %o: %s', (keys, pressed, is) => {
  expect(matches(keys, pressed)).toBe(is)
})

test('keys are called as they are printed', () => {
  expect(keyLabels('Mod+K', false)).toEqual(['Ctrl', 'K'])
  expect(keyLabels('Mod+K', true)).toEqual(['⌘', 'K'])
  expect(keyLabels('Shift+ArrowLeft', false)).toEqual(['Shift', '←'])
  expect(keyLabels('+', false)).toEqual(['+'])
})
