import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EVENT_KINDS } from '../../../../protocols/core/event.ts'
import { CLIENTS, nodeIds } from '../../../../protocols/core/ids.ts'
import { filterOf, formatQuery, parseQuery, toggled } from '../../../../renderer/panels/events/query.ts'

const known = { nodes: nodeIds(5), types: ['RequestVote', 'AppendEntries', 'AppendEntriesReply'] }

test('words with a prefix say where and what, the rest is looked for', () => {
  expect(parseQuery('node:n3 type:AppendEntries term 4', known)).toEqual({
    nodes: ['n3'],
    types: ['AppendEntries'],
    text: 'term 4',
    wrong: [],
  })
  expect(parseQuery('NODE:N1,n2 node:clients type:appendentries,STEP', known)).toMatchObject({
    nodes: ['n1', 'n2', CLIENTS],
    types: ['AppendEntries', 'step'],
  })
  expect(parseQuery('  ', known)).toEqual({ nodes: [], types: [], text: '', wrong: [] })
  expect(parseQuery('"term 4" x', known).text).toBe('term 4 x')
})

test('a node that the run does not have is told, a type that is not known is looked for all the same', () => {
  expect(parseQuery('node:n9 type:Ballot', known)).toMatchObject({ nodes: [], types: ['Ballot'], wrong: ['node:n9'] })
})

test('while one is still typing, nothing is filtered by what has no value yet', () => {
  expect(filterOf(parseQuery('node: type:', known))).toBeUndefined()
  expect(filterOf(parseQuery('', known))).toBeUndefined()
  expect(filterOf(parseQuery('a'.repeat(500), known))?.text).toHaveLength(200)
})

test('what is written back reads as the same', () => {
  const words = fc.array(fc.stringMatching(/^[a-z0-9]{1,6}$/), { maxLength: 3 }).map((parts) => parts.join(' '))
  fc.assert(
    fc.property(fc.subarray([...known.nodes, CLIENTS]), fc.subarray([...known.types, ...EVENT_KINDS]), words, (nodes, types, text) => {
      expect(parseQuery(formatQuery({ nodes, types, text }), known)).toEqual({ nodes, types, text, wrong: [] })
    }),
  )
})

test('a chip puts itself in and takes itself out', () => {
  expect(toggled(['a'], 'b')).toEqual(['a', 'b'])
  expect(toggled(['a', 'b'], 'a')).toEqual(['b'])
})
