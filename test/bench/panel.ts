/**
 * A protocol's own panel over a long recording: `npm run bench panel [run file]`. How long it takes to answer for a window of a
 * grid at random events and at the end, to read all ballots, and to find since when a cell is there. Without a file it
 * plays one of some 100,000 events.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { RunReader } from '../../main/recorder/reader.ts'
import { Replay } from '../../main/replay/replay.ts'
import { runId } from '../../protocols/core/ids.ts'
import { raft } from '../../protocols/raft/index.ts'
import { dice } from '../main/recorder/toyRun.ts'
import { play } from '../main/replay/playedRun.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'synod-bench-panel-'))
const file =
  process.argv[2] ?? play({ protocol: raft, file: path.join(folder, 'run.synod'), seed: 5, nodes: 5, steps: 40_000, crashes: 5000 }).file
const say = (figure: string, value: object) => console.log(JSON.stringify({ bench: 'panel', figure, ...value }))
const ms = (value: number) => Math.round(value * 100) / 100

const replay = new Replay(runId('bench'), new RunReader(file), { onVerdict: () => {} })
const { lastSeq } = replay.recording
const timed = (act: () => unknown): number => {
  const began = performance.now()
  act()
  return performance.now() - began
}
const spread = (times: readonly number[]) => {
  const sorted = [...times].sort((a, b) => a - b)
  return { p50: ms(sorted[Math.floor(sorted.length / 2)] ?? 0), p99: ms(sorted[Math.floor(sorted.length * 0.99)] ?? 0), unit: 'ms' }
}

const first = performance.now()
let firstMs = 0
for (let asks = 1; ; asks++) {
  const answer = replay.panels.answer({ view: 'elections', seq: lastSeq, window: { count: 30 } })
  firstMs ||= performance.now() - first
  if (answer.kind !== 'ballots' || answer.readSeq === answer.lastSeq) {
    say('ballots', { events: lastSeq, firstAnswer: ms(firstMs), all: ms(performance.now() - first), asks, unit: 'ms' })
    break
  }
}
const grid = (seq: number, from?: number) =>
  replay.panels.answer({ view: 'logs', seq, window: { ...(from === undefined ? {} : { from }), count: 300 } })
say('grid at the end, cold', { value: ms(timed(() => grid(lastSeq))), unit: 'ms' })
const end = grid(lastSeq)
if (end.kind === 'grid') say('log', { columns: end.last })
say('grid at the end, any window', spread(Array.from({ length: 50 }, (_, i) => timed(() => grid(lastSeq, i * 100)))))
const roll = dice(3)
say('grid at random events', spread(Array.from({ length: 60 }, () => 1 + roll(lastSeq)).map((seq) => timed(() => grid(seq)))))
say('grid, going on by 100 events', spread(Array.from({ length: 100 }, (_, i) => timed(() => grid(Math.floor(lastSeq / 2) + i * 100)))))
if (end.kind === 'grid') {
  const times: number[] = []
  for (let i = 0; i < 5; i++) {
    const began = performance.now()
    await replay.panels.since({
      view: 'logs',
      seq: lastSeq,
      node: end.rows[i % end.rows.length]?.node as never,
      column: 1 + roll(end.last),
    })
    times.push(performance.now() - began)
  }
  say('since', spread(times))
}
replay.close()
rmSync(folder, { recursive: true, force: true })
