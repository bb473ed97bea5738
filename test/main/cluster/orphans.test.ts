/** No process of a run outlives its lab, however the lab ends and whatever state the process is in. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, expect, test } from 'vitest'
import { isAlive, isStopped, untilSeen } from '../../support/processes.ts'

interface Doomed {
  readonly lab: ChildProcess
  readonly pids: number[]
  readonly nodes: { readonly [id: string]: number }
}

/** Two labs are started here from nothing; on a machine that is very busy that takes a while. */
const LIMIT_MS = 180_000

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

test('the lab is killed with kill -9 while its nodes are stopped: they are gone too', { timeout: LIMIT_MS }, async () => {
  const it = await doomed('n1', 'n2', 'n3')
  await untilSeen('all nodes are stopped', () => Object.values(it.nodes).every((pid) => isStopped(pid, true)))
  await kill(it)
})

// Only Linux says which the clients' process is: no event names it.
test.skipIf(process.platform !== 'linux')(
  'the clients are killed with the lab: the nodes that are left end the stopped one',
  { timeout: LIMIT_MS },
  async () => {
    const it = await doomed('n3')
    const nodes = new Set(Object.values(it.nodes))
    const clients = it.pids.filter((pid) => !nodes.has(pid))
    expect(clients).toHaveLength(1)
    for (const pid of clients) process.kill(pid, 'SIGKILL')
    await kill({ ...it, pids: [...nodes] })
  },
)
