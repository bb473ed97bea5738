/** Raft's own panel: every server's log side by side, as in Figures 7 and 8, and the elections with their votes. */
import type { BallotStep, BallotWord, Quorum } from '../core/ballots.ts'
import type { GridCell, GridRow, GridWindow } from '../core/grid.ts'
import type { NodeId } from '../core/ids.ts'
import type { Observation } from '../core/machine.ts'
import type { BallotsView, GridView, OperationWords, Panel } from '../core/panel.ts'
import { majority } from '../core/quorum.ts'
import { type Entry, entryAt, lastIndex } from './log.ts'
import type { RaftMessage, RequestVote } from './messages.ts'
import type { RaftState } from './state.ts'

const logs: GridView<RaftState> = {
  kind: 'grid',
  name: 'logs',
  title: 'Replicated logs',
  help: 'Every server’s log, index by index. Up to the commit line all agree for ever; behind it logs may differ until the leader has repaired them. Raft §5.3, Fig. 6 and 7.',
  column: { name: 'index', label: 'index', help: 'Where an entry stands in the log; the first is 1. Raft §5.3.' },
  group: {
    name: 'term',
    label: 'term',
    help: 'The term of the leader that made the entry: same index and same term, same entry (Log Matching). Raft §5.3.',
  },
  lines: [
    {
      name: 'commitIndex',
      label: 'committed',
      settles: true,
      help: 'The highest entry that this server knows to be committed: a majority has it, and it cannot be lost. Raft §5.3, §5.4.2.',
    },
    { name: 'lastApplied', label: 'applied', help: 'The highest entry that this server has applied to its state machine. Raft Fig. 2.' },
    {
      name: 'snapshot',
      label: 'snapshot',
      help: 'The last entry of this server’s snapshot, which stands for all before it: they may be gone from its log. Raft §7.',
    },
  ],
  marks: [],
  pointers: [
    {
      name: 'matchIndex',
      label: 'match',
      help: 'The highest entry that the leader knows this follower to have: it counts towards a majority. Raft Fig. 2, volatile on leaders.',
    },
    { name: 'nextIndex', label: 'next', help: 'The entry that the leader sends this follower next. Raft Fig. 2, volatile on leaders.' },
  ],
  conflict:
    'Servers have entries of different terms at this index. At most one of them can be committed; a leader overwrites the others. Raft §5.3, Fig. 7.',
  row: rowOf,
}

function rowOf(state: RaftState, { from, to }: GridWindow, words: OperationWords): GridRow {
  const last = lastIndex(state.log)
  const cells: GridCell[] = []
  for (let index = Math.max(state.log.baseIndex + 1, from); index <= Math.min(to, last); index++)
    cells.push(cellOf(index, entryAt(state.log, index) as Entry, words))
  return {
    first: state.log.baseIndex + 1,
    last,
    cells,
    lines: { commitIndex: state.commitIndex, lastApplied: state.lastApplied, snapshot: state.snapshot?.lastIncludedIndex ?? 0 },
    pointers: Object.entries(state.progress).flatMap(([peer, { matchIndex, nextIndex }]) => [
      { name: 'matchIndex', node: peer as NodeId, column: matchIndex },
      { name: 'nextIndex', node: peer as NodeId, column: nextIndex },
    ]),
  }
}

function cellOf(column: number, entry: Entry, words: OperationWords): GridCell {
  const place = { column, group: entry.term, identity: entry.term }
  switch (entry.kind) {
    case 'noop':
      return { ...place, text: 'no-op', detail: 'starts the leader’s term (§8)' }
    case 'register':
      return { ...place, text: 'register', detail: `opens session ${column} of a client (dissertation §6.3)` }
    case 'config': {
      const { voters, old, learners } = entry
      const joint = old === undefined ? '' : `${old.join(' ')} → `
      const detail = `${joint}${voters.join(' ')}${learners.length > 0 ? `, learners ${learners.join(' ')}` : ''} (§6)`
      return { ...place, text: old === undefined ? 'members' : 'joint', detail }
    }
    case 'command':
      return { ...place, text: words(entry.op), detail: `client session ${entry.session}, command ${entry.seq}` }
    default:
      return entry satisfies never
  }
}

const elections: BallotsView<RaftMessage> = {
  kind: 'ballots',
  name: 'elections',
  title: 'Elections',
  help: 'Every term in which somebody stood, who voted for whom, and why others did not. A majority of the voters makes a leader, in a joint configuration one of the old ones and one of the new ones; there is at most one a term. Raft §5.2, §6.',
  epoch: { name: 'term', label: 'term', help: 'Time is cut into terms, numbered upwards; each begins with an election. Raft §5.1.' },
  candidate: { name: 'candidate', label: 'candidate', help: 'A server that heard no leader in time stands in the next term. Raft §5.2.' },
  vote: {
    name: 'vote',
    label: 'vote',
    help: 'A server votes at most once a term, and only for a candidate whose log is at least as up to date as its own. Raft §5.2, §5.4.1.',
  },
  winner: { name: 'leader', label: 'leader', help: 'A candidate with votes of a majority leads the term. Raft §5.2.' },
  split: 'The votes were split: nobody got a majority, and the next term began after another random timeout. Raft §5.2, §9.3.',
  hears: { notes: ['becomeCandidate', 'becomeLeader', 'becomeFollower'], messages: ['RequestVote', 'RequestVoteReply'] },
  needs: majority,
  tell,
}

function tell({ node, notes, given, shows }: BallotStep<RaftMessage>): BallotWord[] {
  const words: BallotWord[] = []
  const message = given?.message
  // A vote is heard before it makes a leader, and a request is refused or granted in the step that it came in.
  if (given && message?.kind === 'RequestVoteReply' && message.voteGranted && !message.preVote)
    words.push({ is: 'heard', epoch: message.term, candidate: node, voter: given.from })
  for (const { note, data } of notes) {
    const term = data.term as number
    if (note === 'becomeCandidate') words.push({ is: 'stands', epoch: term, candidate: node, ...asksOf(data) })
    else if (note === 'becomeLeader') words.push({ is: 'wins', epoch: term, candidate: node })
    else if (note === 'becomeFollower') words.push({ is: 'yields', candidate: node, why: yieldWords(term, notes) })
  }
  if (message?.kind === 'RequestVote' && !message.preVote) {
    const granted = notes.some(({ note }) => note === 'grantVote')
    const vote = { is: 'votes', epoch: message.term, candidate: message.candidateId, voter: node, granted } as const
    const ignored = notes.some(({ note }) => note === 'ignoreCandidate')
    words.push(granted ? vote : { ...vote, why: ignored ? 'it hears a leader (dissertation §4.2.3)' : refusalWords(message, shows()) })
  }
  return words
}

/** A majority of the voters by its own latest configuration; of a joint one of the old ones and of the new ones (§6). */
function asksOf({ old, voters }: BallotStep['notes'][number]['data']): { readonly asks?: readonly Quorum[] } {
  const groups = [old, voters].filter((group) => Array.isArray(group)) as unknown as (readonly NodeId[])[]
  return groups.length === 0 ? {} : { asks: groups.map((of) => ({ of, needs: majority(of.length) })) }
}

const yieldWords = (term: number, notes: BallotStep['notes']): string => {
  const leader = notes.find(({ note }) => note === 'followLeader')?.data.leader
  return leader === undefined ? `learned of term ${term} (§5.1)` : `heard ${String(leader)} lead term ${term} (§5.2)`
}

/** Which of the three conditions failed, told from what the voter shows after it refused. */
function refusalWords(asked: RequestVote, shown: Observation | undefined): string {
  if (!shown) return 'refused'
  const { votedFor, lastLogTerm, lastLogIndex } = shown.facts
  if (shown.epoch > asked.term) return `it is in term ${shown.epoch} already (§5.1)`
  if (votedFor !== null && votedFor !== asked.candidateId) return `it voted for ${String(votedFor)} in this term (§5.2)`
  return `its own log is more up to date: it ends with index ${lastLogIndex} of term ${lastLogTerm}, the candidate’s with index ${asked.lastLogIndex} of term ${asked.lastLogTerm} (§5.4.1)`
}

export const panel: Panel<RaftState, RaftMessage> = { title: 'Replicated logs', views: [logs, elections] }
