/**
 * The built web host in a process of its own, and a connection to it beside the window's: a benchmark starts runs and loads
 * through it, and asks the process how late its event loop was.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'
import type { FromLab } from '../../../main/contract/client.ts'
import type { Command, Request, Response } from '../../../main/contract/commands.ts'
import { labEnvironment } from '../../../main/setup/child.mjs'
import { typeScriptFlags } from '../../../main/setup/node.mjs'
import type { LoopDelay } from './eventLoop.ts'

export interface WebLab {
  /** What a browser opens. */
  readonly url: string
  /** Of the host's process, with the engine in it. */
  readonly pid: number
  /** Where its runs are. */
  readonly folder: string
  call<C extends Command>(command: C, request: Request<C>): Promise<Response<C>>
  /** How late the engine's event loop is while `work` goes on. */
  loopDelayDuring(work: () => Promise<unknown>): Promise<LoopDelay>
  /** Ends it as a crash does (kill -9), and leaves its folder; resolves when it is gone, with when it was killed, by this machine's monotonic clock in microseconds. */
  kill(): Promise<number>
  close(): Promise<void>
}

export async function openWebLab(): Promise<WebLab> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'synod-bench-window-'))
  const host = startHost(folder)
  const { url, port, token } = await said(host)
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api`, ['synod', `synod.token.${token}`])
  await once(socket, 'open')
  const waiting = new Map<number, (answer: Extract<FromLab, { id: number }>) => void>()
  let lastId = 0
  socket.on('message', (data) => {
    const message = JSON.parse(String(data)) as FromLab
    if ('id' in message) waiting.get(message.id)?.(message)
  })
  return {
    url,
    pid: host.pid as number,
    folder,
    async call(command, request) {
      const id = ++lastId
      const answer = await new Promise<Extract<FromLab, { id: number }>>((resolve) => {
        waiting.set(id, resolve)
        socket.send(JSON.stringify({ id, command, request }))
      })
      waiting.delete(id)
      if (!answer.ok) throw new Error(`${command}: ${answer.failure.message}`)
      return answer.response as never
    },
    async loopDelayDuring(work) {
      host.send({ measure: 'start' })
      await work()
      host.send({ measure: 'stop' })
      const [seen] = (await once(host, 'message')) as [LoopDelay]
      return seen
    },
    async kill() {
      const ended = once(host, 'exit')
      const atUs = Number(process.hrtime.bigint()) / 1e3
      host.kill('SIGKILL')
      await ended
      return atUs
    },
    async close() {
      socket.close()
      if (host.exitCode === null && host.signalCode === null) {
        const ended = once(host, 'exit')
        host.kill('SIGTERM')
        await ended
      }
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

function startHost(folder: string): ChildProcess {
  const monitor = path.join(import.meta.dirname, 'eventLoop.ts')
  const web = path.join(import.meta.dirname, '../../../dist/main/web.js')
  const flags = [...typeScriptFlags(process.versions.node), '--import', monitor]
  return spawn(process.execPath, [...flags, web, '--port', '0', '--data', folder, '--no-open', '--json'], {
    env: labEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
}

/** The line with which the host says where it is. */
async function said(host: ChildProcess): Promise<{ url: string; port: number; token: string }> {
  if (!host.stdout) throw new Error('the host was started without an output')
  for await (const line of createInterface({ input: host.stdout })) return JSON.parse(line)
  throw new Error('the host ended before it said where it is')
}
