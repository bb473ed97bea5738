/** PBFT's own panel: every replica's numbers with the phase that each has reached, as in Figure 1, and who asked for which view. */
import type { BallotStep, BallotWord } from '../core/ballots.ts'
import type { GridCell, GridRow, GridWindow } from '../core/grid.ts'
import type { NodeId } from '../core/ids.ts'
import type { BallotsView, GridView, OperationWords, Panel } from '../core/panel.ts'
import { counted } from '../core/wording.ts'
import type { PbftMessage } from './messages.ts'
import { highMark, mostFaulty, quorum } from './quorums.ts'
import { NULL_DIGEST } from './signing.ts'
import { type PbftState, type Slot, slotAt } from './state.ts'
import { short } from './words.ts'

const numbers: GridView<PbftState> = {
  kind: 'grid',
  name: 'numbers',
  title: 'Sequence numbers',
  help: 'What every replica has at each sequence number, and how far it has come: pre-prepared, prepared, committed, executed. Up to the low mark all is forgotten but the state. PBFT §4.2, Fig. 1, and §4.3.',
  column: {
    name: 'number',
    label: 'number',
    help: 'The sequence number that the primary gave; requests are executed in their order. PBFT §4.2.',
  },
  group: {
    name: 'view',
    label: 'view',
    help: 'The view in which it came furthest here: the primary of view v is replica v mod n. PBFT §4.1.',
  },
  lines: [
    {
      name: 'executed',
      label: 'executed',
      settles: true,
      help: 'The last number that this replica has executed, all lower ones included. PBFT §4.2.',
    },
    { name: 'low', label: 'low mark h', help: 'The last stable checkpoint: 2f + 1 replicas signed its digest. PBFT §4.3.' },
    { name: 'high', label: 'high mark H', help: 'Nothing above it is accepted before the next checkpoint is stable. PBFT §4.3.' },
  ],
  marks: [
    { name: 'prePrepared', label: 'pre-prepared', help: 'The primary’s PrePrepare of this view was accepted. PBFT §4.2.' },
    {
      name: 'prepared',
      label: 'prepared',
      help: '2f Prepares of different backups besides: no other requests can have this number in that view. PBFT §4.2.',
    },
    {
      name: 'committed',
      label: 'committed',
      settles: true,
      help: '2f + 1 Commits: the number keeps these requests over all views. PBFT §4.2.',
    },
  ],
  pointers: [],
  conflict:
    'Replicas have different requests at this number. At most one of them can be committed while at most f replicas lie. PBFT §4.2, §4.5.1.',
  row: rowOf,
}

function rowOf(state: PbftState, { from, to }: GridWindow, words: OperationWords): GridRow {
  const first = state.stable.n + 1
  const last = state.slots.reduce((highest, slot, n) => (isShown(slot) && n > highest ? n : highest), state.stable.n)
  const cells: GridCell[] = []
  for (let n = Math.max(first, from); n <= Math.min(to, last); n++) {
    const slot = slotAt(state, n)
    if (isShown(slot)) cells.push(cellOf(state, n, slot, words))
  }
  return {
    first,
    last,
    cells,
    lines: { executed: state.lastExecuted, low: state.stable.n, high: highMark(state) },
    pointers: [],
  }
}

const isShown = ({ prePrepare, prepared, committed }: Slot): boolean => Boolean(prePrepare ?? prepared ?? committed)

function cellOf(
  state: PbftState,
  column: number,
  { prePrepare, prepares, commits, prepared, committed }: Slot,
  words: OperationWords,
): GridCell {
  const certificate = committed?.[0]
  const d = certificate?.d ?? prePrepare?.d ?? prepared?.prePrepare.d ?? NULL_DIGEST
  const view = Math.max(certificate?.v ?? 0, prePrepare?.v ?? 0, prepared?.prePrepare.v ?? 0)
  const marks = [...(prePrepare ? ['prePrepared'] : []), ...(prepared ? ['prepared'] : []), ...(committed ? ['committed'] : [])]
  const votes = `${counted(count(prepares, view, d), 'Prepare')}, ${counted(count(commits, view, d), 'Commit')}`
  return {
    column,
    group: view,
    text: batchWords(state, d, words),
    detail: `${marks.at(-1) === 'prePrepared' ? 'pre-prepared' : (marks.at(-1) ?? '')} in view ${view}; ${votes}; digest ${short(d)}`,
    identity: d,
    marks,
  }
}

const count = (votes: Slot['prepares'] | Slot['commits'], view: number, d: string): number =>
  Object.values(votes).filter((vote) => vote.v === view && vote.d === d).length

function batchWords({ batches }: PbftState, d: string, words: OperationWords): string {
  if (d === NULL_DIGEST) return 'null request'
  const batch = batches.get(d)
  const [first] = batch ?? []
  if (!batch || !first) return 'requests not here yet'
  return batch.length === 1 ? words(first.op) : `${words(first.op)} and ${batch.length - 1} more`
}

const views: BallotsView<PbftMessage> = {
  kind: 'ballots',
  name: 'views',
  title: 'View changes',
  help: 'Every view that somebody asked for: who asked, when its primary had enough to begin it, and who refused how it began. PBFT §4.4.',
  epoch: {
    name: 'view',
    label: 'view',
    help: 'Replicas move through views, numbered upwards; each has one primary, replica v mod n. PBFT §4.1.',
  },
  candidate: {
    name: 'primary',
    label: 'primary',
    help: 'Who leads the view, if it begins. Nobody stands for it: its turn comes by its number. PBFT §4.1.',
  },
  vote: {
    name: 'viewChange',
    label: 'ViewChange',
    help: 'A replica asks for the view, and shows its last stable checkpoint and what was prepared above it. PBFT §4.4.',
  },
  winner: {
    name: 'newView',
    label: 'new view',
    help: 'With 2f + 1 ViewChanges the primary begins the view; every backup checks what it makes of them. PBFT §4.4.',
  },
  split: 'Too few asked for this view, or it did not begin in time: replicas went on to the next. PBFT §4.5.2.',
  hears: { notes: ['startViewChange', 'countViewChange', 'newView', 'refuse'], messages: ['NewView'] },
  needs: (nodes) => quorum({ nodes: new Array<NodeId>(nodes), options: { f: mostFaulty(nodes) } as PbftState['options'] }),
  tell,
}

function tell({ node, notes, given }: BallotStep<PbftMessage>): BallotWord[] {
  return notes.flatMap(({ note, data }): BallotWord[] => {
    const epoch = data.view as number
    const candidate = data.primary as NodeId
    switch (note) {
      case 'startViewChange':
        return [{ is: 'votes', epoch, candidate, voter: node, granted: true, why: String(data.why) }]
      case 'countViewChange':
        return candidate === node ? [{ is: 'heard', epoch, candidate, voter: data.of as NodeId }] : []
      case 'newView':
        return [{ is: 'wins', epoch, candidate: node }]
      case 'refuse': {
        const message = given?.message
        if (data.message !== 'NewView' || message?.kind !== 'NewView' || !given) return []
        return [{ is: 'votes', epoch: message.v, candidate: given.from, voter: node, granted: false, why: String(data.why) }]
      }
      default:
        return []
    }
  })
}

export const panel: Panel<PbftState, PbftMessage> = { title: 'Numbers and phases', views: [numbers, views] }
