/** etcd as a peer: a cluster of real etcd processes on loopback, from the installed program, ended by process id. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import http2 from 'node:http2'
import { createServer } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { percentile } from '../figures.ts'

export interface EtcdCluster {
  readonly members: readonly EtcdMember[]
  /** Milliseconds from spawning the first process until a put was answered. */
  readonly readyMs: number
  leader(): Promise<EtcdMember>
  stop(): void
}

export interface EtcdMember {
  readonly port: number
  readonly process: ChildProcess
}

export interface Throughput {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** True when the program can be started by name. */
export function installed(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined
}

export async function startEtcd(
  size: number,
  options: { readonly heartbeatMs?: number; readonly electionMs?: number } = {},
): Promise<EtcdCluster> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'synod-bench-etcd-'))
  const ports = await freePorts(size * 2)
  const client = ports.slice(0, size)
  const peer = ports.slice(size)
  const initial = peer.map((port, index) => `e${index}=http://127.0.0.1:${port}`).join(',')
  const begun = performance.now()
  const members = client.map((port, index) => ({
    port,
    process: spawn(
      'etcd',
      [
        ['--name', `e${index}`, '--data-dir', path.join(folder, `e${index}`)],
        ['--listen-client-urls', `http://127.0.0.1:${port}`, '--advertise-client-urls', `http://127.0.0.1:${port}`],
        ['--listen-peer-urls', `http://127.0.0.1:${peer[index]}`, '--initial-advertise-peer-urls', `http://127.0.0.1:${peer[index]}`],
        ['--initial-cluster', initial, '--initial-cluster-state', 'new', '--log-level', 'error'],
        options.heartbeatMs === undefined ? [] : ['--heartbeat-interval', String(options.heartbeatMs)],
        options.electionMs === undefined ? [] : ['--election-timeout', String(options.electionMs)],
      ].flat(),
      { stdio: 'ignore' },
    ),
  }))
  const stop = () => {
    for (const member of members) member.process.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    await firstPut(members, 30_000)
  } catch (error) {
    stop()
    throw error
  }
  return { members, readyMs: performance.now() - begun, leader: () => leaderOf(members), stop }
}

/** Puts to 1,000 keys in a closed loop over one connection, from a client in Node in its own process: what our own load costs, too. */
export function loadEtcd(member: EtcdMember, outstanding: number, milliseconds: number, valueBytes: number): Throughput {
  const program = path.join(import.meta.dirname, 'etcdLoad.ts')
  const out = execFileSync(process.execPath, [program, String(member.port), String(outstanding), String(milliseconds), String(valueBytes)])
  return JSON.parse(out.toString()) as Throughput
}

/** The same from h2load, which leaves etcd more of the machine than a client in Node does, but can only put one key. Undefined where it is not installed. */
export function loadEtcdFromC(member: EtcdMember, outstanding: number, milliseconds: number, valueBytes: number): Throughput | undefined {
  return installed('h2load') ? withH2load(member, outstanding, milliseconds, valueBytes) : undefined
}

function withH2load(member: EtcdMember, outstanding: number, milliseconds: number, valueBytes: number): Throughput {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'synod-bench-h2load-'))
  try {
    const body = path.join(folder, 'put.bin')
    const log = path.join(folder, 'log')
    execFileSync(process.execPath, ['-e', WRITE_PUT, body, String(valueBytes)])
    const url = `http://127.0.0.1:${member.port}/etcdserverpb.KV/Put`
    const shape = [
      '-c',
      '1',
      '-m',
      String(outstanding),
      '-D',
      String(milliseconds / 1000),
      '--warm-up-time=500ms',
      '-d',
      body,
      `--log-file=${log}`,
    ]
    execFileSync('h2load', [...shape, '-H', 'content-type: application/grpc', '-H', 'te: trailers', url], { stdio: 'ignore' })
    const latenciesMs = readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => Number(line.split('\t')[2]) / 1000)
      .sort((a, b) => a - b)
    return {
      perSecond: latenciesMs.length / (milliseconds / 1000),
      p50Ms: percentile(latenciesMs, 0.5),
      p99Ms: percentile(latenciesMs, 0.99),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const WRITE_PUT = `
const [, file, size] = process.argv
const message = Buffer.concat([Buffer.from([0x0a, 4]), Buffer.from('key1'), Buffer.from([0x12, Number(size)]), Buffer.alloc(Number(size), 'v')])
const prefix = Buffer.alloc(5)
prefix.writeUInt32BE(message.length, 1)
require('node:fs').writeFileSync(file, Buffer.concat([prefix, message]))
`

/** One put to a member over an open session, with a limit; resolves to whether it was acknowledged. */
export function putOnce(session: http2.ClientHttp2Session, limitMs: number): Promise<boolean> {
  const message = Buffer.from([0x0a, 1, 0x6b, 0x12, 1, 0x76])
  return new Promise((resolve) => {
    if (session.closed || session.destroyed) return resolve(false)
    const stream = session.request({
      ':method': 'POST',
      ':path': '/etcdserverpb.KV/Put',
      'content-type': 'application/grpc',
      te: 'trailers',
    })
    let ok = false
    stream.on('trailers', (trailers) => {
      ok = String(trailers['grpc-status']) === '0'
    })
    stream.on('error', () => resolve(false))
    stream.on('close', () => resolve(ok))
    stream.setTimeout(limitMs, () => stream.close())
    stream.resume()
    stream.end(Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), message]))
  })
}

/** Tries members in turn until one acknowledges a put. Rejects after `limitMs`. */
export async function firstPut(members: readonly EtcdMember[], limitMs: number): Promise<void> {
  const until = performance.now() + limitMs
  while (performance.now() < until) {
    for (const member of members) {
      const session = http2.connect(`http://127.0.0.1:${member.port}`)
      session.on('error', () => {})
      const ok = await putOnce(session, 500)
      session.destroy()
      if (ok) return
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error(`etcd acknowledged no put within ${limitMs} ms`)
}

async function leaderOf(members: readonly EtcdMember[]): Promise<EtcdMember> {
  for (let attempt = 0; attempt < 200; attempt++) {
    for (const member of members) {
      const metrics = await fetch(`http://127.0.0.1:${member.port}/metrics`).then(
        (answer) => answer.text(),
        () => '',
      )
      if (/^etcd_server_is_leader 1$/m.test(metrics)) return member
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('no etcd member says that it leads')
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer().listen(0, '127.0.0.1', () => resolve(server))
        }),
    ),
  )
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
