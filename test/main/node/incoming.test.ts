/** A node's own port: nothing is believed that did not come over a link of this run, and what is not ends its own connection alone. */
import net from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeHello } from '../../../main/node/hello.ts'
import { Incoming } from '../../../main/node/incoming.ts'
import { ByteWriter } from '../../../protocols/wire/bytes.ts'
import { type FrameHeader, FrameKind, writeFrame } from '../../../protocols/wire/frame.ts'

/** The node at the port is n1, endpoint 0, of a run with n1, n2, n3 and the clients. */
const identity = { run: 'the-run', secret: 'the-secret', endpoint: 0, life: 1 }
const ENDPOINTS = 4
const TYPES = 3

let incoming: Incoming
let port: number
let rejections: { where: string; why: string }[]
let frames: number[]
let onRejected: () => void
let onTaken: () => void
const sockets: net.Socket[] = []

beforeEach(async () => {
  rejections = []
  frames = []
  onRejected = () => {}
  onTaken = () => {}
  incoming = new Incoming({
    ...{ identity, endpoints: ENDPOINTS, messageTypes: TYPES },
    onLink: () => {},
    onFrame: (from) => {
      frames.push(from)
      onTaken()
    },
    onReject: (where, why) => {
      rejections.push({ where, why })
      onRejected()
    },
  })
  port = await incoming.listen(undefined)
})

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
})

function connect(...parts: Uint8Array[]): net.Socket {
  const socket = net.connect(port, '127.0.0.1')
  sockets.push(socket)
  socket.on('error', () => {})
  for (const part of parts) socket.write(part)
  return socket
}

function hello(over: { run?: string; secret?: string; from?: number; to?: number; as?: 'link' | 'tap' } = {}): Uint8Array {
  const out = new ByteWriter(256)
  const { run = identity.run, secret = identity.secret, from = 1, to = 0, as = 'link' } = over
  writeHello(out, { run, secret, endpoint: from, life: 1 }, to, as, 0)
  return out.take()
}

function frame(over: Partial<FrameHeader> = {}, patch: (view: DataView) => void = () => {}): Uint8Array {
  const out = new ByteWriter(256)
  const stamps = { number: 1, step: 1, lamport: 1, sentAtUs: 0, life: 1, clock: new Array<number>(ENDPOINTS).fill(0) }
  writeFrame(out, { kind: FrameKind.message, from: 1, to: 0, type: 0, ...stamps, ...over }, '{}')
  const bytes = out.take().slice()
  patch(new DataView(bytes.buffer))
  return bytes
}

const wrongHellos: [string, Uint8Array, RegExp][] = [
  ['text', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'), /bytes long/],
  ['a length below the header', frame({}, (view) => view.setUint32(0, 3, true)), /a frame cannot be 3 bytes long/],
  ['a length beyond any', frame({}, (view) => view.setUint32(0, 0xffff_fff0, true)), /a frame cannot be 4294967280 bytes long/],
  ['another magic', frame({}, (view) => view.setUint16(4, 0x1234, true)), /magic 0x1234 is not 0x5359/],
  ['another version', frame({}, (view) => view.setUint8(6, 9)), /frame version 9 is not 1/],
  ['an unknown kind', frame({}, (view) => view.setUint8(7, 7)), /frame kind 7 is unknown/],
  ['a message before the hello', frame(), /the first frame is not a hello/],
  ['another run', hello({ run: 'other' }), /for another run/],
  ['another secret', hello({ secret: 'x' }), /not the secret/],
  ['a tap', hello({ as: 'tap' }), /not that of a link/],
  ['a sender that the run does not have', hello({ from: 77 }), /from endpoint 77/],
  ['a link from the node to itself', hello({ from: 0 }), /from endpoint 0/],
  ['another receiver', hello({ to: 2 }), /for endpoint 2, and this is 0/],
]

const wrongFrames: [string, Uint8Array, RegExp][] = [
  ['another sender', frame({ from: 2 }), /from endpoint 2 on the link from 1/],
  ['another receiver', frame({ to: 3 }), /for endpoint 3, and this is 0/],
  ['an unknown type', frame({ type: TYPES }), /message type 3/],
  ['a clock of another run', frame({ clock: [0] }), /1 entries instead of 4/],
  ['a clock beyond the end', frame({}, (view) => view.setUint8(11, 200)), /ends within its vector clock/],
  ['a second hello', hello(), /a hello in the middle of a link/],
  ['a wrong length', frame({}, (view) => view.setUint32(0, 4, true)), /cannot be 4 bytes long/],
  ['another magic', frame({}, (view) => view.setUint16(4, 1, true)), /magic 0x1 is not 0x5359/],
]

/** A good link beside it delivers as before. */
async function othersGoOn(): Promise<void> {
  const taken = new Promise<void>((resolve) => {
    onTaken = resolve
  })
  connect(hello({ from: 2 }), frame({ from: 2 }))
  await taken
  expect(frames).toEqual([2])
}

test.each(wrongHellos)('a connection that begins with %s is closed with the reason', async (_, bytes, why) => {
  const closed = new Promise((resolve) => connect(bytes).on('close', resolve))
  await closed
  expect(rejections).toEqual([{ where: 'own port', why: expect.stringMatching(why) }])
  expect(frames).toEqual([])
  await othersGoOn()
})

test.each(wrongFrames)('a frame with %s on a good link closes it with the reason', async (_, bytes, why) => {
  const closed = new Promise((resolve) => connect(hello(), bytes, frame()).on('close', resolve))
  await closed
  expect(rejections).toEqual([{ where: 'own port, link from endpoint 1', why: expect.stringMatching(why) }])
  expect(frames).toEqual([]) // not even what came after it in the same read
  await othersGoOn()
})

test('no more than so many connections wait without a hello', async () => {
  const refused = new Promise<void>((resolve) => {
    onRejected = resolve
  })
  for (let i = 0; i < 33; i++) connect()
  await refused
  expect(rejections).toEqual([{ where: 'own port', why: expect.stringContaining('more than 32 connections') }])
})
