/** Tables for the pure leaves, against obvious versions of them. */
import { expect, test } from 'vitest'
import type { NodeId } from '../../../protocols/core/ids.ts'
import { agreedIndex } from '../../../protocols/raft/commit.ts'
import { EntryTable, sameEntry } from '../../../protocols/raft/ledger.ts'
import {
  type Entry,
  entriesFrom,
  entryAt,
  firstIndexOfTerm,
  isUpToDate,
  type Log,
  lastIndexOfTerm,
  logOf as logFrom,
  replaceFrom,
  termAt,
} from '../../../protocols/raft/log.ts'
import { raftMessageSchema } from '../../../protocols/raft/messages.ts'
import { optionsSchema } from '../../../protocols/raft/options.ts'
import { initialState } from '../../../protocols/raft/state.ts'
import { recover } from '../../../protocols/raft/storage.ts'
import { kv } from '../../../protocols/services/kv.ts'

const noops = (...terms: number[]): Entry[] => terms.map((term) => ({ term, kind: 'noop' }))
const logOf = (...terms: number[]): Log => logFrom(noops(...terms))

test('entries and terms are found by index from 1; index 0 is before the log', () => {
  const log = logOf(1, 1, 2)
  expect([0, 1, 3, 4].map((index) => termAt(log, index))).toEqual([0, 1, 2, undefined])
  expect([-1, 0, 4].map((index) => entryAt(log, index))).toEqual([undefined, undefined, undefined])
  expect(entriesFrom(log, 2, 10).map(({ term }) => term)).toEqual([1, 2])
  expect(entriesFrom(log, 1, 2)).toHaveLength(2)
  expect(entriesFrom(log, 4, 10)).toEqual([])
})

const upToDate = [
  { name: 'empty against empty', mine: [], term: 0, index: 0, want: true },
  { name: 'the same end', mine: [1, 2], term: 2, index: 2, want: true },
  { name: 'longer in the same term', mine: [1, 2], term: 2, index: 3, want: true },
  { name: 'shorter in the same term', mine: [1, 2, 2], term: 2, index: 2, want: false },
  { name: 'shorter with a higher term', mine: [1, 2, 2], term: 3, index: 1, want: true },
  { name: 'longer with a lower term', mine: [1, 3], term: 2, index: 9, want: false },
]
for (const { name, mine, term, index, want } of upToDate) {
  test(`up to date: ${name}`, () => expect(isUpToDate(logOf(...mine), term, index)).toBe(want))
}

test('the bounds of every term are those that a plain walk finds', () => {
  for (const terms of [[], [1], [1, 1, 1], [1, 1, 4, 4, 5, 5, 6, 6, 6], [2, 3, 3, 7]]) {
    const log = logOf(...terms)
    for (let term = 0; term <= 8; term++) {
      const last = terms.lastIndexOf(term) + 1
      expect(lastIndexOfTerm(log, term)).toBe(last === 0 ? undefined : last)
      if (last > 0) expect(firstIndexOfTerm(log, term)).toBe(terms.indexOf(term) + 1)
    }
  }
})

test('replacing from an index keeps what is before it and leaves the old log as it was', () => {
  const log = logOf(1, 2, 3)
  const replaced = replaceFrom(log, 2, noops(5, 5, 5))
  expect(replaced.entries.map(({ term }) => term).toArray()).toEqual([1, 5, 5, 5])
  expect(replaceFrom(log, 4, noops(4)).entries.size).toBe(4)
  expect(log.entries.map(({ term }) => term).toArray()).toEqual([1, 2, 3])
})

const agreed = [
  { nodes: 1, mine: 7, held: [], want: 7 },
  { nodes: 2, mine: 7, held: [3], want: 3 },
  { nodes: 3, mine: 7, held: [3, 5], want: 5 },
  { nodes: 4, mine: 7, held: [3, 5, 6], want: 5 },
  { nodes: 5, mine: 7, held: [0, 0, 6, 9], want: 6 },
  { nodes: 5, mine: 7, held: [0, 0, 0, 7], want: 0 },
]
for (const { nodes, mine, held, want } of agreed) {
  test(`${nodes} servers that hold ${[mine, ...held].join(', ')} agree up to ${want}`, () => {
    const ids = Array.from({ length: nodes }, (_, i) => `n${i + 1}` as NodeId)
    const state = initialState({ id: ids[0] as NodeId, nodes: ids, members: ids, options: optionsSchema.parse({}), service: kv })
    const progress = Object.fromEntries(
      held.map((matchIndex, i) => [
        ids[i + 1],
        { nextIndex: 1, matchIndex, mode: 'probe' as const, offset: 0, inflight: [], readCtx: 0, isHeard: true },
      ]),
    )
    expect(agreedIndex({ ...state, log: logOf(...Array<number>(mine).fill(1)), progress })).toBe(want)
  })
}

test('a disk is read back to what its last records say', () => {
  const noop = (term: number) => ({ term, kind: 'noop' })
  const began = { index: 0, voters: ['n1' as NodeId], learners: [] }
  const { currentTerm, votedFor, log } = recover(
    [
      { term: 1, vote: 'n1' },
      { from: 1, entries: [noop(1), noop(1), noop(1)] },
      { term: 2, vote: null, from: 2, entries: [noop(2)] },
      { term: 3, vote: 'n2' },
    ],
    began,
  )
  expect({ currentTerm, votedFor, terms: log.entries.map(({ term }) => term).toArray() }).toEqual({
    currentTerm: 3,
    votedFor: 'n2',
    terms: [1, 2],
  })
  expect(() => recover([{ from: 5, entries: [noop(1)] }], began)).toThrow('the disk has entries from 5 on')
})

test('entries are the same when their contents are, whatever the order of keys', () => {
  const entry = (op: object): Entry => ({ term: 1, kind: 'command', session: 2, seq: 1, firstUnacked: 1, op: op as never })
  expect(sameEntry(entry({ op: 'put', key: 'x' }), entry({ key: 'x', op: 'put' }))).toBe(true)
  expect(sameEntry(entry({ op: 'put', key: 'x' }), entry({ op: 'put', key: 'y' }))).toBe(false)
  expect(sameEntry(entry({ op: 'put' }), entry({ op: 'put', key: 'y' }))).toBe(false)
  expect(sameEntry(entry([1, 2]), entry([1, 2, 3]))).toBe(false)
  expect(sameEntry({ term: 1, kind: 'noop' }, { term: 1, kind: 'register' })).toBe(false)
})

test('the table of entries gives what was first seen at an index and term', () => {
  const table = new EntryTable()
  const [a, b] = [{ term: 1, kind: 'noop' } as const, { term: 2, kind: 'noop' } as const]
  expect(table.enter('n1' as NodeId, 1, a, 0)).toBeUndefined()
  expect(table.enter('n2' as NodeId, 1, b, 0)).toBeUndefined()
  expect(table.enter('n3' as NodeId, 1, { ...b }, 0)).toEqual({ entry: b, previousTerm: 0, node: 'n2' })
  expect(table.enter('n3' as NodeId, 1, { ...a }, 0)).toMatchObject({ node: 'n1' })
})

test('options have defaults, and an election timeout that ends before it begins is refused', () => {
  expect(optionsSchema.parse({})).toMatchObject({ electionMsMin: 150, electionMsMax: 300, heartbeatMs: 50 })
  expect(optionsSchema.safeParse({ electionMsMin: 400 }).success).toBe(false)
  expect(optionsSchema.safeParse({ election: 400 }).success).toBe(false)
})

const command = { term: 1, kind: 'command', session: 2, seq: 1, firstUnacked: 1, op: null }
const entryRows: { name: string; entry: unknown; fits: boolean }[] = [
  { name: 'a no-op', entry: { term: 1, kind: 'noop' }, fits: true },
  { name: 'a registration', entry: { term: 1, kind: 'register' }, fits: true },
  { name: 'a command', entry: command, fits: true },
  { name: 'a configuration', entry: { term: 1, kind: 'config', voters: ['n1'], learners: [] }, fits: true },
  { name: 'a joint configuration', entry: { term: 1, kind: 'config', voters: ['n1'], old: ['n2'], learners: [] }, fits: true },
  { name: 'a configuration without voters', entry: { term: 1, kind: 'config', voters: [], learners: [] }, fits: false },
  { name: 'a configuration with more', entry: { term: 1, kind: 'config', voters: ['n1'], learners: [], who: 1 }, fits: false },
  { name: 'nothing', entry: null, fits: false },
  { name: 'an unknown kind', entry: { term: 1, kind: 'nop' }, fits: false },
  { name: 'a broken term', entry: { term: 1.5, kind: 'noop' }, fits: false },
  { name: 'a term as text', entry: { term: '1', kind: 'noop' }, fits: false },
  { name: 'a field too many', entry: { term: 1, kind: 'noop', op: 1 }, fits: false },
  { name: 'a command without an operation', entry: { term: 1, kind: 'command', session: 2, seq: 1, firstUnacked: 1 }, fits: false },
  { name: 'a command with another field instead', entry: { ...command, op: undefined, extra: 1 }, fits: false },
  { name: 'a negative session', entry: { ...command, session: -1 }, fits: false },
  { name: 'a seq of 0', entry: { ...command, seq: 0 }, fits: false },
]
for (const { name, entry, fits } of entryRows) {
  test(`an AppendEntries with ${name} ${fits ? 'fits' : 'does not fit'} its schema`, () => {
    const message = {
      kind: 'AppendEntries',
      term: 1,
      leaderId: 'n1',
      prevLogIndex: 0,
      prevLogTerm: 0,
      entries: [entry],
      leaderCommit: 0,
      readCtx: 0,
    }
    expect(raftMessageSchema.safeParse(message).success).toBe(fits)
  })
}
