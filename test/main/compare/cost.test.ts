/** What operations cost, on runs whose costs are known from the papers: one script, another protocol or other settings beside it. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLab, type Lab, type LabConnection } from '../../../main/lab.ts'
import { runConfigSchema } from '../../../protocols/core/config.ts'

/** One client, one operation after the other, on a network in which messages take long and disks no time worth naming. */
const SCRIPT = `
name: One after the other
run:
  protocol: raft
  service: store
  nodes: 5
  seed: 5
  network: { delayMs: 20, jitterMs: 0 }
  options: { electionMsMin: 400, electionMsMax: 800, heartbeatMs: 200 }
beside: { protocol: dynamo, options: { replicaMs: 200 } }
steps:
  - wait: leader
  - client: put a 1
  - load: { clients: 1, rate: 5, operations: 12, keys: 2, mix: { read: 0, write: 1, cas: 0 } }
  - wait: idle
  - load: { clients: 2, rate: 10, mix: { read: 0, write: 1, cas: 0 } }
  - wait: { ms: 1500 }
  - crash: leader
    as: old
  - wait: new-leader
  - wait: { ms: 3000 }
  - restart: old
  - load: off
  - wait: idle
  - wait: applied
expect: { leader: true }
`

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'synod-cost-'))
let lab: Lab
let connection: LabConnection
beforeAll(async () => {
  lab = await createLab({ dataFolder: folder, host: 'cli' })
  connection = lab.connect({ change: () => undefined })
})
afterAll(async () => {
  await lab.close()
  fs.rmSync(folder, { recursive: true, force: true })
})

test('a write takes four message delays through a leader as through a coordinator; the crash of the one costs an election, that of the other a timeout', async () => {
  const raft = await lab.simulateScenario(SCRIPT, { beside: {} })
  const dynamo = await lab.simulateScenario(SCRIPT, { beside: { protocol: 'dynamo', options: { replicaMs: 200 } } })
  expect([raft.is, dynamo.is], `${raft.why} ${dynamo.why}`).toEqual(['pass', 'pass'])
  const { a, b, by, nodes, text } = await connection.call('runs.compare', { a: raft.run, b: dynamo.run })
  expect(by).toBe('nothing')
  expect(nodes).toEqual([])
  expect(text).toMatch(/^raft and dynamo side by side/)
  expect(a.settings).toEqual(['protocol raft'])
  // Client to leader, to the followers, back, and to the client.
  expect(a.cost.delays?.median).toBe(4)
  expect(b.cost.delays?.median).toBe(4)
  // Request and answer, four followers asked, four answers; fewer while one is down, more where some are repeated.
  expect(a.cost.messagesPerOperation).toBeGreaterThan(8.5)
  expect(a.cost.messagesPerOperation).toBeLessThan(13)
  expect(a.cost.bytesPerOperation).toBeGreaterThan(200)
  const [led, coordinated] = [a.cost.recoveries[0], b.cost.recoveries[0]]
  expect(a.cost.recoveries).toHaveLength(1)
  expect(b.cost.recoveries).toHaveLength(1)
  expect(coordinated?.node).toBe('n1')
  // An election waits 400 ms and more; elsewhere the other client is served at once, and the unlucky one asks another node after half a second.
  expect(led?.servedMs).toBeGreaterThan(400)
  expect(coordinated?.servedMs).toBeLessThan(400)
  expect(coordinated?.worstMs).toBeGreaterThan(400)
})

test('what a second run has otherwise must be a configuration', async () => {
  await expect(lab.simulateScenario(SCRIPT.replace('protocol: dynamo, ', 'nods: 3, '))).rejects.toMatchObject({
    code: 'bad-scenario',
    message: expect.stringContaining('nods'),
  })
  await expect(lab.simulateScenario(SCRIPT, { beside: { protocol: 'paxos' } })).rejects.toMatchObject({
    message: expect.stringContaining('does not carry store'),
  })
})

test('the lab simulates both by itself under a script of its own, and says what cannot be before it begins', async () => {
  const config = runConfigSchema.parse({ protocol: 'raft', service: 'store', nodes: 3, load: { clients: 1, rate: 10 } })
  await expect(connection.call('runs.beside', { config, beside: { protocol: 'paxos' } })).rejects.toMatchObject({ code: 'bad-request' })
  const before = (await connection.call('runs.list', {})).length
  const { a, b } = await connection.call('runs.beside', { config, beside: { network: { delayMs: 10 } } })
  expect(await connection.call('runs.list', {})).toHaveLength(before + 2)
  const report = await connection.call('runs.compare', { a, b })
  expect(report.b.settings).toContain('network.delayMs 10')
  for (const { cost } of [report.a, report.b]) expect(cost.recoveries).toHaveLength(1)
  expect(report.a.cost.delays?.median).toBe(report.b.cost.delays?.median)
  expect(report.b.operations.p50Ms).toBeGreaterThan((report.a.operations.p50Ms ?? 0) + 15)
})
