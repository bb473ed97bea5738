/** How the web host ends while a run is live: asked to, in good order; killed, leaving no process and a file that holds what was told. */
import { type ChildProcess, spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import type { FromLab } from '../../../main/contract/client.ts'
import type { Command, Request, Response } from '../../../main/contract/commands.ts'
import { openLibrary } from '../../../main/recorder/library.ts'
import type { RunId } from '../../../protocols/core/ids.ts'
import { cliProgram } from './program.ts'

vi.setConfig({ testTimeout: 180_000 })

const data = fs.mkdtempSync(path.join(os.tmpdir(), 'synod-ending-'))
const hosts: ChildProcess[] = []
afterEach(() => {
  for (const host of hosts.splice(0)) host.kill('SIGKILL')
  fs.rmSync(data, { recursive: true, force: true })
})

interface Live {
  readonly host: ChildProcess
  readonly closed: Promise<number | null>
  readonly run: RunId
  readonly pids: readonly number[]
  /** The last event that the host told of. */
  told(): number
}

/** A host of its own process group with a run under load, some of which has been told. */
async function serveRun(): Promise<Live> {
  const host = spawn(process.execPath, [cliProgram, 'serve', '--port', '0', '--no-open', '--json', '--data', data], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  hosts.push(host)
  const closed = new Promise<number | null>((resolve) => host.on('close', resolve))
  const line = await new Promise<string>((resolve) => host.stdout?.once('data', (chunk) => resolve(String(chunk))))
  const { port, token } = JSON.parse(line) as { port: number; token: string }
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api`, ['synod', `synod.token.${token}`])
  await new Promise((resolve) => socket.once('open', resolve))
  socket.on('error', () => undefined) // the host goes away

  const waiting = new Map<number, (word: FromLab) => void>()
  let told = 0
  let enough = () => {}
  socket.on('message', (text) => {
    const word = JSON.parse(String(text)) as FromLab
    if ('id' in word) return waiting.get(word.id)?.(word)
    if (word.change.kind === 'grew') told = word.change.lastSeq
    if (told > 300) enough()
  })
  const call = async <C extends Command>(command: C, request: Request<C>): Promise<Response<C>> => {
    const id = waiting.size + 1
    const answer = new Promise<FromLab>((resolve) => waiting.set(id, resolve))
    socket.send(JSON.stringify({ id, command, request }))
    const word = await answer
    if (!('ok' in word && word.ok)) throw new Error(JSON.stringify(word))
    return word.response as Response<C>
  }
  const { run } = await call('runs.start', { config: { nodes: 3, load: { clients: 2, rate: 100 } } })
  const toldEnough = new Promise<void>((resolve) => {
    enough = resolve
  })
  await call('run.watch', { run, on: true })
  await toldEnough
  const { nodes } = await call('run.moment', { run, seq: told })
  return { host, closed, run, pids: nodes.map((node) => node.pid as number), told: () => told }
}

/** Ended, whether or not somebody has taken note of it. */
function hasEnded(pid: number): boolean {
  try {
    process.kill(pid, 0)
    const stat = `/proc/${pid}/stat`
    return fs.existsSync(stat) && fs.readFileSync(stat, 'utf8').includes(') Z ')
  } catch {
    return true
  }
}

/** The test's own time limit ends the wait for a process that never ends. */
async function haveEnded(pids: readonly number[]): Promise<void> {
  expect(pids).toHaveLength(3)
  while (!pids.every(hasEnded)) await new Promise((resolve) => setTimeout(resolve, 20))
}

function summaryOf(run: RunId) {
  const library = openLibrary(data)
  try {
    return library.summary(run)
  } finally {
    library.close()
  }
}

test.skipIf(process.platform === 'win32')(
  'asked to end, and all its processes with it, heard twice: the run ends in good order',
  async () => {
    const { host, closed, run, pids, told } = await serveRun()
    const group = -(host.pid as number)
    process.kill(group, 'SIGTERM')
    process.kill(-group, 'SIGTERM')
    expect(await closed).toBe(0)
    await haveEnded(pids)
    const summary = summaryOf(run)
    expect(summary.status).toBe('ended')
    expect(summary.events).toBeGreaterThanOrEqual(told())
  },
)

test('killed: its processes end by themselves, and the file holds all that was told, interrupted', async () => {
  const { host, closed, run, pids, told } = await serveRun()
  host.kill('SIGKILL')
  await closed
  await haveEnded(pids)
  const summary = summaryOf(run)
  expect(summary.status).toBe('interrupted')
  expect(summary.events).toBeGreaterThanOrEqual(told())
})
