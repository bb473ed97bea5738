import { expect, test } from 'vitest'
import type { Json } from '../../../../protocols/core/json.ts'
import { compact, copyText, isList, TAIL, type TreeView, treeRows } from '../../../../renderer/panels/inspector/tree.ts'

const op = (value: Json) => `op:${JSON.stringify(value)}`
const view = (part: Partial<TreeView> = {}): TreeView => ({ toggled: new Map(), unfolded: new Set(), changed: [], filter: '', op, ...part })
const log = Object.fromEntries(
  Array.from({ length: 40 }, (_, i) => [String(i + 1), { term: 2, kind: 'command', session: 1, seq: i, op: { op: 'put', key: `k${i}` } }]),
)
const state: Json = { currentTerm: 3, votedFor: null, votes: ['n1', 'n2'], log, reads: { round: 4, asked: [] }, leaderId: 'n2' }

test('the first level is shown, what is within is told in a word', () => {
  const rows = treeRows(state, view())
  expect(rows.map(({ key, is, text }) => `${key} ${is} ${text}`)).toEqual([
    'currentTerm value 3',
    'votedFor value none',
    'votes closed n1, n2',
    'log closed 40',
    'reads closed round 4, asked []',
    'leaderId value n2',
  ])
})

test('an open list shows its end, and what comes before when asked', () => {
  const open = view({ toggled: new Map([['log', true]]) })
  const rows = treeRows(state, open)
  const inLog = rows.filter(({ path }) => path.startsWith('log.'))
  expect(inLog).toHaveLength(TAIL)
  expect(inLog.at(-1)).toMatchObject({ key: '40', is: 'closed', text: 'term 2 · op:{"op":"put","key":"k39"}' })
  expect(rows.find(({ is }) => is === 'fold')).toMatchObject({ path: 'log…', text: '32 earlier' })
  expect(treeRows(state, { ...open, unfolded: new Set(['log']) }).filter(({ path }) => path.startsWith('log.'))).toHaveLength(40)
})

test('what the last step changed is marked, with the way to it', () => {
  const rows = treeRows(state, view({ changed: ['currentTerm', 'reads.round', 'log.40'] }))
  const of = (path: string) => rows.find((row) => row.path === path)
  expect(of('currentTerm')?.changed).toBe('self')
  expect(of('reads')).toMatchObject({ changed: 'inside', is: 'open' })
  expect(of('reads.round')?.changed).toBe('self')
  expect(of('reads.asked')?.changed).toBe('no')
  expect(of('log')?.changed).toBe('inside')
  expect(of('log.40')?.changed).toBe('self')
  expect(of('log.39')?.changed).toBe('no')
  // A path that begins alike is another path.
  expect(treeRows({ a: { b: 1 }, ab: 2 }, view({ changed: ['a'] })).find(({ path }) => path === 'ab')?.changed).toBe('no')
})

test('what a person closed stays closed although something in it changed', () => {
  const rows = treeRows(state, view({ changed: ['reads.round'], toggled: new Map([['reads', false]]) }))
  expect(rows.find(({ path }) => path === 'reads')?.is).toBe('closed')
})

test('the filter finds names, values and operations, and shows the way to them', () => {
  expect(treeRows(state, view({ filter: 'LEADER' })).map(({ path }) => path)).toEqual(['leaderId'])
  const found = treeRows(state, view({ filter: 'k17' })).map(({ path }) => path)
  expect(found).toContain('log')
  expect(found).toContain('log.18')
  expect(found).not.toContain('log.17')
  expect(treeRows(state, view({ filter: 'nothing like it' }))).toEqual([])
})

test('arrays and tables keyed by numbers are lists', () => {
  expect([isList([]), isList({ 1: 0, 22: 0 }), isList({ a: 1 }), isList({}), isList(null), isList('x')]).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ])
})

test('an item stands in one line', () => {
  expect(compact({ term: 4, kind: 'noop' }, op)).toBe('term 4 · noop')
  expect(compact({ id: 1, op: 'put x 1', term: 2 }, op)).toBe('term 2 · put x 1')
  expect(compact([1, 2], op)).toBe('[1,2]')
  expect(copyText('plain')).toBe('plain')
  expect(copyText({ a: 1 })).toBe('{\n  "a": 1\n}')
})

test('a state that is not a tree is one row', () => {
  expect(treeRows(7, view())).toMatchObject([{ is: 'value', text: '7' }])
})
