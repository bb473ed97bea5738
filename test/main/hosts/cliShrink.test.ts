/** `synod shrink` as a person calls it, on real processes and on a simulated run. What fails is Paxos with quorums that do not meet: it chooses twice. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { parseScenario } from '../../../main/scenario/parse.ts'
import { callSynod } from './program.ts'

const data = fs.mkdtempSync(path.join(os.tmpdir(), 'synod-cli-shrink-'))
afterAll(() => fs.rmSync(data, { recursive: true, force: true }))

const synod = (...args: string[]) => callSynod(data, [...args, '--json'])

/** Two who each are quorum enough, and so far apart that neither hears of the other, however busy the machine is; and a weather that has nothing to do with it. */
const FAILING = `name: Two decrees
run:
  { protocol: paxos, service: decree, nodes: 2, seed: 4, network: { delayMs: 20000 }, options: { q1: 1, q2: 1, allowUnsafeQuorums: true } }
steps:
  - { arm: { kind: duplicate, probability: 0.1 }, as: slow, atMs: 10 }
  - { ask: propose a, of: n1, atMs: 20 }
  - { ask: propose b, of: n2, atMs: 30 }
  - watch: { ms: 1000 }
`
const INVARIANT = 'Chosen for Ever'

async function failed(command: 'run' | 'sim'): Promise<string> {
  const file = path.join(data, 'failing.yaml')
  fs.writeFileSync(file, FAILING)
  const { code, out, err } = await synod(command, file)
  expect(code, err).toBe(1)
  const { run, verdict } = JSON.parse(out)
  expect(verdict.violations[0].invariant).toBe(INVARIANT)
  return run
}

const runs = async () => (JSON.parse((await synod('list')).out) as { run: string }[]).map(({ run }) => run)

test('a run of real processes: the deeds that it does not need go, the rates are stated, and what is left fails again', async () => {
  const run = await failed('run')
  const { code, out, err } = await synod('shrink', run, '--times', '1')
  expect(code, err).toBe(0)
  expect(err).toContain('the whole script, 3 deeds: reproduced 1 of 1')
  const shrunk = JSON.parse(out)
  const rate = { reproduced: 1, of: 1 }
  expect(shrunk).toMatchObject({ failure: INVARIANT, deeds: { from: 3, to: 2 }, whole: rate, smallest: rate, isMinimal: true })
  expect(fs.readFileSync(shrunk.scenario, 'utf8')).toBe(shrunk.text)
  expect(parseScenario(shrunk.text).steps.map(({ step }) => step.do)).toEqual(['ask', 'ask', 'watch'])
  // Of all attempts one run stays, beside the first: one that failed.
  expect((await runs()).sort()).toEqual([run, shrunk.run].sort())
  const checked = await synod('check', shrunk.run)
  expect(checked.code, checked.err).toBe(1)
  expect(JSON.parse((await synod('run', shrunk.scenario)).out).verdict.violations[0].invariant).toBe(INVARIANT)
})

test('a simulated run: the same command shrinks it by simulation, and every time it fails the same way', async () => {
  const run = await failed('sim')
  const { code, out, err } = await synod('shrink', run)
  expect(code, err).toBe(0)
  const shrunk = JSON.parse(out)
  expect(shrunk.failure).toContain(INVARIANT)
  expect(shrunk.events).toBeLessThan(shrunk.from.events)
  expect(shrunk.isMinimal).toBe(true)
  const again = await synod('sim', shrunk.scenario)
  expect(again.code, again.err).toBe(1)
  const { violated, run: repeated } = JSON.parse(again.out)
  expect(violated).toBe(INVARIANT)
  const events = (await synod('events', repeated)).out.trim().split('\n')
  // States that are kept for replay are no events of a shrunk run.
  expect(events.filter((line) => JSON.parse(line).kind !== 'checkpoint')).toHaveLength(shrunk.events)
})
