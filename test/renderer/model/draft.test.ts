import { expect, test } from 'vitest'
import { runConfigSchema } from '../../../protocols/core/config.ts'
import { info } from '../../../renderer/client/fake/info.ts'
import { configOf, draftText, newDraft, refusalOf } from '../../../renderer/model/draft.ts'

const raft = info.protocols[0]

test('what the form comes to is a configuration that the lab takes', () => {
  const draft = { ...newDraft(raft, 'kv'), withLoad: true, name: '  My run ' }
  const config = runConfigSchema.parse(configOf(draft, raft))
  expect(config).toMatchObject({
    name: 'My run',
    protocol: 'raft',
    service: 'kv',
    nodes: 7,
    spares: 2,
    load: { clients: 4, mix: { read: 5, write: 4, cas: 1 } },
  })
})

test('only the options that were changed are sent', () => {
  const draft = newDraft(raft, 'kv')
  draft.options = { ...draft.options, heartbeatMs: 20 }
  expect(configOf(draft, raft).options).toEqual({ heartbeatMs: 20 })
})

test('without a load none is sent, and no empty name', () => {
  const config = configOf(newDraft(raft, 'kv'), raft)
  expect(config).not.toHaveProperty('load')
  expect(config).not.toHaveProperty('name')
})

test.each([
  [1, '1 process; none may fail.'],
  [3, '3 processes; one may fail.'],
  [4, '4 processes; one may fail.'],
  [5, '5 processes; 2 may fail.'],
])('%i nodes: %s', (nodes, text) => {
  expect(draftText({ ...newDraft(raft, 'kv'), nodes, spares: 0 }, 'real')).toBe(text)
})

test('simulated nodes are not called processes', () => {
  expect(draftText({ ...newDraft(raft, 'kv'), nodes: 3, timeScale: 20 }, 'simulation')).toBe(
    '3 simulated nodes, and room for 2 more, 20 times slower than life; one may fail.',
  )
})

test('what a protocol bears is said in its own words, and what it refuses is said before anything starts', () => {
  const pbft = { ...newDraft(raft, 'kv'), protocol: 'pbft', options: {}, spares: 0 }
  expect(draftText({ ...pbft, nodes: 4 }, 'real')).toBe('4 processes; one may fail or lie.')
  expect(draftText({ ...pbft, nodes: 7 }, 'real')).toBe('7 processes; 2 may fail or lie.')
  expect(refusalOf({ ...pbft, nodes: 7 })).toBeUndefined()
  expect(refusalOf({ ...pbft, nodes: 6, options: { f: 2 } })).toMatch(/7/)
})
