/** Tests on fields of a message's body. */
import { expect, test } from 'vitest'
import type { FieldTest } from '../../../protocols/core/fault.ts'
import { field, holds } from '../../../protocols/net/rule.ts'

const body = {
  kind: 'AppendEntries',
  term: 5,
  leader: 'n1',
  success: true,
  hint: null,
  entries: [{ term: 4, op: { key: 'x' } }, { term: 5 }],
  voters: ['n1', 'n2'],
  'a.b': 1,
}

test.each([
  ['term', 5],
  ['entries.0.term', 4],
  ['entries.0.op.key', 'x'],
  ['entries.length', 2],
  ['entries.2.term', undefined],
  ['leader.length', undefined],
  ['hint', null],
  ['hint.x', undefined],
  ['toString', undefined],
  ['__proto__', undefined],
  ['entries.constructor', undefined],
  ['', undefined],
])('field %s', (path, value) => {
  expect(field(body, path)).toEqual(value)
})

test.each<[string, FieldTest['is'], FieldTest['value'], boolean]>([
  ['term', '=', 5, true],
  ['term', '=', '5', false],
  ['term', '!=', 5, false],
  ['term', '!=', 6, true],
  ['term', '<', 6, true],
  ['term', '<', 5, false],
  ['term', '<=', 5, true],
  ['term', '>', 4, true],
  ['term', '>', 5, false],
  ['term', '>=', 5, true],
  ['term', '>=', 6, false],
  ['term', '>', '4', false],
  ['leader', '<', 'n2', true],
  ['leader', 'contains', '1', true],
  ['leader', 'contains', 1, false],
  ['voters', 'contains', 'n2', true],
  ['voters', 'contains', 'n3', false],
  ['entries', 'contains', 'n3', false],
  ['success', '=', true, true],
  ['success', '>', false, false],
  ['hint', '=', null, true],
  ['absent', '=', null, false],
  ['absent', '!=', 1, true],
  ['absent', '<', 1, false],
  ['absent', 'contains', 1, false],
])('%s %s %s: %s', (path, is, value, want) => {
  expect(holds({ path, is, value }, body)).toBe(want)
})

test('a body that is not JSON has no fields', () => {
  expect(holds({ path: 'term', is: '=', value: 5 }, undefined)).toBe(false)
  expect(holds({ path: 'term', is: '!=', value: 5 }, undefined)).toBe(true)
})
