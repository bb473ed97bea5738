/** What may have been meant by a field that nothing known is called like. */
import { expect, test } from 'vitest'
import { misspeltIn } from '../../../protocols/query/misspelt.ts'
import { parseQuery } from '../../../protocols/query/parse.ts'
import { pathsOf } from '../../../protocols/query/paths.ts'
import { raft } from '../../../protocols/raft/index.ts'

const paths = pathsOf(raft)
const mended = (text: string): string => {
  let whole = text
  for (const { place, meant } of misspeltIn(parseQuery(text), paths).toReversed())
    whole = whole.slice(0, place.at) + meant + whole.slice(place.end)
  return whole
}

test.each([
  ['tern>3', 'term>3'],
  ['node:n2 (tern>3 or not prevLogIndx=4)', 'node:n2 (term>3 or not prevLogIndex=4)'],
  ['body.leaderComit>2', 'body.leaderCommit>2'],
  ['boddy.term>2', 'body.term>2'],
  ['fact.comitIndex>=5', 'fact.commitIndex>=5'],
  ['entreis.*.term=2', 'entries.*.term=2'],
  ['entries.0.trem=2', 'entries.0.term=2'],
  ['kynd:drop', 'kind:drop'],
  ['lampor>4', 'lamport>4'],
])('%s: meant may be %s', (text, meant) => expect(mended(text)).toBe(meant))

test.each(['term>3', 'TERM>3', 'entries.length>2', 'seq>3', 'zzzzzzzz>1', '"tern>3"', 'op.kee=x', 'state.lgo=1', 'data.tern=1', 'x=1'])(
  '%s: nothing is to be said',
  (text) => expect(misspeltIn(parseQuery(text), paths)).toEqual([]),
)

test('of a protocol that describes nothing, nothing is said', () => expect(misspeltIn(parseQuery('tern>3'), [])).toEqual([]))
