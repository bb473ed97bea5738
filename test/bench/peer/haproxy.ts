/** HAProxy as a peer: the installed program, one thread, TCP mode, from one loopback port to another. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { installed } from './etcd.ts'

export interface HaproxyPath {
  readonly port: number
  stop(): Promise<void>
}

/** Debian installs it where only root's PATH looks. */
export function haproxyProgram(): string | undefined {
  return ['haproxy', '/usr/sbin/haproxy'].find(installed)
}

/** Starts it in front of `target`; resolves when it takes connections. */
export async function startHaproxy(program: string, target: number): Promise<HaproxyPath> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'synod-bench-haproxy-'))
  const port = await freePort()
  const config = path.join(folder, 'haproxy.cfg')
  writeFileSync(
    config,
    `global
  nbthread 1
  maxconn 256
defaults
  mode tcp
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend in
  bind 127.0.0.1:${port}
  default_backend out
backend out
  server s1 127.0.0.1:${target}
`,
  )
  const child = spawn(program, ['-db', '-q', '-f', config], { stdio: 'ignore' })
  await reachable(port, child)
  return {
    port,
    async stop() {
      const ended = child.exitCode === null ? once(child, 'exit') : undefined
      child.kill('SIGKILL')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

async function reachable(port: number, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`haproxy ended with code ${child.exitCode} before it listened`)
    const socket = connect(port, '127.0.0.1')
    const is = await new Promise<boolean>((done) => {
      socket.once('connect', () => done(true))
      socket.once('error', () => done(false))
    })
    socket.destroy()
    if (is) return
    await new Promise((done) => setTimeout(done, 20))
  }
}
