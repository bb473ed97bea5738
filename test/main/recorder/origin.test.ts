/** What the scenario of a run says of where the run comes from. */
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { originOf } from '../../../main/recorder/origin.ts'

const shrunk = 'Election Safety: shrunk from A bad afternoon, seed 7'

test.each<[string | undefined, ReturnType<typeof originOf>]>([
  [undefined, {}],
  ['steps: []', {}],
  ['# first\nname: The leader dies # a comment\nrun: {}', { scenario: 'The leader dies' }],
  ["name: 'It''s split'\n", { scenario: "It's split" }],
  [`name: ${JSON.stringify(shrunk)}\n`, { scenario: 'A bad afternoon', shrunk: { failure: 'Election Safety', seed: 7 } }],
  [stringify({ name: shrunk, steps: [] }), { scenario: 'A bad afternoon', shrunk: { failure: 'Election Safety', seed: 7 } }],
  ['name: "no end', {}],
])('%j', (text, origin) => {
  expect(originOf(text)).toEqual(origin)
})
