/** The proxy in its own thread, as the lab starts it. */
import { EventEmitter, once } from 'node:events'
import { connect } from 'node:net'
import { MessageChannel } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { startProxy } from '../../../main/proxy/index.ts'
import { faultId, nodeId, nodeIds } from '../../../protocols/core/ids.ts'
import { ByteWriter } from '../../../protocols/wire/bytes.ts'
import type { FeedAck, FeedBatch } from '../../../protocols/wire/feed.ts'
import { FrameKind, writeFrame } from '../../../protocols/wire/frame.ts'
import { type LogEntry, readFeed } from './feedLog.ts'
import { RUN, SECRET, TYPES } from './stand.ts'

async function start() {
  const { port1, port2 } = new MessageChannel()
  const log: LogEntry[] = []
  port2.on('message', ({ feed }: FeedBatch) => {
    log.push(...readFeed(feed))
    port2.postMessage({ ackedBytes: feed.length } satisfies FeedAck)
  })
  const [seconds, nanoseconds] = process.hrtime()
  const closedTaps: string[] = []
  const tapClosed = new EventEmitter()
  const proxy = await startProxy({
    run: RUN,
    secret: SECRET,
    epochUs: Math.floor(seconds * 1e6 + nanoseconds / 1e3),
    seed: 1,
    nodes: nodeIds(3),
    messageTypes: TYPES,
    timeScale: 1,
    network: { delayMs: 0, jitterMs: 0 },
    recorder: port1,
    onTapClosed: (endpoint, life) => {
      closedTaps.push(`${endpoint}/${life}`)
      tapClosed.emit('one')
    },
  })
  return { proxy, log, closedTaps, tapClosed }
}

const hello = (from: number, to: number, as: string): Uint8Array => {
  const out = new ByteWriter()
  const header = { kind: FrameKind.hello, from, to, type: 0, number: 0, step: 0, lamport: 0, sentAtUs: 0, life: 1, clock: [] }
  writeFrame(out, header, JSON.stringify({ run: RUN, secret: SECRET, as }))
  return out.take()
}

test('opens a port for every link between nodes and from the clients, and one for taps', async () => {
  const { proxy } = await start()
  expect(Object.keys(proxy.ports.linkPorts).sort()).toEqual(['clients', 'n1', 'n2', 'n3'])
  expect(Object.keys(proxy.ports.linkPorts.n2 ?? {}).sort()).toEqual(['n1', 'n3'])
  expect(Object.keys(proxy.ports.linkPorts.clients ?? {}).sort()).toEqual(['n1', 'n2', 'n3'])
  const all = [proxy.ports.tapPort, ...Object.values(proxy.ports.linkPorts).flatMap((ports) => Object.values(ports))]
  expect(new Set(all).size).toBe(10)
  await proxy.close()
  await proxy.close()
})

test('commands answer, events keep their order, and the end hands over everything', async () => {
  const { proxy, log, closedTaps, tapClosed } = await start()
  proxy.event({ kind: 'node', atUs: 1, node: nodeId('n1'), change: { is: 'paused' } })
  await proxy.arm({ kind: 'cut', id: faultId('f1'), target: { all: true } })
  await expect(proxy.arm({ kind: 'cut', id: faultId('f1'), target: { all: true } })).rejects.toThrow('f1')
  expect(await proxy.release(faultId('f1'))).toBe(0)
  expect(await proxy.lift(faultId('f1'))).toBe(true)
  expect(await proxy.lift(faultId('f1'))).toBe(false)
  proxy.setTimeScale(7)
  await proxy.flush()
  const told = log.map((entry) =>
    entry.kind === 'event' ? ((entry.event.action as { do: string } | undefined)?.do ?? entry.event.kind) : entry.kind,
  )
  expect(told).toEqual(['node', 'arm', 'lift', 'timeScale'])

  const tap = connect(proxy.ports.tapPort, '127.0.0.1')
  await once(tap, 'connect')
  const closed = once(tapClosed, 'one')
  tap.end(hello(2, 2, 'tap'))
  await closed
  expect(closedTaps).toEqual(['n3/1'])
  proxy.event({ kind: 'action', atUs: 9, action: { do: 'end' } })
  await proxy.close()
  // the last batch is on its way from one thread to another
  while (log.length < 6) await new Promise((done) => setImmediate(done))
  expect(log.slice(4).map(({ kind }) => kind)).toEqual(['closed', 'event'])
})
