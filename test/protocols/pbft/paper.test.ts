/** What the paper says, claim by claim, on a stage where nothing moves unless the test says so: four replicas, f = 1. */
import { describe, expect, test } from 'vitest'
import { type NodeId, nodeId, nodeIds } from '../../../protocols/core/ids.ts'
import { requestText, sign } from '../../../protocols/core/signature.ts'
import { wrongViewChange } from '../../../protocols/pbft/certificates.ts'
import { pbft } from '../../../protocols/pbft/index.ts'
import type {
  Batch,
  Checkpoint,
  Commit,
  NewView,
  PbftMessage,
  PrePrepare,
  Prepare,
  Prepared,
  Proposal,
  ViewChange,
} from '../../../protocols/pbft/messages.ts'
import { compute, wrongNewView } from '../../../protocols/pbft/newView.ts'
import { highMark, mostFaulty, quorum, refuseCluster, weakQuorum } from '../../../protocols/pbft/quorums.ts'
import { digestOfBatch, NULL_DIGEST, signed } from '../../../protocols/pbft/signing.ts'
import { optionsSchema, type PbftState } from '../../../protocols/pbft/state.ts'
import { kv } from '../../../protocols/services/kv.ts'
import { Stage } from '../../support/stage.ts'

const nodes = nodeIds(4)
const [n1, n2, n3, n4] = nodes as [NodeId, NodeId, NodeId, NodeId]
type PbftStage = Stage<PbftState, PbftMessage>

const stageOf = (options: object = {}): PbftStage => new Stage<PbftState, PbftMessage>(pbft as never, kv, { nodes: 4, options })

const op = (value: string) => ({ op: 'put', key: 'x', value })
const ask = (stage: PbftStage, node: string, client: string, timestamp: number, value: string): number =>
  stage.request(node, { kind: 'signed', client, op: op(value), signature: sign(client, requestText(client, timestamp, op(value))) })
const batchOf = (client: string, timestamp: number, value: string): Batch => [
  { client, timestamp, op: op(value), signature: sign(client, requestText(client, timestamp, op(value))) },
]

const prePrepare = (by: NodeId, v: number, n: number, d: string): PrePrepare => signed<PrePrepare>(by, { kind: 'PrePrepare', v, n, d })
const proposal = (by: NodeId, v: number, n: number, batch: Batch): Proposal => ({
  ...prePrepare(by, v, n, digestOfBatch(batch)),
  batch: [...batch],
})
const prepare = (i: NodeId, v: number, n: number, d: string): Prepare => signed<Prepare>(i, { kind: 'Prepare', v, n, d, i })
const commit = (i: NodeId, v: number, n: number, d: string): Commit => signed<Commit>(i, { kind: 'Commit', v, n, d, i })
const checkpoint = (i: NodeId, n: number, d: string): Checkpoint => signed<Checkpoint>(i, { kind: 'Checkpoint', n, d, i })
const prepared = (v: number, n: number, d: string): Prepared => {
  const primary = nodes[v % 4] as NodeId
  const backups = nodes.filter((node) => node !== primary)
  return { prePrepare: prePrepare(primary, v, n, d), prepares: backups.slice(0, 2).map((i) => prepare(i, v, n, d)) }
}
const viewChange = (i: NodeId, v: number, n: number, P: readonly Prepared[], state = 'state'): ViewChange =>
  signed<ViewChange>(i, {
    kind: 'ViewChange',
    v,
    n,
    C: n === 0 ? [] : [n1, n2, n3].map((node) => checkpoint(node, n, state)),
    P: [...P],
    i,
  })
const newView = (by: NodeId, v: number, V: readonly ViewChange[], digests: readonly (readonly [number, string])[]): NewView =>
  signed<NewView>(by, { kind: 'NewView', v, V: [...V], O: digests.map(([n, d]) => prePrepare(by, v, n, d)) })
const cluster = { nodes, options: optionsSchema.parse({}) }

const refusals = (stage: PbftStage, node: string): string[] => {
  const found: string[] = []
  stage.onEffect = (by, effect) => {
    if (by === node && effect.kind === 'note' && effect.note === 'refuse') found.push(String(effect.data.why))
  }
  return found
}

test.each([
  { nodes: 4, f: 0, needs: 3, weak: 2 },
  { nodes: 7, f: 0, needs: 5, weak: 3 },
  { nodes: 5, f: 0, needs: 4, weak: 2 },
  { nodes: 6, f: 0, needs: 4, weak: 2 },
  { nodes: 7, f: 1, needs: 5, weak: 2 },
  { nodes: 31, f: 0, needs: 21, weak: 11 },
])('$nodes replicas that bear $f: two quorums of $needs share an honest one (§3)', ({ nodes: size, f, needs, weak }) => {
  const of = { nodes: nodeIds(size), options: optionsSchema.parse({ f }) }
  expect(quorum(of)).toBe(needs)
  expect(weakQuorum(of)).toBe(weak)
  expect(2 * needs - size).toBeGreaterThanOrEqual(weak)
})

test('too few nodes for the wanted f are refused with the reason (§3)', () => {
  expect(refuseCluster(optionsSchema.parse({ f: 2 }), 6)).toMatch(/3f \+ 1 = 7 nodes, and there are 6/)
  expect(refuseCluster(optionsSchema.parse({ f: 2 }), 7)).toBeUndefined()
  expect(refuseCluster(optionsSchema.parse({}), 3)).toBeUndefined()
  expect(mostFaulty(3)).toBe(0)
})

test('normal case, replica n4 silent: 2 Prepares of backups, 3 Commits, executed at 3 (§4.2, Fig. 1)', () => {
  const stage = stageOf()
  stage.crash('n4')
  const id = ask(stage, 'n1', 'a', 1, '1')
  expect(stage.inFlight.map(({ message, to }) => `${message.kind} ${to}`)).toEqual(['PrePrepare n2', 'PrePrepare n3', 'PrePrepare n4'])
  stage.settle(['n1', 'n2', 'n3'])
  for (const node of ['n1', 'n2', 'n3']) {
    const { lastExecuted, slots } = stage.state(node)
    expect(lastExecuted).toBe(1)
    expect(slots.get(1)?.prepared?.prepares.map(({ i }) => i)).toEqual(['n2', 'n3'])
    expect(slots.get(1)?.committed?.map(({ i }) => i)).toEqual(['n1', 'n2', 'n3'])
  }
  expect(stage.replies.get(id)).toEqual({ kind: 'ok', result: null, leader: 'n1' })
})

describe('a backup accepts a PrePrepare (§4.2) unless', () => {
  const good = batchOf('a', 1, '1')
  const forged = [{ ...good[0], op: op('2') }] as unknown as Batch
  test.each([
    { name: 'it is signed by another than the primary', message: { ...proposal(n3, 0, 1, good) }, why: /not signed by n1/ },
    { name: 'it lies above the high mark', message: proposal(n1, 0, 201, good), why: /number 201 lies outside the water marks 0 and 200/ },
    {
      name: 'its requests have another digest',
      message: { ...proposal(n1, 0, 1, good), batch: [...batchOf('a', 1, '2')] },
      why: /another digest/,
    },
    { name: 'the client did not sign', message: proposal(n1, 0, 1, forged), why: /request 1 is not signed by a/ },
    { name: 'it has no requests', message: proposal(n1, 0, 1, []), why: /without requests/ },
  ])('$name', ({ message, why }) => {
    const stage = stageOf()
    const found = refusals(stage, 'n2')
    stage.inject('n2', 'n1', message)
    expect(found).toEqual([expect.stringMatching(why)])
    expect(stage.state('n2').slots.get(message.n)?.prePrepare).toBeUndefined()
    expect(stage.inFlight).toEqual([])
  })

  test('it accepted other requests for this number in this view', () => {
    const stage = stageOf()
    stage.inject('n2', 'n1', proposal(n1, 0, 1, good))
    const found = refusals(stage, 'n2')
    stage.inject('n2', 'n1', proposal(n1, 0, 1, batchOf('b', 2, '2')))
    expect(found).toEqual([expect.stringMatching(/other requests were accepted for number 1 in view 0/)])
    expect(stage.state('n2').slots.get(1)?.prePrepare?.d).toBe(digestOfBatch(good))
  })
})

test('an equivocating primary: b is prepared at n3 and n4, a nowhere; the view change keeps b (§4.2, §4.4)', () => {
  const stage = stageOf()
  const [a, b] = [batchOf('a', 1, 'a'), batchOf('b', 2, 'b')]
  const d = digestOfBatch(b)
  stage.inject('n2', 'n1', proposal(n1, 0, 1, a))
  for (const node of ['n3', 'n4']) stage.inject(node, 'n1', proposal(n1, 0, 1, b))
  stage.settle(['n2', 'n3', 'n4'])
  expect(stage.state('n2').slots.get(1)?.prepared).toBeUndefined()
  for (const node of ['n3', 'n4']) {
    expect(stage.state(node).slots.get(1)?.prepared?.prePrepare.d).toBe(d)
    expect(stage.state(node).lastExecuted).toBe(0) // two Commits of three
  }
  for (const node of ['n2', 'n3', 'n4']) stage.timer(node, 'viewChange')
  stage.settle(['n2', 'n3', 'n4'])
  for (const node of ['n2', 'n3', 'n4']) {
    const { view, lastExecuted, slots, newView: begun } = stage.state(node)
    expect({ view, lastExecuted: Math.min(lastExecuted, 1) }).toEqual({ view: 1, lastExecuted: 1 })
    expect(slots.get(1)?.committed?.[0]).toMatchObject({ v: 1, d })
    expect(begun?.O).toMatchObject([{ v: 1, n: 1, d }])
  }
})

test('O with a gap: 5 again, 6 null, 7 again; what lies below the latest checkpoint is not proposed again (§4.4)', () => {
  const below = [1, 2, 3, 4].map((n) => prepared(0, n, `d${n}`))
  const V = [viewChange(n2, 1, 4, [prepared(0, 5, 'd5')]), viewChange(n3, 1, 0, [...below, prepared(0, 7, 'd7')]), viewChange(n4, 1, 4, [])]
  const digests = [
    { n: 5, d: 'd5' },
    { n: 6, d: NULL_DIGEST },
    { n: 7, d: 'd7' },
  ]
  expect(compute(V)).toEqual({ minS: 4, maxS: 7, digests })
})

test('of two certificates for a number that of the highest view counts, wherever it stands (§4.4)', () => {
  const [low, high] = [viewChange(n2, 5, 0, [prepared(2, 1, 'd')]), viewChange(n3, 5, 0, [prepared(4, 1, 'e')])]
  expect(compute([low, high]).digests).toEqual([{ n: 1, d: 'e' }])
  expect(compute([high, low]).digests).toEqual([{ n: 1, d: 'e' }])
})

describe('a NewView holds only', () => {
  const V = [viewChange(n2, 1, 0, [prepared(0, 1, 'd1')]), viewChange(n3, 1, 0, []), viewChange(n4, 1, 0, [])] as const
  test.each([
    { name: 'with what follows', message: newView(n2, 1, V, [[1, 'd1']]), why: undefined },
    { name: 'not with null in its place', message: newView(n2, 1, V, [[1, NULL_DIGEST]]), why: /at number 1 it has not what follows/ },
    { name: 'not with fewer numbers', message: newView(n2, 1, V, []), why: /0 numbers where 1 follow/ },
    { name: 'not with 2f ViewChanges', message: newView(n2, 1, V.slice(0, 2), [[1, 'd1']]), why: /2 ViewChanges are fewer than 3/ },
    { name: 'not with one twice', message: newView(n2, 1, [V[0], V[1], V[1]], [[1, 'd1']]), why: /two of its ViewChanges/ },
    {
      name: 'not with one for another view',
      message: newView(n2, 1, [V[0], V[1], viewChange(n4, 2, 0, [])], [[1, 'd1']]),
      why: /asks for view 2/,
    },
  ])('$name', ({ message, why }) => {
    const found = wrongNewView(cluster, message)
    if (why) expect(found).toMatch(why)
    else expect(found).toBeUndefined()
  })

  test('a backup that waits for the view and is shown a wrong one goes on to the next (§4.4)', () => {
    const stage = stageOf()
    for (const from of [n2, n4]) stage.inject('n3', from, viewChange(from, 1, 0, []))
    expect(stage.state('n3')).toMatchObject({ view: 1, active: false, waiting: 'newView' })
    const found = refusals(stage, 'n3')
    stage.inject('n3', 'n2', newView(n2, 1, V, [[1, NULL_DIGEST]]))
    expect(found).toHaveLength(1)
    expect(stage.state('n3')).toMatchObject({ view: 2, active: false })
  })
})

describe('a ViewChange holds only (§4.4)', () => {
  const twice = prepare(n2, 0, 1, 'd')
  const certificate = prepared(0, 1, 'd')
  test.each([
    { name: 'with a proof of its checkpoint', message: viewChange(n3, 1, 100, []), why: undefined },
    { name: 'not with a proof for another number', message: { ...viewChange(n3, 1, 100, []), n: 200 }, why: /not signed/ },
    {
      name: 'not with Prepares of one backup counted twice',
      message: viewChange(n3, 1, 0, [{ ...certificate, prepares: [twice, twice] }]),
      why: /two of the Prepares of 1 are of one replica/,
    },
    {
      name: 'not with a Prepare of the primary',
      message: viewChange(n3, 1, 0, [{ ...certificate, prepares: [twice, prepare(n1, 0, 1, 'd')] }]),
      why: /of the primary/,
    },
    { name: 'not with one number twice', message: viewChange(n3, 5, 0, [certificate, prepared(4, 1, 'e')]), why: /stands in P twice/ },
    { name: 'not with a certificate of its own view', message: viewChange(n3, 1, 0, [prepared(1, 1, 'd')]), why: /not before view 1/ },
    { name: 'not above the high mark', message: viewChange(n3, 1, 0, [prepared(0, 201, 'd')]), why: /outside the water marks/ },
    { name: 'not in another’s name', message: { ...viewChange(n3, 1, 0, []), i: n4 }, why: /not signed by n4/ },
  ])('$name', ({ message, why }) => {
    const found = wrongViewChange(cluster, message)
    if (why) expect(found).toMatch(why)
    else expect(found).toBeUndefined()
  })
})

test('f + 1 that ask for later views are followed, to the lowest of these; one alone is not (§4.5.2)', () => {
  const stage = stageOf()
  stage.inject('n4', 'n1', viewChange(n1, 9, 0, []))
  expect(stage.state('n4')).toMatchObject({ view: 0, active: true })
  stage.inject('n4', 'n2', viewChange(n2, 3, 0, []))
  expect(stage.state('n4')).toMatchObject({ view: 3, active: false })
})

test('2f + 1 equal Checkpoints make one stable, whatever the fourth says; the marks move, and what is older goes (§4.3)', () => {
  const stage = stageOf({ checkpointEvery: 1, window: 2 })
  stage.inject('n2', 'n4', checkpoint(n4, 1, 'nonsense'))
  ask(stage, 'n1', 'a', 1, '1')
  stage.settle()
  for (const node of ['n1', 'n2', 'n3']) {
    const state = stage.state(node)
    expect(state.stable.n).toBe(1)
    expect(highMark(state)).toBe(3)
    expect([...state.slots.keys()]).toEqual([])
    expect([...state.batches.keys()]).toEqual([])
  }
})

test('a proved checkpoint ahead is fetched; a state that is not what was signed is refused, and another replica asked (§4.3)', () => {
  const stage = stageOf({ checkpointEvery: 1, window: 2 })
  ask(stage, 'n1', 'a', 1, '1')
  stage.settle(['n1', 'n2', 'n3'])
  stage.dropAll()
  const { proof } = stage.state('n1').stable
  for (const each of proof) stage.inject('n4', each.i, each)
  const { transfer } = stage.state('n4')
  expect(transfer).toMatchObject({ n: 1, pieces: [] })
  const asked = transfer?.from as string
  const found = refusals(stage, 'n4')
  stage.inject('n4', asked, { kind: 'StateChunk', n: 1, d: transfer?.d as string, part: 0, parts: 1, text: '{}' })
  expect(found).toEqual([expect.stringMatching(/does not have the digest that 3 replicas signed/)])
  const next = stage.state('n4').transfer?.from
  expect(next).not.toBe(asked)
  stage.settle()
  expect(stage.state('n4')).toMatchObject({ lastExecuted: 1, transfer: undefined })
  expect(stage.state('n4').stable.n).toBe(1)
})

test('a request is executed once, and answered again as often as it is asked (§4.1)', () => {
  const stage = stageOf()
  const first = ask(stage, 'n1', 'a', 1, '1')
  stage.settle()
  stage.replies.delete(first)
  const again = { kind: 'Request', request: (batchOf('a', 1, '1') as [Batch[0] & object])[0] } as const
  stage.inject('n2', 'n3', again as PbftMessage)
  expect(stage.replies.get(first)).toMatchObject({ kind: 'ok' })
  expect(stage.inFlight).toEqual([])
  expect(stage.state('n2').lastExecuted).toBe(1)
})

test('a replica that comes back knows what it accepted, prepared and committed', () => {
  const stage = stageOf()
  ask(stage, 'n1', 'a', 1, '1')
  stage.settle()
  ask(stage, 'n1', 'a', 2, '2')
  stage.deliver({ from: 'n1', to: 'n2', kind: 'PrePrepare' })
  stage.crash('n2')
  stage.start('n2')
  const { lastExecuted, slots } = stage.state('n2')
  expect(lastExecuted).toBe(1)
  expect(slots.get(1)?.committed).toHaveLength(3)
  expect(slots.get(2)?.prepares[nodeId('n2')]).toMatchObject({ v: 0, n: 2 })
  const found = refusals(stage, 'n2')
  stage.inject('n2', 'n1', proposal(n1, 0, 2, batchOf('b', 3, '3')))
  expect(found).toEqual([expect.stringMatching(/other requests were accepted for number 2/)])
})

test('2f + 1 Commits prove a number to who missed it; fewer do not, nor other requests', () => {
  const stage = stageOf()
  const batch = batchOf('a', 1, '1')
  const d = digestOfBatch(batch)
  const commits = [n1, n2, n3].map((i) => commit(i, 0, 1, d))
  const found = refusals(stage, 'n4')
  stage.inject('n4', 'n1', { kind: 'Committed', n: 1, batch: [...batch], commits: commits.slice(1) })
  stage.inject('n4', 'n1', { kind: 'Committed', n: 1, batch: [...batchOf('a', 1, '2')], commits })
  expect(found).toEqual([expect.stringMatching(/2 Commits are fewer than 3/), expect.stringMatching(/another digest/)])
  stage.inject('n4', 'n1', { kind: 'Committed', n: 1, batch: [...batch], commits })
  expect(stage.state('n4').lastExecuted).toBe(1)
})

test('patience is with the request that waits longest, whatever else is executed (§4.4)', () => {
  const stage = stageOf()
  stage.crash('n1')
  const timers: string[] = []
  stage.onEffect = (node, effect) => {
    if (node === 'n2' && (effect.kind === 'setTimer' || effect.kind === 'cancelTimer')) timers.push(effect.kind)
  }
  ask(stage, 'n2', 'a', 1, '1')
  expect(timers).toEqual(['setTimer'])
  const show = (n: number, batch: Batch): void => {
    const d = digestOfBatch(batch)
    stage.inject('n2', 'n3', { kind: 'Committed', n, batch: [...batch], commits: [n1, n3, n4].map((i) => commit(i, 0, n, d)) })
  }
  stage.inject('n2', 'n1', proposal(n1, 0, 1, batchOf('b', 2, '2')))
  show(1, batchOf('b', 2, '2'))
  expect(stage.state('n2')).toMatchObject({ lastExecuted: 1, waiting: 'execution', awaited: { client: 'a' } })
  expect(timers).toEqual(['setTimer'])
  show(2, batchOf('a', 1, '1'))
  expect(stage.state('n2')).toMatchObject({ lastExecuted: 2, waiting: 'nothing' })
  expect(timers).toEqual(['setTimer', 'cancelTimer'])
})

test('who went on to a later view is counted among those that asked for this one: nobody waits for ever (§4.5.2)', () => {
  const stage = stageOf()
  stage.timer('n4', 'viewChange') // nothing is awaited: nothing happens
  expect(stage.state('n4')).toMatchObject({ view: 0 })
  stage.inject('n4', 'n1', viewChange(n1, 1, 0, []))
  stage.inject('n4', 'n3', viewChange(n3, 2, 0, []))
  expect(stage.state('n4')).toMatchObject({ view: 1, active: false, waiting: 'newView' })
  stage.timer('n4', 'viewChange')
  expect(stage.state('n4')).toMatchObject({ view: 2, active: false })
})
