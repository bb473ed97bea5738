/** No process of a run outlives its lab, however the lab ends and whatever state the process is in. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, expect, test } from 'vitest'
import { isAlive, stateOf, unseen, untilSeen } from './processes.ts'

interface Doomed {
  readonly lab: ChildProcess
  readonly pids: number[]
  readonly nodes: { readonly [id: string]: number }
}

const folders: string[] = []
const started: number[] = []
afterEach(() => {
  for (const pid of started.splice(0)) if (isAlive(pid)) process.kill(pid, 'SIGKILL')
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** Starts a lab that has paused these nodes. It stays in the process group of this test, so that the system has no reason to end what it leaves behind: it does so only with a group whose last tie to its session is cut. */
async function doomed(...paused: string[]): Promise<Doomed> {
  const folder = mkdtempSync(path.join(tmpdir(), 'synod-doomed-'))
  folders.push(folder)
  const program = path.join(import.meta.dirname, 'doomedLab.ts')
  const lab = spawn(process.execPath, [program, folder, ...paused], { stdio: ['ignore', 'pipe', 'inherit'] })
  started.push(lab.pid as number)
  for await (const line of createInterface({ input: lab.stdout })) {
    const { nodes, children } = JSON.parse(line) as { nodes: Doomed['nodes']; children: number[] }
    const pids = [...new Set([...Object.values(nodes), ...children])]
    started.push(...pids)
    return { lab, pids, nodes }
  }
  throw new Error('the lab ended without a word')
}

async function kill({ lab, pids }: Doomed): Promise<void> {
  for (const pid of pids) expect(isAlive(pid)).toBe(true)
  lab.kill('SIGKILL')
  await untilSeen('every process of the run is gone', () => !pids.some(isAlive))
}

test('the lab is killed with kill -9 while a node is stopped: the stopped one is gone too', async () => {
  const it = await doomed('n2')
  if (!unseen) expect(stateOf(it.nodes.n2 as number)).toBe('T')
  await kill(it)
})

test('with every node stopped, the clients end them all', async () => {
  await kill(await doomed('n1', 'n2', 'n3'))
})

test.skipIf(unseen)('the clients are killed with the lab: the nodes that are left end the stopped one', async () => {
  const it = await doomed('n3')
  const nodes = new Set(Object.values(it.nodes))
  const clients = it.pids.filter((pid) => !nodes.has(pid))
  expect(clients).toHaveLength(1)
  for (const pid of clients) process.kill(pid, 'SIGKILL')
  await kill({ ...it, pids: [...nodes] })
})
