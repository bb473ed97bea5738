/**
 * What a protocol shows of itself: its own panel, described as data and as pure functions of its states and steps. The rest
 * of Synod knows these general shapes and no protocol:
 *
 *     grid      a sequence at every node, side by side: a replicated log, the slots of Multi-Paxos, PBFT's numbers
 *     ballots   who stood for a number, who voted for whom and why not: elections, view changes
 *     rounds    numbered rounds of several phases, who said what in each, and when enough had: ballots of Paxos
 *     ring      keys on a ring of nodes, who is to keep each, and what everybody has of it: a Dynamo-style store
 *
 * Another shape (a tree of certificates, a list of group views) is another member of `PanelView`, with its own reader
 * beside grid.ts, ballots.ts, rounds.ts and ringPicture.ts.
 */
import type { BallotStep, BallotWord } from './ballots.ts'
import type { GridRow, GridWindow } from './grid.ts'
import type { NodeId } from './ids.ts'
import type { Json } from './json.ts'
import type { AnyMessage } from './observation.ts'
import type { RingOfNode } from './ringPicture.ts'
import type { RoundWord } from './rounds.ts'

/** A word of the protocol, for labels and tooltips. */
export interface PanelTerm {
  readonly name: string
  readonly label: string
  /** One sentence, with its source: "Where an entry stands in the log. Raft §5.3". */
  readonly help: string
}

interface ViewWords {
  /** Unique within the panel. */
  readonly name: string
  readonly title: string
  /** What there is to see, and what to look for. */
  readonly help: string
}

/** Up to and with this column something holds at a node. */
export interface GridLine extends PanelTerm {
  /** What lies at or before it will never change: it is drawn full, the rest lighter. */
  readonly settles?: boolean
}

/** What can hold of a single cell, where it does not hold of all before it. */
export interface GridMark extends PanelTerm {
  readonly settles?: boolean
}

export interface GridWords extends ViewWords {
  readonly kind: 'grid'
  /** What a column is: "index". Columns are whole numbers. */
  readonly column: PanelTerm
  /** What the number in a cell is that gives it its colour: "term". */
  readonly group: PanelTerm
  /** The first is drawn bold. */
  readonly lines: readonly GridLine[]
  readonly marks: readonly GridMark[]
  /** What one node believes of another's row: "match", "next". */
  readonly pointers: readonly PanelTerm[]
  /** What it means that two rows have different things in one column. */
  readonly conflict: string
}

/** How an operation reads, in the words of the service that the run carries. */
export type OperationWords = (op: Json) => string

export interface GridView<S> extends GridWords {
  /** One node's row, its cells within the window alone: it must cost no more for a row of a hundred thousand. */
  row(state: S, window: GridWindow, words: OperationWords): GridRow
}

export interface BallotsWords extends ViewWords {
  readonly kind: 'ballots'
  /** What is voted for: "term", "ballot", "view". */
  readonly epoch: PanelTerm
  /** What standing, a vote and winning are called there: "candidate", "vote", "leader". */
  readonly candidate: PanelTerm
  readonly vote: PanelTerm
  readonly winner: PanelTerm
  /** What nobody winning among several candidates means. */
  readonly split: string
}

export interface BallotsView<M extends AnyMessage> extends BallotsWords {
  /** The steps that can say something: those with one of these notes, and those that were given one of these messages. */
  readonly hears: { readonly notes: readonly string[]; readonly messages: readonly string[] }
  /** How many votes win among so many nodes, of candidates that do not say whom they ask. */
  needs(nodes: number): number
  tell(step: BallotStep<M>): readonly BallotWord[]
}

export interface RoundsWords extends ViewWords {
  readonly kind: 'rounds'
  /** What a round is: "ballot". */
  readonly round: PanelTerm
  /** Who begins one: "proposer". */
  readonly beginner: PanelTerm
  /** In the order in which a round goes through them; what is said in one: "promise", "vote". */
  readonly phases: readonly (PanelTerm & {
    /** What it means that enough have said the same: "chosen". Only for a phase that settles something. */
    readonly reached?: PanelTerm
    /** What a node says that has nothing to tell: "none". */
    readonly empty?: string
  })[]
  /** What it means that a node knows the result: "learned". */
  readonly learned: PanelTerm
}

export interface RoundsView<M extends AnyMessage> extends RoundsWords {
  /** The steps that can say something: those with one of these notes, and those that were given one of these messages. */
  readonly hears: { readonly notes: readonly string[]; readonly messages: readonly string[] }
  /** How many must say the same in each phase that settles something. `options`: those of the run, parsed. */
  needs(options: unknown, nodes: readonly NodeId[]): { readonly [phase: string]: number }
  tell(step: BallotStep<M>): readonly RoundWord[]
}

export interface RingWords extends ViewWords {
  readonly kind: 'ring'
  /** A place of a node on the ring: "token". */
  readonly token: PanelTerm
  /** A part of the ring whose keys have the same keepers: "partition". */
  readonly arc: PanelTerm
  /** Who is to keep a key: "preference list". */
  readonly list: PanelTerm
  /** What several values of one copy are called: "siblings". */
  readonly several: PanelTerm
  /** What a copy is called that is kept for another node: "hint". */
  readonly kept: PanelTerm
  /** What it means that those who are to keep a key do not have the same. */
  readonly differ: string
}

export interface RingView<S> extends RingWords {
  of(state: S): RingOfNode
}

export type PanelView<S, M extends AnyMessage> = GridView<S> | BallotsView<M> | RoundsView<M> | RingView<S>

export interface Panel<S, M extends AnyMessage> {
  /** What stands on the panel's tab: "Replicated logs". */
  readonly title: string
  readonly views: readonly PanelView<S, M>[]
}

/** A panel without its code: what crosses to a window. */
export interface PanelInfo {
  readonly title: string
  readonly views: readonly (GridWords | BallotsWords | RoundsWords | RingWords)[]
}

export function panelInfo<S, M extends AnyMessage>({ title, views }: Panel<S, M>): PanelInfo {
  return { title, views: views.map((view) => JSON.parse(JSON.stringify(view)) as PanelInfo['views'][number]) }
}
