/** A protocol's own panel of a recorded run: the rows are those of the states, the ballots those of the events, and since when is exact. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { PanelAnswer } from '../../../main/contract/panel.ts'
import { RunReader } from '../../../main/recorder/reader.ts'
import { Replay, type ReplayOptions } from '../../../main/replay/replay.ts'
import { BallotBook } from '../../../protocols/core/ballots.ts'
import type { RunEvent, SendEvent } from '../../../protocols/core/event.ts'
import { gridOf } from '../../../protocols/core/grid.ts'
import { type MessageId, type NodeId, runId } from '../../../protocols/core/ids.ts'
import type { Json } from '../../../protocols/core/json.ts'
import type { Observation } from '../../../protocols/core/machine.ts'
import type { BallotsView, GridView } from '../../../protocols/core/panel.ts'
import { raft } from '../../../protocols/raft/index.ts'
import type { RaftMessage } from '../../../protocols/raft/messages.ts'
import type { RaftState } from '../../../protocols/raft/state.ts'
import { kv } from '../../../protocols/services/kv.ts'
import { seedOf } from '../../support/seeds.ts'
import { dice } from '../recorder/toyRun.ts'
import { play } from './playedRun.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'synod-panels-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const seed = seedOf('panels')
const played = play({ protocol: raft, file: path.join(folder, 'run.synod'), seed, steps: 4000, crashes: 60 })
const logs = raft.panel?.views[0] as GridView<RaftState>
const elections = raft.panel?.views[1] as BallotsView<RaftMessage>
const words = (op: Json) => kv.format(op as never)
const open = (options: Partial<ReplayOptions> = {}) =>
  new Replay(runId('played'), new RunReader(played.file), { onVerdict: () => {}, ...options })

type GridAnswer = Extract<PanelAnswer, { kind: 'grid' }>
type BallotsAnswer = Extract<PanelAnswer, { kind: 'ballots' }>
const gridIn = (replay: Replay, seq: number, window: { from?: number; count: number }) =>
  replay.panels.answer({ view: 'logs', seq, window }) as GridAnswer
function ballotsIn(replay: Replay, seq: number, window: { from?: number; count: number }): BallotsAnswer {
  for (;;) {
    const answer = replay.panels.answer({ view: 'elections', seq, window }) as BallotsAnswer
    if (answer.readSeq === answer.lastSeq) return answer
  }
}

test('the rows of any window at any event are those of the states there', () => {
  console.log(`seed ${seed}`)
  const replay = open()
  const roll = dice(seed)
  const { lastSeq } = replay.recording
  let down = 0
  for (let i = 0; i < 40; i++) {
    const seq = 1 + roll(lastSeq)
    const answer = gridIn(replay, seq, { ...(i % 3 === 0 ? {} : { from: roll(200) }), count: 1 + roll(60) })
    expect(answer.seq).toBe(seq)
    const { window } = answer
    const rows = replay.recording.moment(seq).nodes.map((node) => {
      const kept = played.states.get(`${node.id} ${node.life} ${node.step}`)
      if (node.status === 'down' && kept !== undefined) down++
      return { node: node.id, status: node.status, row: kept === undefined ? undefined : logs.row(raft.decode(kept), window, words) }
    })
    for (const [index, { row, status }] of rows.entries()) {
      const given = answer.rows[index]
      expect(given?.problem).toBeUndefined()
      expect(given?.past === true).toBe(status === 'down' && row !== undefined)
      if (!row) continue
      expect(given).toMatchObject({ first: row.first, last: row.last, lines: row.lines, pointers: row.pointers })
      expect(given?.cells.map(({ column, group, text }) => [column, group, text])).toEqual(
        row.cells.map(({ column, group, text }) => [column, group, text]),
      )
    }
    const whole = gridIn(replay, seq, { from: 0, count: 2000 })
    const inside = (column: number) => column >= window.from && column <= window.to
    expect(answer.conflicts).toEqual(whole.conflicts.filter(inside))
    expect(answer.rows.map(({ cells }) => cells)).toEqual(whole.rows.map(({ cells }) => cells.filter(({ column }) => inside(column))))
  }
  expect(down).toBeGreaterThan(0)
  replay.close()
})

test('since when a node has an entry, and has it committed, is the event of a step that did it', async () => {
  const replay = open()
  const rowsAt = (seq: number) => gridIn(replay, seq, { from: 0, count: 2000 }).rows.filter(({ status }) => status === 'up')
  const commit = ({ lines }: ReturnType<typeof rowsAt>[number]) => lines.commitIndex ?? 0
  // At the end all may have just come back, and know of nothing that is committed.
  let seq = replay.recording.lastSeq
  while (seq > 0 && !rowsAt(seq).some((row) => commit(row) >= 9)) seq -= 50
  const up = rowsAt(seq).find((row) => commit(row) >= 9)
  const node = up?.node as NodeId
  const has = (at: number, column: number) => gridIn(replay, at, { from: column, count: 1 }).rows.find((row) => row.node === node)
  for (const column of [1, 4, 9]) {
    const group = up?.cells.find((cell) => cell.column === column)?.group
    const at = (of: number) => has(of, column)?.cells.find((cell) => cell.column === column)?.group
    const appended = await replay.panels.since({ view: 'logs', seq, node, column })
    expect(at(appended?.seq as number)).toBe(group)
    expect(at((appended?.seq as number) - 1)).not.toBe(group)
    expect(replay.recording.event(appended?.seq as number)).toMatchObject({ kind: 'step', node })
    const committed = await replay.panels.since({ view: 'logs', seq, node, column, line: 'commitIndex' })
    expect(has(committed?.seq as number, column)?.lines.commitIndex).toBeGreaterThanOrEqual(column)
    expect(has((committed?.seq as number) - 1, column)?.lines.commitIndex ?? 0).toBeLessThan(column)
  }
  expect(await replay.panels.since({ view: 'logs', seq, node, column: 99_999 })).toBeNull()
  for (const row of rowsAt(seq)) {
    const column = commit(row) + 1
    expect(await replay.panels.since({ view: 'logs', seq, node: row.node, column, line: 'commitIndex' })).toBeNull()
  }
  expect(await replay.panels.since({ view: 'elections', seq, node, column: 1 })).toBeNull()
  replay.close()
})

test('the ballots are those that all events of the run tell of', () => {
  const replay = open()
  const { lastSeq } = replay.recording
  const book = new BallotBook()
  const sends = new Map<MessageId, SendEvent>()
  const shown = new Map<NodeId, Observation>()
  for (let seq = 1; seq <= lastSeq; seq++) {
    const event = replay.recording.event(seq) as RunEvent
    if (event.kind === 'send') sends.set(event.message, event)
    if (event.kind !== 'step') continue
    if (event.observation) shown.set(event.node, event.observation)
    const send = event.input.kind === 'message' ? sends.get(event.input.message) : undefined
    const given =
      send && elections.hears.messages.includes(send.type)
        ? { from: send.from as NodeId, message: send.body as unknown as RaftMessage }
        : undefined
    for (const word of elections.tell({ ...event, ...(given ? { given } : {}), shows: () => shown.get(event.node) }))
      book.enter(word, event)
  }
  const answer = ballotsIn(replay, lastSeq, { count: 2000 })
  expect(book.ballots.length).toBeGreaterThan(2)
  expect(answer.ballots).toEqual(JSON.parse(JSON.stringify(book.ballots)))
  expect([answer.nodes, answer.needs, answer.total, answer.from]).toEqual([3, 2, book.ballots.length, 0])
  expect(answer.current).toBe(book.ballots.length - 1)

  const two = ballotsIn(replay, book.ballots[1]?.candidacies[0]?.seq as number, { from: 1, count: 2 })
  expect(two.ballots).toEqual(answer.ballots.slice(1, 3))
  expect(two.current).toBe(1)
  expect(ballotsIn(replay, 0, { count: 1 })).toMatchObject({ from: book.ballots.length - 1, current: -1 })
  replay.close()
})

test('a run of another version, an unknown view and a protocol without a panel say why there is nothing', () => {
  const other = open({ protocols: () => ({ ...raft, version: raft.version + 1 }) as never })
  expect(other.panels.answer({ view: 'logs', seq: 1, window: { count: 5 } })).toMatchObject({
    kind: 'none',
    why: expect.stringContaining('version'),
  })
  other.close()
  const { panel: _, ...bare } = raft
  const without = open({ protocols: () => bare as never })
  expect(without.panels.answer({ view: 'logs', seq: 1, window: { count: 5 } })).toEqual({
    kind: 'none',
    why: 'Raft has no view called “logs”.',
  })
  without.close()
})

test('rows of a node say nothing that its settling rule would not', () => {
  const replay = open()
  const { rows, window } = gridIn(replay, replay.recording.lastSeq, { from: 0, count: 2000 })
  const again = gridOf(
    logs,
    rows.map(({ cells, first, last, lines, pointers, ...of }) => ({ ...of, row: { cells, first, last, lines, pointers } })),
    window,
  )
  for (const [index, { cells, lines }] of again.rows.entries()) {
    expect(cells.map(({ settled }) => settled)).toEqual(rows[index]?.cells.map(({ settled }) => settled))
    for (const { column, settled } of cells) expect(settled === true).toBe(column <= (lines.commitIndex ?? 0))
  }
  replay.close()
})
