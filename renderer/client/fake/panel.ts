/** The protocol's own panel: rows from the states that the world kept, ballots from its steps. */
import type { PanelAnswer } from '../../../main/contract/panel.ts'
import { BallotBook } from '../../../protocols/core/ballots.ts'
import { type GridWindow, gridOf, type NodeRow, noRow, windowOf } from '../../../protocols/core/grid.ts'
import type { MessageId, NodeId } from '../../../protocols/core/ids.ts'
import type { AnyMessage, Observation } from '../../../protocols/core/machine.ts'
import type { BallotsView, GridView } from '../../../protocols/core/panel.ts'
import { standingOf } from '../../../protocols/words/speech.ts'
import { momentAt, type Run } from './answers.ts'
import { stateOf } from './states.ts'

// biome-ignore lint/suspicious/noExplicitAny: a window shows protocols of every state
type AnyGrid = GridView<any>
// biome-ignore lint/suspicious/noExplicitAny: and of every message
type AnyBallots = BallotsView<any>

interface Question {
  readonly view: string
  readonly seq: number
  readonly window: { readonly from?: number | undefined; readonly count: number }
}

export function panelOf(run: Run, { view: name, seq, window }: Question): PanelAnswer {
  const view = run.world.protocol.panel?.views.find((each) => each.name === name)
  if (view?.kind === 'grid') return grid(run, view, seq, window)
  if (view?.kind === 'ballots') return ballots(run, view, seq, window)
  return { kind: 'none', why: `Raft has no view called “${name}”.` }
}

function grid(run: Run, view: AnyGrid, seq: number, { from, count }: Question['window']): PanelAnswer {
  const bare = rowsAt(run, view, seq, { from: 1, to: 0 })
  const window = windowOf(
    bare.map(({ row }) => row),
    from === undefined ? { count } : { from, count },
  )
  return { kind: 'grid', seq, ...gridOf(view, rowsAt(run, view, seq, window), window) }
}

function rowsAt(run: Run, view: AnyGrid, seq: number, window: GridWindow): NodeRow[] {
  const { world } = run
  const moment = momentAt(run, seq)
  return world.nodes.map((node) => {
    const { status = 'starting', wiped = false } = moment.nodes.get(node) ?? {}
    const known = wiped ? undefined : stateOf(world, node, seq)
    if (!known) return { node, status, row: noRow }
    const seen = status === 'down' || status === 'empty' ? { past: true as const } : standingOf(world.protocol, known.state)
    return { node, status, ...seen, row: view.row(known.state, window, (op) => world.service.format(op)) }
  })
}

function ballots({ world }: Run, view: AnyBallots, seq: number, { from, count }: Question['window']): PanelAnswer {
  const book = new BallotBook()
  const sent = new Map<MessageId, { from: NodeId; message: AnyMessage }>()
  const shown = new Map<NodeId, Observation>()
  for (const event of world.events) {
    if (event.kind === 'send') sent.set(event.message, { from: event.from as NodeId, message: event.body as unknown as AnyMessage })
    if (event.kind !== 'step') continue
    if (event.observation) shown.set(event.node, event.observation)
    const { node, notes, input } = event
    const given = input.kind === 'message' ? sent.get(input.message) : undefined
    const step = { node, notes, ...(given ? { given } : {}), shows: () => shown.get(node) }
    for (const word of view.tell(step)) book.enter(word, { seq: event.seq, atUs: event.atUs })
  }
  const begin = Math.max(0, Math.min(from ?? book.ballots.length, book.ballots.length - count))
  return {
    ...{
      kind: 'ballots',
      nodes: world.nodes.length,
      needs: view.needs(world.nodes.length),
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
  const view = run.world.protocol.panel?.views.find((each) => each.kind === 'grid')
  if (!view) return null
  const holds = (at: number, identity?: unknown) => {
    const row = rowsAt(run, view, at, { from: column, to: column }).find((each) => each.node === node)?.row
    const cell = row?.cells[0]
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
