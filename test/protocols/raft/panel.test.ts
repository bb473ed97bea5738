/** Raft's own panel, from states and steps alone: the logs of Figures 7 and 8, and elections with the reason of each refusal. */
import { describe, expect, test } from 'vitest'
import { type Ballot, BallotBook, outcomeOf } from '../../../protocols/core/ballots.ts'
import { type Grid, gridOf, type NodeRow } from '../../../protocols/core/grid.ts'
import type { Json } from '../../../protocols/core/json.ts'
import type { BallotsView, GridView } from '../../../protocols/core/panel.ts'
import { raft } from '../../../protocols/raft/index.ts'
import type { RaftMessage } from '../../../protocols/raft/messages.ts'
import { panel } from '../../../protocols/raft/panel.ts'
import type { RaftState } from '../../../protocols/raft/state.ts'
import { kv } from '../../../protocols/services/kv.ts'
import { diskOf, figure8c, figure8d, ledByN1, node, put, type RaftStage, raftStage, stand } from './plays.ts'

const logs = panel.views[0] as GridView<RaftState>
const elections = panel.views[1] as BallotsView<RaftMessage>
const words = (op: Json) => kv.format(op as never)

function gridAt(stage: RaftStage, window = { from: 1, to: 1000 }): Grid {
  const rows = stage.nodes
    .filter((node) => stage.isUp(node))
    .map((node): NodeRow => ({ node, status: 'up', row: logs.row(stage.state(node), window, words) }))
  return gridOf(logs, rows, window)
}
const groups = (grid: Grid, node: string) => grid.rows.find((row) => row.node === node)?.cells.map(({ group }) => group)
const odd = (grid: Grid, node: string) =>
  grid.rows
    .find((row) => row.node === node)
    ?.cells.filter((cell) => cell.odd)
    .map(({ column }) => column)

/** Reads every step of the stage from here on. */
function listen(stage: RaftStage): BallotBook {
  const book = new BallotBook()
  const { observer } = stage
  const see = observer.see.bind(observer)
  let seq = 0
  observer.see = (step) => {
    see(step)
    seq++
    const { node, input, after, effects } = step
    const notes = effects.flatMap((effect) => (effect.kind === 'note' ? [{ note: effect.note, data: effect.data }] : []))
    const given = input.kind === 'message' ? { from: input.from, message: input.message } : undefined
    for (const word of elections.tell({ node, notes, ...(given ? { given } : {}), shows: () => raft.observe(after) }))
      book.enter(word, { seq, atUs: seq })
  }
  return book
}
const votesIn = (ballot: Ballot | undefined, candidate: string) =>
  ballot?.candidacies
    .find((each) => each.candidate === candidate)
    ?.votes.map(({ voter, granted, heard }) => `${voter} ${granted ? 'granted' : 'refused'}${heard ? ', heard' : ''}`)

describe('replicated logs', () => {
  const figure7 = {
    n1: diskOf(1, 1, 1, 4, 4, 5, 5, 6, 6, 6),
    n2: diskOf(1, 1, 1, 4, 4, 5, 5, 6, 6),
    n3: diskOf(1, 1, 1, 4),
    n4: diskOf(1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6),
    n5: diskOf(1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7),
    n6: diskOf(1, 1, 1, 4, 4, 4, 4),
    n7: diskOf(1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3),
  }

  test('Figure 7: the logs stand as printed, and what the leader will overwrite is odd', () => {
    const grid = gridAt(raftStage(raft, 7, { disks: figure7 }))
    expect([grid.first, grid.last]).toEqual([1, 12])
    expect(groups(grid, 'n7')).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3])
    expect(grid.conflicts).toEqual([4, 5, 6, 7, 8, 9, 10, 11])
    expect(odd(grid, 'n1')).toEqual([])
    expect(odd(grid, 'n6')).toEqual([6, 7])
    expect(odd(grid, 'n7')).toEqual([4, 5, 6, 7, 8, 9, 10, 11])
  })

  test('Figure 7, repaired: nothing conflicts, and the leader knows what each follower has', () => {
    const stage = raftStage(raft, 7, { disks: figure7 })
    stand(stage, 'n1', [])
    stand(stage, 'n1', ['n2', 'n3', 'n6', 'n7'])
    stage.settle()
    stage.timer('n1', 'heartbeat')
    stage.settle()
    const grid = gridAt(stage)
    expect(grid.conflicts).toEqual([])
    expect(grid.rows.map(({ lines }) => lines.commitIndex)).toEqual([11, 11, 11, 11, 11, 11, 11])
    expect(grid.rows[0]?.pointers.filter(({ name }) => name === 'matchIndex').map(({ node, column }) => `${node} ${column}`)).toEqual([
      ...['n2 11', 'n3 11', 'n4 11', 'n5 11', 'n6 11', 'n7 11'],
    ])
    expect(grid.rows.slice(1).every(({ pointers }) => pointers.length === 0)).toBe(true)
  })

  test('Figure 8 (c): on a majority, and not committed: the entry of term 2 is still light', () => {
    const grid = gridAt(figure8c(raft))
    for (const node of ['n1', 'n2', 'n3']) expect(groups(grid, node)?.[1]).toBe(2)
    expect(grid.rows.map(({ node, lines }) => `${node} ${lines.commitIndex}`)).toEqual(['n1 0', 'n2 1', 'n3 1', 'n4 1'])
    // n1 has just come back and does not know yet what is committed.
    expect(grid.rows.map(({ cells }) => cells.map(({ settled }) => settled === true))).toEqual([
      [false, false, false],
      [true, false],
      [true, false],
      [true],
    ])
  })

  test('Figure 8 (d): it is overwritten everywhere but at the one that is down', () => {
    const grid = gridAt(figure8d(raft))
    for (const node of ['n2', 'n3', 'n4', 'n5']) expect(groups(grid, node)).toEqual([1, 3, 5])
    expect(grid.conflicts).toEqual([])
  })

  test('an entry reads as its service formats it, with the client’s session', () => {
    const { stage, session } = ledByN1(raft)
    stage.request('n1', put(session, 1, 'x', '1'))
    const cells = gridAt(stage).rows[0]?.cells
    expect(cells?.map(({ text }) => text)).toEqual(['no-op', 'register', 'put x 1'])
    expect(cells?.[2]?.detail).toBe(`client session ${session}, command 1`)
  })

  test('a window holds its cells alone', () => {
    const grid = gridAt(raftStage(raft, 7, { disks: figure7 }), { from: 9, to: 11 })
    expect(grid.rows.map(({ cells }) => cells.length)).toEqual([2, 1, 0, 3, 3, 0, 3])
    expect(grid.last).toBe(12)
    expect(grid.conflicts).toEqual([9, 10, 11])
  })
})

describe('elections', () => {
  test('Figure 7: n1 wins term 8 with the votes that it can get; the others say why not', () => {
    const stage = raftStage(raft, 7, { disks: { n1: diskOf(1, 4, 6), n4: diskOf(1, 4, 6, 6), n5: diskOf(1, 4, 7) } })
    const book = listen(stage)
    stand(stage, 'n1', [])
    stage.timer('n1', 'election')
    stage.settle()
    const [seven, eight] = book.ballots
    expect(seven?.epoch).toBe(7)
    expect(outcomeOf(seven as Ballot, false)).toBe('failed')
    expect(eight?.candidacies[0]?.end?.is).toBe('won')
    const refused = eight?.candidacies[0]?.votes.filter(({ granted }) => !granted)
    expect(refused?.map(({ voter, why }) => `${voter} ${why}`)).toEqual([
      'n4 its own log is more up to date: it ends with index 4 of term 6, the candidate’s with index 3 of term 6 (§5.4.1)',
      'n5 its own log is more up to date: it ends with index 3 of term 7, the candidate’s with index 3 of term 6 (§5.4.1)',
    ])
  })

  test('a split vote: each of two candidates has a vote of its own and refuses the other', () => {
    const stage = raftStage(raft, 4)
    const book = listen(stage)
    stage.timer('n1', 'election')
    stage.timer('n2', 'election')
    stage.deliver({ from: 'n1', to: 'n3' })
    stage.deliver({ from: 'n2', to: 'n4' })
    stage.settle()
    const [ballot] = book.ballots
    expect(votesIn(ballot, 'n1')).toEqual(['n1 granted, heard', 'n3 granted, heard', 'n2 refused', 'n4 refused'])
    expect(votesIn(ballot, 'n2')?.slice(0, 2)).toEqual(['n2 granted, heard', 'n4 granted, heard'])
    expect(ballot?.candidacies[0]?.votes[2]?.why).toBe('it voted for n2 in this term (§5.2)')
    expect(outcomeOf(ballot as Ballot, true)).toBe('open')
    expect(outcomeOf(ballot as Ballot, false)).toBe('split')
  })

  test('a granted vote that never arrived is not heard; a voter of a later term says so', () => {
    const stage = raftStage(raft, 3)
    const book = listen(stage)
    stage.timer('n1', 'election')
    stage.deliver({ from: 'n1', to: 'n2' })
    stage.drop({ from: 'n2', to: 'n1' })
    stage.timer('n3', 'election')
    stage.timer('n3', 'election')
    stage.deliver({ from: 'n1', to: 'n3' })
    expect(votesIn(book.ballots[0], 'n1')).toEqual(['n1 granted, heard', 'n2 granted', 'n3 refused'])
    expect(book.ballots[0]?.candidacies[0]?.votes[2]?.why).toBe('it is in term 2 already (§5.1)')
    stage.settle()
    expect(book.ballots[0]?.candidacies[0]?.end).toMatchObject({ is: 'yielded', why: 'learned of term 2 (§5.1)' })
  })

  test('who stands asks the voters that it knows, of a joint configuration both majorities, and nobody else', () => {
    const config = (term: number, old: string[] | undefined, ...voters: string[]) =>
      ({ term, kind: 'config', voters: voters.map(node), ...(old ? { old: old.map(node) } : {}), learners: [] }) as const
    const disk = (...entries: object[]) => [{ term: 1, vote: null, from: 1, entries } as never]
    const stage = raftStage(raft, 5, { members: 3, disks: { n1: disk(config(1, ['n1', 'n2', 'n3'], 'n3', 'n4', 'n5')) } })
    const book = listen(stage)
    stand(stage, 'n1', [])
    expect(book.ballots.at(-1)?.candidacies[0]?.asks).toEqual([
      { of: ['n1', 'n2', 'n3'], needs: 2 },
      { of: ['n3', 'n4', 'n5'], needs: 2 },
    ])
    const plain = raftStage(raft, 5, { members: 3 })
    const plainBook = listen(plain)
    stand(plain, 'n2', [])
    expect(plainBook.ballots.at(-1)?.candidacies[0]?.asks).toEqual([{ of: ['n1', 'n2', 'n3'], needs: 2 }])
  })

  test('every note and message that elections hear is one that Raft has', () => {
    expect(raft.notes.map(({ name }) => name)).toEqual(expect.arrayContaining([...elections.hears.notes]))
    expect(raft.messages.map(({ kind }) => kind)).toEqual(expect.arrayContaining([...elections.hears.messages]))
  })
})
