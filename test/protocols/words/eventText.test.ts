import { expect, test } from 'vitest'
import { loadSchema } from '../../../protocols/core/config.ts'
import type { RunEvent, SendEvent } from '../../../protocols/core/event.ts'
import { CLIENTS, faultId, messageId, nodeId, nodeIds } from '../../../protocols/core/ids.ts'
import { noteWords } from '../../../protocols/core/noteWords.ts'
import { protocols } from '../../../protocols/registry.ts'
import { eventEndpoint, eventSentence, eventText, eventType, type Telling } from '../../../protocols/words/eventText.ts'
import { speechOf } from '../../../protocols/words/speech.ts'

const stamp = { life: 1, step: 4, lamport: 9, clock: [4, 0, 0] }
const message = messageId(0, 1, 7)
const send: SendEvent = {
  kind: 'send',
  seq: 3,
  atUs: 5,
  ...stamp,
  message,
  from: nodeId('n1'),
  to: nodeId('n3'),
  type: 'RequestVote',
  body: { kind: 'RequestVote', term: 3, candidateId: 'n1', lastLogIndex: 0, lastLogTerm: 0 },
}
const cut = { kind: 'cut', target: { links: [[nodeId('n1'), nodeId('n3')]] }, id: faultId('f1') } as const
const telling: Telling = {
  nodes: nodeIds(3),
  speech: speechOf('raft', 'kv'),
  sendOf: (id) => (id === message ? send : undefined),
  faultText: (id) => (id === 'f1' ? 'Cut n1 → n3' : undefined),
}
const at = { seq: 8, atUs: 20 }
const step = (part: Partial<Extract<RunEvent, { kind: 'step' }>>): RunEvent => ({
  kind: 'step',
  ...at,
  ...stamp,
  node: nodeId('n3'),
  nowMs: 3,
  input: { kind: 'timer', name: 'election' },
  sends: { first: 1, count: 0 },
  timers: [],
  persisted: 0,
  notes: [],
  ...part,
})

test('a step says first what the protocol noted, then why, then what it sent', () => {
  const event = step({
    notes: [{ note: 'becomeLeader', data: { term: 3, votes: ['n2', 'n3'] } }],
    input: { kind: 'message', message },
    sends: { first: 1, count: 2 },
  })
  expect(eventText(event, telling)).toBe('becomes leader, term 3, votes n2 n3 · handles RequestVote from n1 · sends 2')
  expect(eventText(step({}), telling)).toBe('wakes on its election timer')
  expect(eventSentence(step({}), telling)).toBe('n3 wakes on its election timer')
  expect(eventText(step({ input: { kind: 'start', recovered: 12 } }), telling)).toBe('starts from its disk (12 records)')
})

test('a delivery is told with its send, and without it by who must have sent it', () => {
  const deliver: RunEvent = { kind: 'deliver', ...at, message, copy: 1 }
  expect(eventText(deliver, telling)).toMatch(/^receives RequestVote from n1 · .*term 3.* \(copy 1\)$/)
  expect(eventEndpoint(deliver, telling)).toBe('n3')
  expect(eventType(deliver, telling)).toBe('RequestVote')
  const unknown: RunEvent = { kind: 'deliver', ...at, message: messageId(3, 1, 2), copy: 0 }
  expect(eventText(unknown, telling)).toBe('receives a message from clients')
  expect(eventEndpoint(unknown, telling)).toBeUndefined()
})

test('a loss names the fault that did it', () => {
  expect(eventText({ kind: 'drop', ...at, message, copy: 0, why: { fault: faultId('f1') } }, telling)).toMatch(/ lost: Cut n1 → n3$/)
  expect(eventText({ kind: 'drop', ...at, message, copy: 0, why: { fault: faultId('f9') } }, telling)).toMatch(/ lost: fault f9$/)
  expect(eventText({ kind: 'drop', ...at, message, copy: 0, why: 'receiver-down' }, telling)).toMatch(/its receiver was down$/)
})

test('every kind of event has words and, where it has one, a place', () => {
  const events: [RunEvent, string, string | undefined][] = [
    [{ kind: 'hold', ...at, message, fault: faultId('f1') }, 'waits at a gate', 'n3'],
    [{ kind: 'checkpoint', ...at, node: nodeId('n2'), life: 1, step: 50, hash: 'x', state: null }, 'records its state after step 50', 'n2'],
    [
      { kind: 'node', ...at, node: nodeId('n2'), change: { is: 'down', asked: false, reason: 'killed by SIGSEGV' } },
      'is down unasked: killed by SIGSEGV',
      'n2',
    ],
    [{ kind: 'node', ...at, node: nodeId('n2'), change: { is: 'up', pid: 77, life: 2 } }, 'is up, process 77, life 2', 'n2'],
    [
      { kind: 'action', ...at, action: { do: 'arm', fault: { ...cut, target: { links: [[nodeId('n1'), nodeId('n3')]] } } } },
      'Cut n1 → n3',
      undefined,
    ],
    [{ kind: 'action', ...at, action: { do: 'load', load: null } }, 'Load off', undefined],
    [
      { kind: 'action', ...at, action: { do: 'load', load: { ...loadSchema.parse({}), clients: 1, rate: 0 } } },
      'Load: 1 client, as fast as replies come',
      undefined,
    ],
    [{ kind: 'action', ...at, action: { do: 'lift', fault: faultId('f1') } }, 'Lift: Cut n1 → n3', undefined],
    [{ kind: 'action', ...at, action: { do: 'lift', fault: faultId('f9') } }, 'Lift: f9', undefined],
    [
      { kind: 'action', ...at, action: { do: 'release', fault: faultId('f1'), message } },
      'Let a held message through: Cut n1 → n3',
      undefined,
    ],
    [
      {
        kind: 'action',
        ...at,
        action: {
          do: 'control',
          node: nodeId('n1'),
          control: {
            name: 'lie',
            lies: [
              { lie: 'equivocate', kinds: ['Prepare'] },
              { lie: 'silent', to: ['n2'] },
            ],
          },
        },
      },
      'Tell n1: lie, equivocate about Prepare; silent to n2',
      'n1',
    ],
    [{ kind: 'action', ...at, action: { do: 'node', node: nodeId('n2'), what: 'wipe' } }, 'Wipe the disk of n2', 'n2'],
    [{ kind: 'action', ...at, action: { do: 'timeScale', scale: 20 } }, 'Slow the run 20 times', undefined],
    [
      { kind: 'action', ...at, action: { do: 'clock', node: nodeId('n2'), skewMs: -40, driftPpm: 200 } },
      'The clock of n2 is 40 ms behind and goes 0.02 % too fast',
      'n2',
    ],
    [{ kind: 'action', ...at, action: { do: 'clock', node: nodeId('n2'), skewMs: 0, driftPpm: 0 } }, 'The clock of n2 is right', 'n2'],
    [
      { kind: 'action', ...at, action: { do: 'disk', node: nodeId('n2'), syncMs: { min: 20, max: 150.25 } } },
      'The disk of n2 is slow: a sync takes 20 ms to 150.25 ms',
      'n2',
    ],
    [{ kind: 'invoke', ...at, ...stamp, operation: 1, client: 'you', op: { op: 'put', key: 'x', value: '1' } }, 'you ask put x 1', CLIENTS],
    [{ kind: 'invoke', ...at, ...stamp, operation: 1, client: 'c1', op: { op: 'put', key: 'x', value: '1' } }, 'c1 asks put x 1', CLIENTS],
    [{ kind: 'return', ...at, ...stamp, operation: 1, client: 'you', outcome: { is: 'ok', result: null } }, 'you get ', CLIENTS],
    [
      { kind: 'return', ...at, ...stamp, operation: 1, client: 'you', outcome: { is: 'unknown', why: 'no answer' } },
      'you: outcome unknown, no answer',
      CLIENTS,
    ],
    [{ kind: 'reject', ...at, where: 'link n1 → n2', why: 'bad magic' }, 'rejected at link n1 → n2: bad magic', undefined],
    [{ kind: 'output', ...at, node: nodeId('n1'), stream: 'err', line: 'oops' }, 'oops', 'n1'],
  ]
  for (const [event, words, place] of events) {
    expect(eventText(event, telling)).toContain(words)
    expect(eventEndpoint(event, telling)).toBe(place)
    expect(eventSentence(event, telling).length).toBeGreaterThan(3)
  }
})

test('notes are read out in words', () => {
  const { note } = speechOf('another protocol', 'kv')
  expect(note('becomeCandidate', { term: 2 })).toBe('becomes candidate, term 2')
  expect(note('stepDown', {})).toBe('steps down')
  expect(note('missQuorum', {})).toBe('misses quorum')
  expect(note('writeDone', { key: 'x' })).toBe('write done, key x')
  expect(note('becomeLeader', { votes: nodeIds(15) })).toBe(`becomes leader, votes ${nodeIds(15).join(' ')}`)
  expect(note('becomeLeader', { votes: [...nodeIds(15), ...nodeIds(3)], at: [1, 2, 3, 4, 5] })).toBe('becomes leader, votes [18], at [5]')
})

test('a protocol may tell a note in a sentence of its own; what is not as it should be is told all the same', () => {
  const dynamo = speechOf('dynamo', 'store')
  expect(dynamo.note('readDone', { key: 'x', nodes: ['n3', 'n1'] })).toBe('completes the read of x, by what n3 n1 had')
  expect(dynamo.note('giveUp', { key: 'x', what: 'read', have: 1, needs: 2 })).toBe('gives up a read of x: 1 of 2 answered in time')
  const raft = speechOf('raft', 'kv')
  expect(raft.note('stepDown', { term: 3, waiting: 1 })).toBe('steps down in term 3, 1 request waiting')
  expect(raft.note('stepDown', { term: 3, waiting: 0 })).toBe('steps down in term 3')
  expect(raft.note('stepDown', { term: 3 })).toBe('steps down, term 3')
  expect(raft.note('becomeLeader', { term: 3, votes: ['n1', 'n2'] })).toBe('becomes leader, term 3, votes n1 n2')
  const configuration = { index: 7, voters: ['n2', 'n3'], old: ['n1', 'n2'], learners: ['n4'] }
  expect(raft.note('useConfiguration', configuration)).toBe('uses the configuration of index 7: n1 n2 and n2 n3, learners n4')
  expect(speechOf('pbft', 'kv').note('prepared', { view: 0, n: 2, d: 'abcdef0123456789' })).toBe('has prepared number 2 in view 0, abcdef')
})

test('a note is told as what its node does', () => {
  for (const { name, notes } of protocols)
    for (const note of notes) {
      const words = note.says?.({}) ?? noteWords(note.name)
      expect(/^([a-z]+s|has)\b/.test(words), `${name}: ${note.name} is told as “n1 ${words}”`).toBe(true)
    }
})

test('an answer is told with what was asked, when that is known', () => {
  const asked = { ...telling, opOf: (operation: number) => (operation === 1 ? { op: 'put', key: 'x', value: '7' } : undefined) }
  const returned = (operation: number, outcome: object) =>
    ({ kind: 'return', ...at, ...stamp, operation, client: 'c1', outcome }) as RunEvent
  expect(eventText(returned(1, { is: 'ok', result: null }), asked)).toBe('c1 gets ok · put x 7')
  expect(eventText(returned(2, { is: 'ok', result: null }), asked)).toBe('c1 gets null')
  expect(eventText(returned(1, { is: 'unknown', why: 'no answer' }), asked)).toBe('c1: outcome unknown, no answer · put x 7')
})

test('an answer is told as the service tells it, though what was asked is not known', () => {
  const result = { siblings: ['a', null, '(none)'], context: { 'n1-x': 2 } }
  const returned: RunEvent = { kind: 'return', ...at, ...stamp, operation: 4, client: 'reader', outcome: { is: 'ok', result } }
  const store = { ...telling, speech: speechOf('dynamo', 'store') }
  expect(eventText(returned, store)).toBe('reader gets a | (deleted) | "(none)"')
  const reply: SendEvent = { ...send, type: 'ClientReply', body: { kind: 'ClientReply', id: 1, outcome: { kind: 'ok', result } } }
  expect(eventText(reply, store)).toBe('ClientReply → n3 · ok a | (deleted) | "(none)"')
  expect(eventText({ ...returned, outcome: { is: 'ok', result: 7 } }, store)).toBe('reader gets 7')
})
