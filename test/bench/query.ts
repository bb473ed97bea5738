/**
 * What asking a long recording costs: `node test/bench/query.ts`. A million events of simulated Raft (QUERY_EVENTS) are recorded once
 * into a temporary folder, with delays and losses; then queries are asked as the window asks them, page by page, cheap ones and
 * ones that read every body: until the first matches, until all, and the longest piece in which nobody else is answered.
 * Also what a message and an event are with their causes, anywhere in the run.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { headerOf } from '../../main/recorder/header.ts'
import { RunReader } from '../../main/recorder/reader.ts'
import { Recorder } from '../../main/recorder/recorder.ts'
import { RunStore } from '../../main/recorder/store.ts'
import { runConfigSchema } from '../../protocols/core/config.ts'
import { runId } from '../../protocols/core/ids.ts'
import { raft } from '../../protocols/raft/index.ts'
import { kv } from '../../protocols/services/kv.ts'
import { Recording } from '../../protocols/sim/recording.ts'
import { Simulation } from '../../protocols/sim/simulation.ts'
import { percentile, remark, report } from './figures.ts'

const EVENTS = Number(process.env.QUERY_EVENTS ?? 1_000_000)
const NODES = 5
const PIECE_MS = 15
const QUERIES = [
  ['by number alone', 'kind:drop'],
  ['of one node', 'node:n2 type:AppendEntries'],
  ['rare: elections', 'role:leader,candidate or type:RequestVote'],
  ['every body read', 'body.term>0 body.prevLogIndex>5000'],
  ['any field', 'term>1'],
  ['a text', '"k77 "'],
  ['a word that nothing has', 'xyzzy'],
  ['everything', 'seq>0'],
] as const

function record(file: string): void {
  const config = runConfigSchema.parse({
    ...{ mode: 'simulation', nodes: NODES, seed: 1, network: { delayMs: 2, jitterMs: 1 } },
    load: { clients: 32, rate: 0, keys: 1000 },
  })
  const header = headerOf({ run: runId('bench'), name: 'Bench', config, protocol: raft, epochUs: 0, appVersion: '0.0.0' })
  const store = new RunStore(file, header)
  const recorder = new Recorder(store, header)
  const run = new Simulation({ protocol: raft, service: kv, config, sink: new Recording(recorder, raft, NODES) })
  while (run.events < EVENTS) {
    run.run(run.nowUs + 20_000)
    recorder.commit()
  }
  recorder.finish()
  store.close('ended')
}

/** Of this process: on a machine that others use, the clock says little. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function ask(reader: RunReader, name: string, where: string): void {
  const began = performance.now()
  const beganCpu = cpuMs()
  let firstMs = Number.NaN
  let count = 0
  let longest = 0
  let longestCpu = 0
  for (let from: number | undefined = 1; from !== undefined; ) {
    const piece = performance.now()
    const pieceCpu = cpuMs()
    const page: ReturnType<RunReader['find']> = reader.find({ from, where })
    longest = Math.max(longest, performance.now() - piece)
    longestCpu = Math.max(longestCpu, cpuMs() - pieceCpu)
    count += page.seqs.length
    if (page.seqs.length > 0 && Number.isNaN(firstMs)) {
      reader.pick(page.seqs.slice(0, 40))
      firstMs = performance.now() - began
    }
    from = page.next
  }
  const allMs = performance.now() - began
  const allCpu = cpuMs() - beganCpu
  remark(`${where}: ${count} matches`)
  if (!Number.isNaN(firstMs)) report({ name: `${name}: first rows`, value: firstMs, unit: 'ms', peer: 'bound', peerValue: 300 })
  report({ name: `${name}: all of ${EVENTS} events`, value: allMs, unit: 'ms', peer: 'bound', peerValue: 3000 })
  report({ name: `${name}: all, of the processor`, value: allCpu, unit: 'ms' })
  report({ name: `${name}: longest piece`, value: longest, unit: 'ms', peer: 'bound', peerValue: PIECE_MS })
  report({ name: `${name}: longest piece, of the processor`, value: longestCpu, unit: 'ms' })
}

/** Anywhere in the run, each for the first time. */
function follow(reader: RunReader, lastSeq: number): void {
  const [message, event, piece]: [number[], number[], number[]] = [[], [], []]
  const timed = <T>(into: number[], work: Generator<undefined, T>): T => {
    const began = performance.now()
    for (;;) {
      const from = performance.now()
      const turn = work.next()
      piece.push(performance.now() - from)
      if (!turn.done) continue
      into.push(performance.now() - began)
      return turn.value
    }
  }
  for (let i = 0; i < 300; i++) {
    const seq = 1 + ((i * 7_919_317) % lastSeq)
    const { event: found } = timed(event, reader.causes(seq))
    if ('message' in found) timed(message, reader.message(found.message))
  }
  for (const list of [message, event, piece]) list.sort((a, b) => a - b)
  report({ name: 'a message with its causes and effects, p50', value: percentile(message, 0.5), unit: 'ms' })
  report({ name: 'a message with its causes and effects, p99', value: percentile(message, 0.99), unit: 'ms' })
  report({ name: 'an event with its causes and effects, p50', value: percentile(event, 0.5), unit: 'ms' })
  report({ name: 'an event with its causes and effects, p99', value: percentile(event, 0.99), unit: 'ms' })
  report({ name: 'the longest piece of these', value: piece.at(-1) ?? 0, unit: 'ms', peer: 'bound', peerValue: PIECE_MS })
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'synod-bench-query-'))
try {
  const file = path.join(folder, 'run.synod')
  record(file)
  const reader = new RunReader(file)
  for (const [name, where] of QUERIES) ask(reader, name, where)
  follow(reader, reader.lastSeq)
  reader.close()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
