/** A client that believes nobody alone: whom it asks, under which name, and what it takes for a result. */
import { beforeEach, expect, test } from 'vitest'
import { Compass } from '../../../protocols/clients/compass.ts'
import type { Asker, ClientWorld, Said } from '../../../protocols/clients/desk.ts'
import type { Finished } from '../../../protocols/clients/session.ts'
import { WitnessClient } from '../../../protocols/clients/witness.ts'
import { nodeId, nodeIds } from '../../../protocols/core/ids.ts'
import type { ClientOutcome, ClientRequest } from '../../../protocols/core/input.ts'
import { requestText, verify } from '../../../protocols/core/signature.ts'
import { kv } from '../../../protocols/services/kv.ts'

interface Sent {
  readonly node: number
  readonly request: ClientRequest
  readonly as: number | undefined
}

let nowMs = 0
let names = 0
let sent: Sent[] = []
let said: Said[] = []
let forgotten: number[] = []
let operations = 0

const world: ClientWorld = {
  compass: new Compass(4),
  service: kv,
  manners: { sessions: false, asks: 'leader-then-all' },
  accepts: 2,
  readsAnywhere: false,
  nodeIndex: (node) => nodeIds(4).indexOf(nodeId(node)),
  nextOperation: () => ++operations,
  desk: {
    get atUs() {
      return nowMs * 1000
    },
    beginEvent: () => nowMs * 1000,
    nowMs: (atUs = nowMs * 1000) => atUs / 1000,
    open: (_asker: Asker) => ++names,
    ask(_asker, node, request, _opText, as) {
      sent.push({ node, request, as })
      return as ?? ++names
    },
    forget: (ask) => forgotten.push(ask),
    record: (word) => said.push(word),
  },
}

const put = { op: 'put', key: 'x', value: '1' } as const
const ok = (result: string | null, leader?: string): ClientOutcome =>
  leader === undefined ? { kind: 'ok', result } : { kind: 'ok', result, leader: nodeId(leader) }

let client: WitnessClient
let finished: Finished[]
beforeEach(() => {
  nowMs = 0
  names = 40
  operations = 0
  sent = []
  said = []
  forgotten = []
  finished = []
  world.compass.point(0)
  client = new WitnessClient('c1', world)
  client.operate(put, (result) => finished.push(result))
})

test('it asks whoever leads, with a request that its name has signed, under a name that rises (§4.1)', () => {
  expect(sent).toMatchObject([{ node: 0, as: 41, request: { kind: 'signed', client: 'c1', op: put } }])
  const { request } = sent[0] as Sent
  expect(request.kind === 'signed' && verify('c1', requestText('c1', 41, put), request.signature)).toBe(true)
})

test('one answer is none; two equal ones of different nodes are (f + 1), and lead it to who leads', () => {
  client.onAnswer(41, 3, ok('a lie'))
  client.onAnswer(41, 1, ok('1', 'n3'))
  client.onAnswer(41, 1, ok('1', 'n3')) // said twice is said once
  expect(finished).toEqual([])
  client.onAnswer(41, 2, ok('1', 'n3'))
  expect(finished).toMatchObject([{ operation: 1, outcome: { is: 'ok', result: '1' } }])
  expect(world.compass.node).toBe(2)
  expect(forgotten).toEqual([41])
  expect(said.map(({ is }) => is)).toEqual(['invoke', 'return'])
  client.onAnswer(41, 0, ok('1')) // too late for anything
  expect(finished).toHaveLength(1)
})

test('without enough answers in time it asks everybody, under the same name', () => {
  nowMs = 499
  client.wake(nowMs)
  expect(sent).toHaveLength(1)
  nowMs = 500
  client.wake(nowMs)
  expect(sent.slice(1)).toMatchObject([0, 1, 2, 3].map((node) => ({ node, as: 41 })))
  expect(new Set(sent.map(({ request }) => JSON.stringify(request))).size).toBe(1)
})

test('it gives up after 10 s, and says how many answers it had', () => {
  client.onAnswer(41, 3, ok('a lie'))
  for (nowMs = 0; nowMs <= 10_000; nowMs += 10) client.wake(nowMs)
  expect(finished).toMatchObject([{ outcome: { is: 'unknown', why: '1 of the 2 answers needed came within 10 s' } }])
})

test('answers that contradict each other are no result', () => {
  client.onAnswer(41, 2, ok('1'))
  client.onAnswer(41, 3, ok('2'))
  client.abandon()
  expect(finished).toMatchObject([{ outcome: { is: 'unknown', why: 'no 2 of 2 answers were alike before the run ended' } }])
})

test('who has seen a busy cluster waits longer before everybody is asked', () => {
  for (let i = 0; i < 8; i++) {
    client.operate(put, (it) => finished.push(it))
    nowMs += 400 + (i % 2) * 60
    for (const node of [0, 1]) client.onAnswer(names, node, ok(null))
  }
  expect(finished).toHaveLength(8)
  client.operate(put, (it) => finished.push(it))
  sent = []
  nowMs += 510
  client.wake(nowMs)
  expect(sent).toEqual([])
  nowMs += 400
  client.wake(nowMs)
  expect(sent.map(({ node }) => node)).toEqual([0, 1, 2, 3])
})
