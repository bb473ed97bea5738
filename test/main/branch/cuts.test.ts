/** Cuts that are had quickly, from copies kept along the way, are those that running the whole past again gives: on simulated runs under storms. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Cuts } from '../../../main/branch/cuts.ts'
import { CutPast } from '../../../main/futures/cutPast.ts'
import { createLab, type Lab } from '../../../main/lab.ts'
import { RunReader } from '../../../main/recorder/reader.ts'
import { Execution } from '../../../main/replay/execution.ts'
import { raft } from '../../../protocols/raft/index.ts'
import { findProtocol } from '../../../protocols/registry.ts'
import type { Cut } from '../../../protocols/sim/cut.ts'

const storm = (seed: number) => `
name: Cut anywhere
run: { protocol: raft, nodes: 3, seed: ${seed}, load: { clients: 3, rate: 60 }, network: { delayMs: 2, jitterMs: 2 } }
steps:
  - wait: leader
  - arm: { kind: duplicate, probability: 0.3, copies: 2, rule: { types: [AppendEntries], skip: 3, count: 40 } }
  - storm: { ms: 2500 }
  - heal: true
  - wait: { ms: 300 }
`

let lab: Lab
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'synod-cuts-'))
beforeAll(async () => {
  lab = await createLab({ dataFolder: folder, host: 'cli' })
})
afterAll(async () => {
  await lab.close()
  fs.rmSync(folder, { recursive: true, force: true })
})

/** States as text, so that two that were had in different ways can be held against each other. */
function plain(cut: Cut): unknown {
  const nodes = cut.nodes.map(({ state, clock, ...node }) => ({
    ...node,
    clock: [...clock],
    state: state === undefined ? undefined : JSON.stringify(raft.encode(state as never)),
  }))
  return JSON.parse(JSON.stringify({ ...cut, nodes }, (_, value) => (value === Number.POSITIVE_INFINITY ? 'never' : value)))
}

describe.each([3, 29])('seed %i', (seed) => {
  test('a cut is the same as one that follows every event from the first', async () => {
    const { run } = await lab.simulateScenario(storm(seed))
    const file = lab.fileOf(run)
    const reader = new RunReader(file)
    const execution = Execution.of(reader.header) as Execution
    const cuts = new Cuts(reader, execution)
    const past = new CutPast(new RunReader(file), findProtocol)
    const { lastSeq } = reader
    console.log(`seed ${seed}: ${lastSeq} events`)
    // To and fro: each cut behind the farthest yet is followed by one before it, which begins at a copy.
    const ahead = Array.from({ length: 12 }, (_, index) => Math.floor(((index + 1) * lastSeq) / 12))
    const places = ahead.flatMap((seq, index) => [seq, 1 + ((index * 7919) % seq), Math.max(1, seq - 40)])
    for (const seq of [...places, ...places.toReversed()]) {
      expect(plain(cuts.at(seq).cut), `after event ${seq} of ${lastSeq}`).toEqual(plain(past.at(seq, true).cut))
    }
    past.close()
    reader.close()
  })
})
