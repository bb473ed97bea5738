/**
 * A protocol's own panel of one recording: rows of a grid from the states at an event, ballots from the steps that tell of
 * them. Only what a window shows is made. Ballots are read once, in slices between the answers, and kept; they go on when the
 * recording has grown.
 */
import { type Ballot, BallotBook, type BallotStep, type Place } from '../../protocols/core/ballots.ts'
import { type GridRow, type GridWindow, gridOf, type NodeRow, noRow, windowOf } from '../../protocols/core/grid.ts'
import type { NodeId } from '../../protocols/core/ids.ts'
import type { Json } from '../../protocols/core/json.ts'
import type { AnyProtocol } from '../../protocols/core/machine.ts'
import { isOut, type NodeMoment } from '../../protocols/core/moment.ts'
import type { BallotsView, GridView, OperationWords, RingView, RoundsView } from '../../protocols/core/panel.ts'
import { type RingRow, ringOf } from '../../protocols/core/ringPicture.ts'
import { type Learned, RoundBook } from '../../protocols/core/rounds.ts'
import { findService } from '../../protocols/services/index.ts'
import { standingOf } from '../../protocols/words/speech.ts'
import type { PanelAnswer, PanelResponses } from '../contract/panel.ts'
import { Divergence, type Execution } from './execution.ts'
import type { HeardSteps, Recording } from './source.ts'
import type { States } from './states.ts'

type AnyGrid = GridView<unknown>
type AnyBallots = BallotsView<{ readonly kind: string }>
type AnyRounds = RoundsView<{ readonly kind: string }>
type AnyRing = RingView<unknown>
type NodeAt = NodeMoment & { readonly id: NodeId }

export interface PanelQuestion {
  readonly view: string
  readonly seq: number
  readonly window: { readonly from?: number | undefined; readonly count: number }
}
export interface SinceQuestion {
  readonly view: string
  readonly seq: number
  readonly node: NodeId
  readonly column: number
  readonly line?: string | undefined
}

/** Ballots are read at most so long before an answer is given with what there is. */
const READ_MS = 120

/** A book that is being filled from the steps that tell of it. */
interface Reading<Book> {
  readonly book: Book
  readonly steps: HeardSteps
}

/** What is folded from steps: the view says the words, the book enters them. */
interface Teller<Word> {
  readonly name: string
  readonly hears: Parameters<Recording['hear']>[0]
  tell(step: BallotStep): readonly Word[]
}

export class Panels {
  readonly #recording: Recording
  readonly #protocol: AnyProtocol | string
  readonly #states: States
  readonly #words: OperationWords
  readonly #readings = new Map<string, Reading<unknown>>()

  constructor(recording: Recording, execution: Execution | string, states: States) {
    this.#recording = recording
    this.#protocol = typeof execution === 'string' ? execution : execution.protocol
    this.#states = states
    this.#words = wordsOf(recording.header.config.service)
  }

  answer({ view: name, seq, window }: PanelQuestion): PanelAnswer {
    const view = this.#viewOf(name)
    if (typeof view === 'string') return { kind: 'none', why: view }
    if (view.kind === 'grid') return this.#grid(view, seq, window)
    if (view.kind === 'ring') return this.#ring(view, seq, window)
    return view.kind === 'ballots' ? this.#ballots(view, seq, window) : this.#rounds(view, seq, window)
  }

  /** Bisects the events up to `seq`, with room for other questions in between. */
  async since({ view: name, seq, node, column, line }: SinceQuestion): Promise<PanelResponses['run.panel.since']> {
    const view = this.#viewOf(name)
    if (typeof view === 'string' || view.kind !== 'grid') return null
    const wanted = this.#cellAt(view, seq, node, column)
    if (wanted === undefined) return null
    const holds = (at: number): boolean => {
      const found = this.#cellAt(view, at, node, column)
      if (found === undefined || found.identity !== wanted.identity || found.group !== wanted.group) return false
      return line === undefined || found.line(line) >= column
    }
    if (!holds(seq)) return null
    let [without, withIt] = [0, seq]
    while (withIt - without > 1) {
      const middle = (without + withIt) >>> 1
      if (holds(middle)) withIt = middle
      else without = middle
      await new Promise<void>((resume) => setImmediate(resume))
    }
    const event = this.#recording.event(withIt)
    return event ? { seq: withIt, atUs: Math.max(0, event.atUs) } : null
  }

  #viewOf(name: string): AnyGrid | AnyBallots | AnyRounds | AnyRing | string {
    const protocol = this.#protocol
    if (typeof protocol === 'string') return protocol
    const view = protocol.panel?.views.find((each) => each.name === name)
    return (view as AnyGrid | AnyBallots | AnyRounds | AnyRing | undefined) ?? `${protocol.title} has no view called “${name}”.`
  }

  #grid(view: AnyGrid, seq: number, asked: PanelQuestion['window']): PanelAnswer {
    const moment = this.#recording.moment(seq)
    // Rows without cells first: they say how far the sequence reaches, and so which columns are meant.
    const states = moment.nodes.map((node) => this.#stateOf(node, moment.seq))
    const rowsOf = (window: GridWindow): GridRow[] =>
      states.map(({ state }) => (state === undefined ? noRow : view.row(state, window, this.#words)))
    const { from, count } = asked
    const window = windowOf(rowsOf({ from: 1, to: 0 }), from === undefined ? { count } : { from, count })
    const rows = rowsOf(window)
    const named = moment.nodes.map((node, index): NodeRow => this.#named(node, states[index] as Known, rows[index] as GridRow))
    return { kind: 'grid', seq: moment.seq, ...gridOf(view, named, window) }
  }

  #ring(view: AnyRing, seq: number, window: PanelQuestion['window']): PanelAnswer {
    const moment = this.#recording.moment(seq)
    const rows = moment.nodes.flatMap((node): RingRow[] => {
      const { state } = this.#stateOf(node, moment.seq)
      return state === undefined ? [] : [{ node: node.id, isUp: !isOut(node.status), ring: view.of(state) }]
    })
    return { kind: 'ring', seq: moment.seq, ...ringOf(rows, window) }
  }

  #named({ id, status }: NodeAt, { state, problem }: Known, row: GridRow): NodeRow {
    return {
      ...{ node: id, status, row },
      ...(state !== undefined && !isOut(status) ? standingOf(this.#protocol as AnyProtocol, state) : {}),
      ...(isOut(status) && state !== undefined ? { past: true } : {}),
      ...(problem === undefined ? {} : { problem }),
    }
  }

  /** The state of a node that is up, or the last one of a node that is down and whose disk was not emptied. */
  #stateOf(node: NodeAt, seq: number): Known {
    if (node.step === 0 || node.wiped) return { state: undefined, problem: undefined }
    try {
      return this.#states.stateOf(node, seq)
    } catch (error) {
      if (error instanceof Divergence) return { state: undefined, problem: error.message }
      throw error
    }
  }

  #cellAt(view: AnyGrid, seq: number, node: NodeId, column: number) {
    const moment = this.#recording.moment(seq)
    const at = moment.nodes.find(({ id }) => id === node)
    const state = at && this.#stateOf(at, moment.seq).state
    if (state === undefined) return undefined
    const { cells, lines } = view.row(state, { from: column, to: column }, this.#words)
    const [cell] = cells
    return cell && { identity: cell.identity, group: cell.group, line: (name: string) => lines[name] ?? Number.NEGATIVE_INFINITY }
  }

  #ballots(view: AnyBallots, seq: number, { from, count }: PanelQuestion['window']): PanelAnswer {
    const lastSeq = this.#recording.refresh()
    const { book, steps } = this.#read(view, () => new BallotBook())
    const { ballots } = book
    const nodes = this.#recording.header.nodes.length
    const begin = Math.max(0, Math.min(from ?? ballots.length, ballots.length - count))
    return {
      ...{ kind: 'ballots', nodes, needs: view.needs(nodes), total: ballots.length, from: begin },
      ...{ ballots: ballots.slice(begin, begin + count), current: lastBegun(ballots, seq), readSeq: steps.seq, lastSeq },
    }
  }

  #rounds(view: AnyRounds, seq: number, { from, count }: PanelQuestion['window']): PanelAnswer {
    const lastSeq = this.#recording.refresh()
    const { nodes, config } = this.#recording.header
    const needs = view.needs((this.#protocol as AnyProtocol).options.parse(config.options), nodes)
    const { book, steps } = this.#read(view, () => new RoundBook(needs))
    const { rounds } = book
    const begin = Math.max(0, Math.min(from ?? rounds.length, rounds.length - count))
    return {
      ...{ kind: 'rounds', needs, total: rounds.length, from: begin, rounds: rounds.slice(begin, begin + count) },
      ...{
        learned: lastLearned(book.learned, seq),
        current: rounds.findLastIndex((round) => round.seq <= seq),
        readSeq: steps.seq,
        lastSeq,
      },
    }
  }

  #read<Word, Book extends { enter(word: Word, place: Place): void }>(view: Teller<Word>, begin: () => Book): Reading<Book> {
    let reading = this.#readings.get(view.name) as Reading<Book> | undefined
    if (!reading) {
      reading = { book: begin(), steps: this.#recording.hear(view.hears) }
      this.#readings.set(view.name, reading)
    }
    const { book, steps } = reading
    const { message: schema } = this.#protocol as AnyProtocol
    steps.advance(performance.now() + READ_MS, ({ seq, atUs, node, notes, given, shows }) => {
      const message = given === undefined ? undefined : schema.safeParse(given.body)
      const heard = given && message?.success ? { given: { from: given.from, message: message.data } } : {}
      const step: BallotStep = { node, notes, ...heard, shows }
      for (const word of view.tell(step)) book.enter(word, { seq, atUs })
    })
    return reading
  }
}

/** Of each node the last time that it learned the result, up to `seq`. */
const lastLearned = (learned: readonly Learned[], seq: number): Learned[] => [
  ...new Map(learned.filter((each) => each.seq <= seq).map((each) => [each.node, each])).values(),
]

interface Known {
  readonly state: unknown
  readonly problem: string | undefined
}

/** Ballots begin in the order of their numbers, nearly: the last whose first candidate stood at or before `seq`. */
const lastBegun = (ballots: readonly Ballot[], seq: number): number =>
  ballots.findLastIndex(({ candidacies }) => (candidacies[0]?.seq ?? 0) <= seq)

/** An operation that this service does not know is shown as the data that it is. */
function wordsOf(name: string): OperationWords {
  const service = findService(name)
  return (op: Json) => {
    try {
      const text: unknown = service?.format(op)
      return typeof text === 'string' ? text : JSON.stringify(op)
    } catch {
      return JSON.stringify(op)
    }
  }
}
