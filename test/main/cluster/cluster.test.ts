/** What is done to the nodes' processes is done for real, and what becomes of them is said with its reason. (The protocol's side of it: ../lab/journey.test.ts.) */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { NodeAction } from '../../../protocols/core/fault.ts'
import { type NodeId, nodeId } from '../../../protocols/core/ids.ts'
import { isAlive, isStopped, untilSeen } from '../../support/processes.ts'
import { openLab, type TestLab, type TestRun } from '../lab/openLab.ts'

let lab: TestLab
let run: TestRun
beforeAll(async () => {
  lab = await openLab()
  run = await lab.start({ name: 'cluster', nodes: 3, seed: 8, timeScale: 4 })
  await run.untilLeader()
  for (const key of ['a', 'b', 'c', 'd', 'e']) await lab.call('run.client', { run: run.run, text: `put ${key} 1` })
})
afterAll(async () => await lab.close())

const [n1, n2, n3] = ['n1', 'n2', 'n3'].map(nodeId) as [NodeId, NodeId, NodeId]
const act = (node: NodeId, action: NodeAction) => lab.call('run.node', { run: run.run, node, action })
const shown = (node: NodeId) => run.view.moment.nodes.get(node)
const pidOf = (node: NodeId) => shown(node)?.pid ?? -1

/** Where a node's disk is: the folder of that name within the data folder that holds this run's. */
function diskOf(node: NodeId): string {
  const found = readdirSync(lab.dataFolder, { recursive: true, encoding: 'utf8' }).filter((name) => path.basename(name) === node)
  expect(found).toHaveLength(1)
  return path.join(lab.dataFolder, found[0] as string)
}

/** Its recorded ends, once there are so many. (A run view waits for nothing more once the lab has told of trouble, and here trouble is made.) */
async function downs(node: NodeId, count: number) {
  let found: { readonly asked: boolean; readonly reason: string }[] = []
  await untilSeen(`${count} ends of ${node}`, async () => {
    found = (await run.events(['node'])).flatMap((event) =>
      event.kind === 'node' && event.node === node && event.change.is === 'down' ? [event.change] : [],
    )
    return found.length >= count
  })
  return found
}

// Windows has no SIGSTOP: a pause is cooperative there.
test.skipIf(process.platform === 'win32')('pause stops the very process, resume lets that same one go on', async () => {
  const pid = pidOf(n1)
  await act(n1, 'pause')
  await untilSeen(`${n1} is stopped`, () => isStopped(pid, false))
  await act(n1, 'resume')
  await untilSeen(`${n1} goes on`, () => !isStopped(pid, false))
  await untilSeen('the resumption', () => shown(n1)?.status === 'up')
  expect(shown(n1)).toMatchObject({ pid, life: 1 })
})

test('a stopped process can be crashed: it is gone, and so is that it was stopped', async () => {
  const pid = pidOf(n1)
  await act(n1, 'pause')
  await act(n1, 'crash')
  expect(isAlive(pid)).toBe(false)
  await act(n1, 'restart')
  await untilSeen('the second life', () => shown(n1)?.status === 'up' && shown(n1)?.life === 2)
  expect(pidOf(n1)).not.toBe(pid)
  expect(await downs(n1, 1)).toEqual([{ is: 'down', asked: true, reason: 'killed (kill -9)' }])
})

test('a process that something else ended is recorded as that, with the reason', async () => {
  process.kill(pidOf(n2), 'SIGKILL')
  expect(await downs(n2, 1)).toEqual([{ is: 'down', asked: false, reason: 'something outside Synod ended it with SIGKILL' }])
  expect(lab.troubles.join()).toContain(`${n2} went down: something outside Synod`)
})

test('a disk damaged before its end: the node does not start, file and byte are named, and the run goes on recording', async () => {
  const disk = diskOf(n2)
  const [name] = readdirSync(disk).filter((file) => file !== 'stamps')
  const file = path.join(disk, name as string)
  const bytes = readFileSync(file)
  // Not in the last batch, where it would pass for a write that the crash tore, and not in the room behind it.
  const at = Math.floor(bytes.findLastIndex((byte) => byte !== 0) / 3)
  bytes[at] = (bytes[at] as number) ^ 0xff
  writeFileSync(file, bytes)
  const refused = await act(n2, 'restart').then(
    () => undefined,
    (error: unknown) => error as { code: string; message: string; hint: string },
  )
  expect(refused).toMatchObject({ code: 'start-failed', hint: expect.stringContaining('Wipe') })
  expect(refused?.message).toContain(file)
  expect(refused?.message).toMatch(/at byte \d+/)
  expect((await downs(n2, 2)).at(-1)).toEqual({ is: 'down', asked: false, reason: refused?.message })
})

test('a wipe empties the disk but for the stamps, which no life may repeat; the node starts from nothing', async () => {
  await act(n2, 'wipe')
  expect(readdirSync(diskOf(n2))).toEqual(['stamps'])
  await act(n2, 'restart')
  const starts = async () =>
    (await run.events(['step'])).flatMap((event) =>
      event.kind === 'step' && event.node === n2 && event.input.kind === 'start' ? [event.input.recovered] : [],
    )
  await untilSeen('its first step', async () => (await starts()).length === 2)
  expect((await starts()).at(-1)).toBe(0)
})

test('the end of the run ends every process, one that is stopped too', async () => {
  const pids = [n1, n2, n3].map(pidOf)
  await act(n3, 'pause')
  await lab.call('runs.stop', { run: run.run })
  expect(pids.filter(isAlive)).toEqual([])
})
