/** The protocol's own panel over the imitated cluster: rows from the states that it kept, ballots from its steps. */
import type { PanelAnswer } from '../../../main/contract/panel.ts'
import { BallotBook } from '../../../protocols/core/ballots.ts'
import { type GridRow, gridOf, type NodeRow, noRow, windowOf } from '../../../protocols/core/grid.ts'
import type { MessageId, NodeId } from '../../../protocols/core/ids.ts'
import type { AnyMessage, Observation, Role } from '../../../protocols/core/machine.ts'
import type { GridView } from '../../../protocols/core/panel.ts'
import { findProtocol } from '../../../protocols/registry.ts'
import { momentAt, type Run, statesAt } from './answers.ts'

interface Question {
  readonly view: string
  readonly seq: number
  readonly window: { readonly from?: number | undefined; readonly count: number }
}

/** As `stateTree` in node.ts makes it. */
interface FakeState {
  readonly role: Role
  readonly currentTerm: number
  readonly commitIndex: number
  readonly log: readonly { readonly index: number; readonly term: number; readonly op: string }[]
  readonly matchIndex?: { readonly [peer: string]: number }
}

export function panelOf(run: Run, { view: name, seq, window }: Question): PanelAnswer {
  const view = findProtocol(run.world.config.protocol)?.panel?.views.find((each) => each.name === name)
  if (!view) return { kind: 'none', why: `Raft has no view called “${name}”.` }
  return view.kind === 'grid' ? grid(run, view, seq, window) : ballots(run, seq, window)
}

function grid(run: Run, view: GridView<never>, seq: number, { from, count }: Question['window']): PanelAnswer {
  const whole = rowsAt(run, seq)
  const span = windowOf(
    whole.map(({ row }) => row),
    from === undefined ? { count } : { from, count },
  )
  const inside = (row: GridRow): GridRow => ({ ...row, cells: row.cells.filter(({ column }) => column >= span.from && column <= span.to) })
  const rows = whole.map((each) => ({ ...each, row: inside(each.row) }))
  return { kind: 'grid', seq, ...gridOf(view, rows, span) }
}

function rowsAt(run: Run, seq: number): NodeRow[] {
  const moment = momentAt(run, seq)
  return statesAt(run, seq).nodes.map(({ node, status }) => {
    const kept = run.world.states.findLast((entry) => entry.node === node && entry.seq <= seq)
    const state = kept?.state as unknown as FakeState | undefined
    if (!state || moment.nodes.get(node)?.wiped) return { node, status, row: noRow }
    const seen = status === 'down' ? { past: true as const } : { role: state.role, epoch: state.currentTerm }
    return { node, status, ...seen, row: rowOf(state) }
  })
}

function rowOf({ log, commitIndex, matchIndex = {} }: FakeState): GridRow {
  return {
    first: log[0]?.index ?? 1,
    last: log.at(-1)?.index ?? 0,
    cells: log.map(({ index, term, op }) => ({ column: index, group: term, identity: term, text: op })),
    lines: { commitIndex, lastApplied: commitIndex },
    pointers: Object.entries(matchIndex).flatMap(([peer, column]) => [
      { name: 'matchIndex', node: peer as NodeId, column },
      { name: 'nextIndex', node: peer as NodeId, column: column + 1 },
    ]),
  }
}

function ballots(run: Run, seq: number, { from, count }: Question['window']): PanelAnswer {
  const { world } = run
  const view = findProtocol('raft')?.panel?.views.find((each) => each.kind === 'ballots')
  const book = new BallotBook()
  const sent = new Map<MessageId, { from: NodeId; message: AnyMessage }>()
  const shown = new Map<NodeId, Observation>()
  for (const event of world.events) {
    if (event.kind === 'send')
      sent.set(event.message, { from: event.from as NodeId, message: { ...(event.body as object), kind: event.type } })
    if (event.kind !== 'step') continue
    if (event.observation) shown.set(event.node, event.observation)
    const { node, notes, input } = event
    const given = input.kind === 'message' ? sent.get(input.message) : undefined
    const step = { node, notes, ...(given ? { given } : {}), shows: () => shown.get(node) }
    for (const word of view?.kind === 'ballots' ? view.tell(step as never) : []) book.enter(word, { seq: event.seq, atUs: event.atUs })
  }
  const begin = Math.max(0, Math.min(from ?? book.ballots.length, book.ballots.length - count))
  return {
    ...{
      kind: 'ballots',
      nodes: world.nodes.length,
      needs: Math.floor(world.nodes.length / 2) + 1,
      total: book.ballots.length,
      from: begin,
    },
    ballots: book.ballots.slice(begin, begin + count),
    current: book.ballots.findLastIndex(({ candidacies }) => (candidacies[0]?.seq ?? 0) <= seq),
    ...{ readSeq: world.lastSeq, lastSeq: world.lastSeq },
  }
}

/** The first event up to `seq` since which the row holds what it holds in this column. */
export function sinceOf(
  run: Run,
  { seq, node, column, line }: { seq: number; node: NodeId; column: number; line?: string | undefined },
): { seq: number; atUs: number } | null {
  const holds = (at: number, identity?: unknown) => {
    const row = rowsAt(run, at).find((each) => each.node === node)?.row
    const cell = row?.cells.find((each) => each.column === column)
    if (!row || !cell || (identity !== undefined && cell.identity !== identity)) return undefined
    return line === undefined || (row.lines[line] ?? 0) >= column ? cell.identity : undefined
  }
  const identity = holds(seq)
  if (identity === undefined) return null
  let [without, withIt] = [0, seq]
  while (withIt - without > 1) {
    const middle = (without + withIt) >> 1
    if (holds(middle, identity) === undefined) without = middle
    else withIt = middle
  }
  return { seq: withIt, atUs: run.world.events[withIt - 1]?.atUs ?? 0 }
}
