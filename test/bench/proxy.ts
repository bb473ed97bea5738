/**
 * The proxy: frames a second that pass and that are judged, and what it adds to a round trip, beside HAProxy on the same
 * path in the same run. The load runs in a process of its own; the feed is taken by this one, and acknowledged at once.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { MessageChannel } from 'node:worker_threads'
import { type ProxyThread, startProxy } from '../../main/proxy/index.ts'
import type { NetworkFault } from '../../protocols/core/fault.ts'
import { CLIENTS, endpointIds, faultId, nodeIds } from '../../protocols/core/ids.ts'
import { ByteWriter } from '../../protocols/wire/bytes.ts'
import type { FeedAck, FeedBatch } from '../../protocols/wire/feed.ts'
import { FrameKind, writeFrame } from '../../protocols/wire/frame.ts'
import { median, percentile, remark, report } from './figures.ts'
import type { FromLoad, Sender, ToLoad } from './load/frames.ts'
import { type HaproxyPath, haproxyProgram, startHaproxy } from './peer/haproxy.ts'

const NODES = nodeIds(5)
const ENDPOINTS = endpointIds(NODES)
const SECRET = 'bench'
const BODY = JSON.stringify({ kind: 'AppendEntries', term: 7, leader: 'n1', entries: [{ term: 7, op: 'x'.repeat(64) }], commit: 12345 })
const ROUNDS = 3
const FLOOD = { warmMs: 400, measuredMs: 1000 }
const ASKED = 4000

class Load {
  readonly #child: ChildProcess

  constructor() {
    this.#child = fork(new URL('./load/frames.ts', import.meta.url), { execArgv: process.execArgv })
  }

  async do<K extends FromLoad['kind']>(word: ToLoad, _kind: K): Promise<Extract<FromLoad, { kind: K }>> {
    this.#child.send(word)
    const [answer] = await once(this.#child, 'message')
    return answer
  }

  stop(): void {
    this.#child.kill('SIGKILL')
  }
}

function frames(from: number, to: number, count: number): Buffer {
  const out = new ByteWriter()
  for (let number = 1; number <= count; number++) {
    const clock = ENDPOINTS.map((_, index) => 1000 + index)
    const header = { kind: FrameKind.message, from, to, type: 0, number, step: number, lamport: 99, sentAtUs: 1, life: 1, clock }
    writeFrame(out, header, BODY)
  }
  return Buffer.from(out.take())
}

function hello(from: number, to: number): Buffer {
  const out = new ByteWriter()
  const header = { kind: FrameKind.hello, from, to, type: 0, number: 0, step: 0, lamport: 0, sentAtUs: 0, life: 1, clock: [] }
  writeFrame(out, header, JSON.stringify({ run: 'bench', secret: SECRET, as: 'link' }))
  return Buffer.from(out.take())
}

const frameBytes = frames(0, 1, 1).length

async function openProxy(targets: readonly number[]): Promise<ProxyThread> {
  const { port1, port2 } = new MessageChannel()
  port2.on('message', ({ feed }: FeedBatch) => port2.postMessage({ ackedBytes: feed.length } satisfies FeedAck))
  port2.unref()
  const [seconds, nanoseconds] = process.hrtime()
  const proxy = await startProxy({
    run: 'bench',
    secret: SECRET,
    epochUs: Math.floor(seconds * 1e6 + nanoseconds / 1e3),
    seed: 1,
    nodes: NODES,
    messageTypes: ['AppendEntries', 'ClientReply'],
    timeScale: 1,
    network: { delayMs: 0, jitterMs: 0 },
    recorder: port1,
    onFailure: (error) => {
      throw error
    },
  })
  for (const [index, node] of NODES.entries()) proxy.setTarget(node, targets[index % targets.length], 1)
  await proxy.flush()
  return proxy
}

/** Senders through our proxy: over as many of its links as asked for. */
function throughProxy(proxy: ProxyThread, connections: number, burst: number): Sender[] {
  const links = NODES.flatMap((_, from) => NODES.flatMap((_, to) => (from === to ? [] : [{ from, to }])))
  return links.slice(0, connections).map(({ from, to }) => ({
    port: proxy.ports.linkPorts[NODES[from]!]![NODES[to]!]!,
    opening: hello(from, to).toString('base64'),
    burst: frames(from, to, burst).toString('base64'),
  }))
}

function direct(port: number, connections: number, burst: number): Sender[] {
  return Array.from({ length: connections }, () => ({ port, opening: '', burst: frames(0, 1, burst).toString('base64') }))
}

async function flood(load: Load, senders: Sender[]): Promise<number> {
  const { bytesPerSecond } = await load.do({ do: 'flood', senders, ...FLOOD }, 'flooded')
  return bytesPerSecond / frameBytes
}

const SHAPES = [
  { name: '1 connection, 64 frames a write', connections: 1, burst: 64 },
  { name: '20 connections, 16 frames a write', connections: 20, burst: 16 },
]
/** `part`: how many of the frames that come in go out again. */
const FAULTS: { name: string; fault: NetworkFault; part: number }[] = [
  { name: '10 % loss armed', fault: { kind: 'loss', target: { all: true }, probability: 0.1 }, part: 0.9 },
  { name: 'duplication of 10 % armed', fault: { kind: 'duplicate', target: { all: true }, probability: 0.1, copies: 1 }, part: 1.1 },
  { name: 'delay of 5 ms armed', fault: { kind: 'delay', target: { all: true }, delayMs: 5, jitterMs: 0 }, part: 1 },
]

async function measureFlood(load: Load, program: string | undefined): Promise<void> {
  const { ports } = await load.do({ do: 'listen', count: NODES.length }, 'ports')
  const haproxy = program === undefined ? undefined : await startHaproxy(program, ports[0]!)
  for (const { name, connections, burst } of SHAPES) {
    const [ours, peer, bare]: number[][] = [[], [], []]
    const judged = new Map(FAULTS.map((one) => [one, [] as number[]]))
    for (let round = 0; round < ROUNDS; round++) {
      bare!.push(await flood(load, direct(ports[0]!, connections, burst)))
      if (haproxy) peer!.push(await flood(load, direct(haproxy.port, connections, burst)))
      const proxy = await openProxy(ports)
      ours!.push(await flood(load, throughProxy(proxy, connections, burst)))
      for (const [{ fault, part }, values] of judged) {
        await proxy.arm({ ...fault, id: faultId('f') })
        values.push((await flood(load, throughProxy(proxy, connections, burst))) / part)
        await proxy.lift(faultId('f'))
      }
      await proxy.close()
    }
    remark(`without a proxy, ${name}: ${Math.round(median(bare!))} frames/s (the load's own limit)`)
    report({
      name: `proxy: frames passed, ${name}`,
      value: median(ours!),
      unit: 'frames/s',
      ...(haproxy ? { peer: 'haproxy', peerValue: median(peer!) } : {}),
    })
    for (const [{ name: fault }, values] of judged)
      report({ name: `proxy: frames judged with ${fault}, ${name}`, value: median(values), unit: 'frames/s', peer: 'goal', peerValue: 1e6 })
  }
  await haproxy?.stop()
}

async function measureLatency(load: Load, program: string | undefined): Promise<void> {
  const clients = NODES.length
  const answer = frames(0, clients, 1)
  const request = (from: number, to: number, port: number, opening: Buffer): Sender => ({
    port,
    opening: opening.toString('base64'),
    burst: frames(from, to, 1).toString('base64'),
  })
  const answering = (skip: number) => ({ every: frameBytes, skip, with: answer.toString('base64') })
  // The proxy says hello to a receiver, which is not answered.
  const helloBytes = hello(clients, 0).length
  const greeted = await load.do({ do: 'listen', count: 1, answer: answering(helloBytes) }, 'ports')
  const plain = await load.do({ do: 'listen', count: 1, answer: answering(0) }, 'ports')
  const proxy = await openProxy(greeted.ports)
  const haproxy: HaproxyPath | undefined = program === undefined ? undefined : await startHaproxy(program, plain.ports[0]!)
  const paths: { name: 'direct' | 'ours' | 'haproxy'; sender: Sender; p50: number[]; p99: number[] }[] = [
    { name: 'direct', sender: request(clients, 0, plain.ports[0]!, Buffer.alloc(0)), p50: [], p99: [] },
    { name: 'ours', sender: request(clients, 0, proxy.ports.linkPorts[CLIENTS]!.n1!, hello(clients, 0)), p50: [], p99: [] },
  ]
  if (haproxy) paths.push({ name: 'haproxy', sender: request(clients, 0, haproxy.port, Buffer.alloc(0)), p50: [], p99: [] })
  for (let round = 0; round < 2 * ROUNDS + 1; round++) {
    for (const way of paths) {
      const word = { do: 'ask', sender: way.sender, answerBytes: answer.length, warm: 500, count: ASKED } as const
      const { roundTripsUs } = await load.do(word, 'asked')
      const sorted = [...roundTripsUs].sort((a, b) => a - b)
      way.p50.push(percentile(sorted, 0.5))
      way.p99.push(percentile(sorted, 0.99))
    }
  }
  const added = (name: string, part: 'p50' | 'p99'): number => {
    const bare = paths[0]![part]
    // round by round: what else the machine did weighs on both alike
    return median((paths.find((way) => way.name === name)?.[part] ?? []).map((value, round) => value - bare[round]!))
  }
  remark(`without a proxy: p50 ${Math.round(median(paths[0]!.p50))} us, p99 ${Math.round(median(paths[0]!.p99))} us`)
  for (const part of ['p50', 'p99'] as const)
    report({
      name: `proxy: added to a round trip, ${part}`,
      value: added('ours', part),
      unit: 'us',
      ...(haproxy ? { peer: 'haproxy', peerValue: added('haproxy', part) } : {}),
    })
  await haproxy?.stop()
  await proxy.close()
}

const program = haproxyProgram()
if (program === undefined) remark('haproxy is not installed: only our own figures follow')
const load = new Load()
try {
  await measureLatency(load, program)
  await measureFlood(load, program)
} finally {
  load.stop()
}
process.exit()
