/** The proxy over real sockets, with endpoints that a test holds in its hand. */
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import type { ArmedFault } from '../../../protocols/core/fault.ts'
import { CLIENTS, faultId, type MessageId, nodeId } from '../../../protocols/core/ids.ts'
import { ByteWriter } from '../../../protocols/wire/bytes.ts'
import { FrameKind, writeFrame } from '../../../protocols/wire/frame.ts'
import { stepOf, TapKind, writeTextRecord } from '../../../protocols/wire/tap.ts'
import { type Receiver, RUN, SECRET, Sender, Stand } from './stand.ts'

const [n1, n2, n3] = [nodeId('n1'), nodeId('n2'), nodeId('n3')]
const id = faultId('f1')
const onLink = { target: { links: [[n1, n2]] as [typeof n1, typeof n2][] } }
const append = (term: number) => ({ kind: 'AppendEntries', term })
const terms = (receiver: Receiver) => receiver.received.map(({ body }) => body.term)
const range = (count: number, from = 1) => Array.from({ length: count }, (_, index) => from + index)

let stand: Stand
afterEach(() => stand.close())

/** n1 speaks to n2, which listens. */
async function pair(options: Parameters<typeof Stand.open>[0] = {}) {
  stand = await Stand.open(options)
  const receiver = await stand.receiver(1)
  const sender = await stand.sender(0, 1)
  return { receiver, sender }
}

/** Each of `ids` was sent once, and became of it what `fate` says. */
function expectFates(fates: [MessageId, string][]): void {
  const log = stand.entries()
  for (const [message, fate] of fates) {
    const own = log.filter((entry) => 'message' in entry && entry.message === message)
    expect(own.map((entry) => entry.kind).join(' '), `message ${message}`).toBe(fate)
  }
}

test('passes many frames of one write in order, and records each as sent and delivered', async () => {
  const { receiver, sender } = await pair()
  const ids = sender.send(...range(500).map(append))
  await stand.until(() => receiver.received.length === 500)
  expect(terms(receiver)).toEqual(range(500))
  expect(receiver.hellos[0]).toEqual(expect.objectContaining({ from: 0, to: 1, body: { run: RUN, secret: SECRET, as: 'link' } }))
  await stand.proxy.flush()
  expectFates(ids.map((message) => [message, 'send deliver']))
  expect(stand.of('send').map(({ body }) => (body as { term: number }).term)).toEqual(range(500))
})

test('puts a frame together that arrives byte by byte', async () => {
  const { receiver, sender } = await pair()
  const { bytes } = sender.encode(append(1), append(2))
  for (const byte of bytes) {
    sender.socket.write(Uint8Array.of(byte))
    await new Promise((done) => setImmediate(done))
  }
  await stand.until(() => receiver.received.length === 2)
  expect(terms(receiver)).toEqual([1, 2])
})

test('carries a frame of several megabytes', async () => {
  const { receiver, sender } = await pair()
  const blob = 'x'.repeat(5_000_000)
  sender.send({ kind: 'AppendEntries', blob }, append(7))
  await stand.until(() => receiver.received.length === 2)
  expect(receiver.received[0]?.body.blob).toBe(blob)
})

test('brings replies back to the clients on their own connection, and judges both directions apart', async () => {
  stand = await Stand.open()
  const receiver = await stand.receiver(1)
  const clients = await stand.sender(3, 1)
  clients.send({ kind: 'ClientRequest', id: 1 })
  await stand.until(() => receiver.received.length === 1)
  const back = await replier(receiver)
  back({ kind: 'ClientReply', id: 1 })
  await stand.until(() => clients.replies.length === 1)
  expect(clients.replies[0]?.from).toBe(1)

  stand.proxy.arm({ kind: 'cut', id, target: { links: [[n2, CLIENTS]] } })
  clients.send({ kind: 'ClientRequest', id: 2 })
  await stand.until(() => receiver.received.length === 2)
  back({ kind: 'ClientReply', id: 2 })
  await stand.until(() => stand.of('drop').length === 1)
  expect(clients.replies.length).toBe(1)
})

test('cut: drops and records, connections stay, and after the lift messages pass again', async () => {
  const { receiver, sender } = await pair()
  const fault: ArmedFault = { kind: 'cut', id, ...onLink }
  stand.proxy.arm(fault)
  const lost = sender.send(append(1), append(2))
  await stand.until(() => stand.of('drop').length === 2)
  expect(stand.proxy.lift(id)).toBe(true)
  const [through] = sender.send(append(3))
  await stand.until(() => receiver.received.length === 1)
  expect(terms(receiver)).toEqual([3])
  await stand.proxy.flush()
  expectFates([...lost.map((message): [MessageId, string] => [message, 'send drop']), [through!, 'send deliver']])
  expect(stand.of('drop').map(({ why }) => why)).toEqual([{ fault: id }, { fault: id }])
  expect(stand.events('action').map(({ action }) => action)).toEqual([
    { do: 'arm', fault },
    { do: 'lift', fault: id },
  ])
  expect(stand.proxy.lift(id)).toBe(false)
  expect(sender.socket.destroyed).toBe(false)
})

test('a fault on one link leaves the others alone', async () => {
  stand = await Stand.open()
  const [to2, to3] = [await stand.receiver(1), await stand.receiver(2)]
  const [from1to2, from1to3] = [await stand.sender(0, 1), await stand.sender(0, 2)]
  stand.proxy.arm({ kind: 'cut', id, target: { groups: [[n1], [n2]] } })
  from1to2.send(append(1))
  from1to3.send(append(2))
  await stand.until(() => to3.received.length === 1 && stand.of('drop').length === 1)
  expect(to2.received).toEqual([])
})

test('drops the 2nd AppendEntries from n1 to n3 whose term is above 4, and nothing else', async () => {
  stand = await Stand.open()
  const receiver = await stand.receiver(2)
  const sender = await stand.sender(0, 2)
  stand.proxy.arm({
    kind: 'cut',
    id,
    target: { links: [[n1, n3]] },
    rule: { types: ['AppendEntries'], where: [{ path: 'term', is: '>', value: 4 }], skip: 1, count: 1 },
  })
  sender.send(append(3), append(5), { kind: 'RequestVote', term: 6 }, append(4), append(7), append(8))
  await stand.until(() => receiver.received.length === 5)
  expect(terms(receiver)).toEqual([3, 5, 6, 4, 8])
  await stand.proxy.flush()
  expect(stand.of('drop').length).toBe(1)
})

test('hold: messages wait at the gate, are let through one by one, and the rest when it is lifted', async () => {
  const { receiver, sender } = await pair()
  stand.proxy.arm({ kind: 'hold', id, ...onLink, rule: { types: ['AppendEntries'] } })
  const ids = sender.send(append(1), append(2), { kind: 'RequestVote', term: 9 }, append(3), append(4))
  await stand.until(() => receiver.received.length === 1 && stand.of('hold').length === 4)
  expect(terms(receiver)).toEqual([9])
  expect(stand.proxy.release(id, ids[1])).toBe(1)
  expect(stand.proxy.release(id, ids[1])).toBe(0)
  await stand.until(() => receiver.received.length === 2)
  expect(stand.proxy.lift(id)).toBe(true)
  await stand.until(() => receiver.received.length === 5)
  expect(terms(receiver)).toEqual([9, 2, 1, 3, 4])
  await stand.proxy.flush()
  expectFates([ids[0], ids[1], ids[3]].map((message) => [message!, 'send hold deliver']))
  expect(stand.events('action').map(({ action }) => (action as { do: string }).do)).toEqual(['arm', 'release', 'lift'])
})

test('releases all that a hold keeps at once, while it stays armed', async () => {
  const { receiver, sender } = await pair()
  stand.proxy.arm({ kind: 'hold', id, ...onLink })
  sender.send(...range(3).map(append))
  await stand.until(() => stand.of('hold').length === 3)
  expect(stand.proxy.release(id)).toBe(3)
  sender.send(append(4))
  await stand.until(() => receiver.received.length === 3 && stand.of('hold').length === 4)
  expect(terms(receiver)).toEqual([1, 2, 3])
})

test('duplicate: the receiver gets copies right after the message, and each is recorded', async () => {
  const { receiver, sender } = await pair()
  stand.proxy.arm({ kind: 'duplicate', id, ...onLink, probability: 1, copies: 2 })
  const ids = sender.send(append(1), append(2))
  await stand.until(() => receiver.received.length === 6)
  expect(terms(receiver)).toEqual([1, 1, 1, 2, 2, 2])
  await stand.proxy.flush()
  expectFates(ids.map((message) => [message, 'send deliver deliver deliver']))
  expect(stand.of('deliver').map(({ copy }) => copy)).toEqual([0, 1, 2, 0, 1, 2])
})

test('delay: stretched by the time scale, in order in spite of jitter, and passed at once when lifted', async () => {
  const { receiver, sender } = await pair({ timeScale: 3 })
  stand.proxy.arm({ kind: 'delay', id, ...onLink, delayMs: 20, jitterMs: 15 })
  sender.send(...range(40).map(append))
  await stand.until(() => receiver.received.length === 40)
  expect(terms(receiver)).toEqual(range(40))
  await stand.proxy.flush()
  const [sends, delivers] = [stand.of('send'), stand.of('deliver')]
  for (const { message, atUs } of delivers) {
    const sent = sends.find((send) => send.message === message)!
    expect(atUs - sent.atUs).toBeGreaterThanOrEqual((20 - 15) * 3 * 1000)
  }
  stand.proxy.lift(id)
  stand.proxy.arm({ kind: 'delay', id: faultId('f2'), ...onLink, delayMs: 600_000, jitterMs: 0 })
  sender.send(append(41))
  await stand.until(() => stand.of('send').length === 41)
  stand.proxy.lift(faultId('f2'))
  await stand.until(() => receiver.received.length === 41)
})

test('a change of the time scale reaches those already waiting', async () => {
  const { receiver, sender } = await pair({ timeScale: 100 })
  stand.proxy.arm({ kind: 'delay', id, ...onLink, delayMs: 100_000, jitterMs: 0 })
  sender.send(append(1))
  await stand.until(() => stand.of('send').length === 1)
  stand.proxy.setTimeScale(0.0001) // 100 s of run time in 10 ms
  await stand.until(() => receiver.received.length === 1)
})

test('messages behind a delayed one wait their turn even after the fault has touched its count', async () => {
  const { receiver, sender } = await pair()
  stand.proxy.arm({ kind: 'delay', id, ...onLink, delayMs: 50, jitterMs: 0, rule: { count: 1 } })
  sender.send(append(1))
  sender.send(append(2))
  await stand.until(() => stand.of('send').length === 2)
  sender.send(append(3))
  await stand.until(() => receiver.received.length === 3)
  expect(terms(receiver)).toEqual([1, 2, 3])
})

test('reorder: later messages overtake one that steps aside', async () => {
  const { receiver, sender } = await pair()
  stand.proxy.arm({ kind: 'reorder', id, ...onLink, probability: 1, windowMs: 600_000, rule: { count: 1 } })
  sender.send(append(1), append(2), append(3))
  await stand.until(() => receiver.received.length === 2)
  expect(terms(receiver)).toEqual([2, 3])
  stand.proxy.lift(id)
  await stand.until(() => receiver.received.length === 3)
})

test("the network's own delay is on links between nodes alone", async () => {
  stand = await Stand.open({ network: { delayMs: 600_000, jitterMs: 0 } })
  const receiver = await stand.receiver(1)
  const [clients, node] = [await stand.sender(3, 1), await stand.sender(0, 1)]
  node.send(append(1))
  await stand.until(() => stand.of('send').length === 1)
  clients.send({ kind: 'ClientRequest', id: 1 })
  await stand.until(() => receiver.received.length === 1)
  expect(receiver.received[0]?.from).toBe(3)
})

test('what arrives for a node that is down is dropped, and a restarted one is reached again', async () => {
  stand = await Stand.open()
  const sender = await stand.sender(0, 1)
  const [lost] = sender.send(append(1))
  await stand.until(() => stand.of('drop').length === 1)
  const first = await stand.receiver(1)
  sender.send(append(2))
  await stand.until(() => first.received.length === 1)
  stand.proxy.setTarget(n2, undefined, 1)
  first.close()
  sender.send(append(3))
  await stand.until(() => stand.of('drop').length === 2)
  const second = await stand.receiver(1, 2)
  sender.send(append(4))
  await stand.until(() => second.received.length === 1)
  expect(terms(second)).toEqual([4])
  expectFates([[lost!, 'send drop']])
  expect(stand.of('drop').map(({ why }) => why)).toEqual(['receiver-down', 'receiver-down'])
})

test('what is sent while the receiver is being reached waits for it', async () => {
  stand = await Stand.open()
  const sender = await stand.sender(0, 1)
  const receiver = await stand.receiver(1) // the connection is on its way when the next line writes
  sender.send(append(1))
  await stand.until(() => receiver.received.length === 1 || stand.of('drop').length === 1)
  expect(terms(receiver)).toEqual([1])
})

test('a receiver that closes its connection is reached anew, without being told', async () => {
  const { receiver, sender } = await pair()
  sender.send(append(1))
  await stand.until(() => receiver.received.length === 1)
  receiver.sockets.get(0)?.destroy()
  await stand.until(() => receiver.hellos.filter(({ from }) => from === 0).length === 2)
  sender.send(append(2))
  await stand.until(() => receiver.received.length === 2)
})

test('tells a person when a receiver cannot be reached', async () => {
  stand = await Stand.open()
  const receiver = await stand.receiver(1)
  receiver.close()
  await stand.until(() => stand.troubles.length > 0)
  expect(stand.troubles[0]).toContain('n2')
})

test('a receiver that does not read slows its sender down, and loses nothing', async () => {
  const { receiver, sender } = await pair({ bounds: { waitingBytesMax: 1_000_000 } })
  sender.send(append(1))
  await stand.until(() => receiver.received.length === 1)
  receiver.pause()
  const filler = 'x'.repeat(10_000)
  const frames = 4_000 // 40 MB: many times what may wait
  for (let term = 2; term <= frames; term++) sender.send({ ...append(term), filler })
  await stand.until(() => waitingMost() * 10_000 > 1_000_000)
  await stand.turns(20)
  receiver.resume()
  await stand.until(() => receiver.received.length === frames)
  expect(terms(receiver)).toEqual(range(frames))
  await stand.proxy.flush()
  expect(stand.of('deliver').length).toBe(frames)
  expect(waitingMost() * 10_000).toBeLessThan(1_000_000 + 2 * 65_536)
})

test('what waits for a paused receiver is dropped when it dies', async () => {
  const { receiver, sender } = await pair({ bounds: { waitingBytesMax: 1_000_000 } })
  sender.send(append(1))
  await stand.until(() => receiver.received.length === 1)
  receiver.pause()
  const filler = 'x'.repeat(10_000)
  for (let term = 2; term <= 1500; term++) sender.send({ ...append(term), filler })
  await stand.until(() => stand.of('send').length > stand.of('deliver').length + 50)
  stand.proxy.setTarget(n2, undefined, 1)
  await stand.until(() => stand.of('send').length === 1500)
  await stand.proxy.flush()
  expect(stand.of('deliver').length + stand.of('drop').length).toBe(1500)
})

test('reads nothing while the recorder is behind, and loses nothing', async () => {
  const { receiver, sender } = await pair({ bounds: { unackedBytesMax: 1_000_000 } })
  stand.isAcking = false
  const filler = 'x'.repeat(5_000)
  const frames = 4_000 // 20 MB
  for (let term = 1; term <= frames; term++) sender.send({ ...append(term), filler })
  await stand.until(() => stand.proxy.unackedBytes > 1_000_000)
  await stand.turns(20)
  expect(stand.proxy.unackedBytes).toBeLessThan(1_000_000 + 400_000)
  stand.isAcking = true
  stand.ackAll()
  await stand.until(() => receiver.received.length === frames)
  await stand.proxy.flush()
  expect(stand.proxy.unackedBytes).toBe(0)
  expect(stand.of('deliver').length).toBe(frames)
  expect(terms(receiver)).toEqual(range(frames))
})

test.each([
  ['another secret', { secret: 'wrong' }, 'without the secret'],
  ['a longer secret', { secret: `${SECRET}x` }, 'without the secret'],
  ['another run', { run: 'other' }, 'for another run'],
  ['another sender', { from: 2 }, 'for the link n3→n2'],
  ['another receiver', { to: 2 }, 'for the link n1→n3'],
  ['a tap', { as: 'tap' }, 'for a tap'],
  ['life 0', { life: 0 }, 'life 0'],
])('refuses a hello of %s, and says where and why', async (_, over, why) => {
  stand = await Stand.open()
  const socket = await stand.raw(stand.port('n1', 'n2'))
  new Sender(stand, socket, 0, 1, 1).hello(over)
  await once(socket, 'close')
  await stand.until(() => stand.events('reject').length === 1)
  const [reject] = stand.events('reject')
  expect(reject?.where).toBe('link n1→n2')
  expect(reject?.why).toContain(why)
})

test.each([
  ['words', new TextEncoder().encode('GET / HTTP/1.1\r\n\r\n')],
  ['a message instead of a hello', message({ kind: FrameKind.message })],
  ['a hello without a body', message({ kind: FrameKind.hello })],
  ['a wrong magic', Uint8Array.of(40, 0, 0, 0, 1, 2, 3, 4)],
])('refuses %s at a link and at the tap', async (_, bytes) => {
  stand = await Stand.open()
  for (const port of [stand.port('n1', 'n2'), stand.ports.tapPort]) {
    const socket = await stand.raw(port)
    socket.write(bytes)
    await once(socket, 'close')
  }
  await stand.until(() => stand.events('reject').length === 2)
  expect(stand.events('reject').map(({ where }) => where)).toEqual(['link n1→n2', 'tap'])
})

test.each([
  ['another sender', { from: 2 }, 'does not belong on this link'],
  ['another receiver', { to: 0 }, 'does not belong on this link'],
  ['another life', { life: 7 }, 'life 7'],
  ['an unknown type', { type: 99 }, 'message type 99'],
  ['a clock of another cluster', { clock: [1] }, 'vector clock'],
  ['a second hello', { kind: FrameKind.hello }, 'second hello'],
])('closes a link on which comes a frame of %s, after delivering what came before', async (_, over, why) => {
  const { receiver, sender } = await pair()
  const { bytes } = sender.encode(append(1))
  sender.socket.write(Buffer.concat([bytes, message(over)]))
  await once(sender.socket, 'close')
  await stand.until(() => receiver.received.length === 1 && stand.events('reject').length === 1)
  expect(stand.events('reject')[0]?.why).toContain(why)
  expect(stand.of('send').length).toBe(1)
})

test('a flood of rubbish is recorded a few dozen times, and counted', async () => {
  stand = await Stand.open()
  for (let round = 0; round < 120; round++) {
    const socket = await stand.raw(stand.port('n1', 'n2'))
    socket.write('rubbish rubbish')
    await once(socket, 'close')
  }
  await stand.proxy.flush()
  expect(stand.events('reject').length).toBeLessThan(80)
})

test('tap records go to the feed whole, however they came, and the end of the tap is told', async () => {
  stand = await Stand.open()
  const socket = await stand.raw(stand.ports.tapPort)
  new Sender(stand, socket, 1, 1, 4).hello({ as: 'tap' })
  const out = new ByteWriter()
  for (let step = 1; step <= 30; step++)
    writeTextRecord(out, { kind: TapKind.checkpoint, step, atUs: 5, lamport: 0, clock: [], text: 'x'.repeat(step * 10) })
  const bytes = out.take()
  for (let at = 0; at < bytes.length; at += 97) {
    socket.write(bytes.subarray(at, at + 97))
    await new Promise((done) => setImmediate(done))
  }
  socket.write(Uint8Array.of(50, 0, 0, 0, 1)) // a record that its process did not finish
  socket.end()
  await stand.until(() => stand.tapsClosed.length === 1 && stand.of('closed').length === 1)
  expect(stand.tapsClosed).toEqual(['n2/4'])
  const taps = stand.of('tap')
  expect(new Set(taps.map(({ endpoint, life }) => `${endpoint}/${life}`))).toEqual(new Set(['1/4']))
  const steps: number[] = []
  for (const { records } of taps) {
    const view = new DataView(records.buffer, records.byteOffset, records.byteLength)
    for (let at = 0; at < records.length; at += 4 + view.getUint32(at, true)) steps.push(stepOf(view, at))
  }
  expect(steps).toEqual(range(30))
  expect(stand.entries().at(-1)).toEqual({ kind: 'closed', endpoint: 1, life: 4 })
})

test('bytes on a tap that are no records close it with a reason', async () => {
  stand = await Stand.open()
  const socket = await stand.raw(stand.ports.tapPort)
  new Sender(stand, socket, 0, 0, 1).hello({ as: 'tap' })
  socket.write(Uint8Array.of(20, 0, 0, 0, 99, 1, 2, 3))
  await once(socket, 'close')
  await stand.until(() => stand.events('reject').length === 1)
  expect(stand.events('reject')[0]).toEqual(expect.objectContaining({ where: 'tap of n1' }))
})

test('events keep their place among the messages', async () => {
  const { receiver, sender } = await pair()
  sender.send(append(1))
  await stand.until(() => receiver.received.length === 1)
  stand.proxy.event({ kind: 'node', atUs: 12, node: n1, change: { is: 'paused' } })
  sender.send(append(2))
  await stand.until(() => receiver.received.length === 2)
  await stand.proxy.flush()
  expect(stand.entries().map(({ kind }) => kind)).toEqual(['send', 'deliver', 'event', 'send', 'deliver'])
})

test('a fault cannot be armed twice under one id', async () => {
  stand = await Stand.open()
  stand.proxy.arm({ kind: 'cut', id, target: { all: true } })
  expect(() => stand.proxy.arm({ kind: 'cut', id, target: { all: true } })).toThrow('f1')
})

/** The most messages that ever waited in the proxy at one time: sent, and neither delivered nor dropped. */
function waitingMost(): number {
  let [waiting, most] = [0, 0]
  for (const { kind } of stand.entries()) {
    if (kind === 'send') waiting += 1
    else if (kind === 'deliver' || kind === 'drop') waiting -= 1
    most = Math.max(most, waiting)
  }
  return most
}

/** n2 as a node that answers its clients. */
async function replier(receiver: Receiver) {
  const socket = receiver.sockets.get(3)
  if (!socket) throw new Error('the clients have no connection to n2')
  const node = new Sender(stand, socket, 1, 3, 1)
  return (body: { kind: string; [key: string]: unknown }) => node.send(body)
}

/** A frame that would be n1's first to n2, but for what `over` says. */
function message(over: { kind?: number; from?: number; to?: number; type?: number; life?: number; clock?: number[] }): Uint8Array {
  const out = new ByteWriter()
  const usual = {
    kind: FrameKind.message,
    from: 0,
    to: 1,
    type: 0,
    number: 9,
    step: 1,
    lamport: 1,
    sentAtUs: 0,
    life: 1,
    clock: [0, 0, 0, 0],
  }
  writeFrame(out, { ...usual, ...over }, '{}')
  return out.take()
}
