/** How a Raft server can lie. Raft bears crashes, not lies (§2: "non-Byzantine conditions"): one liar is too many, whatever the number of servers. */
import type { LieSpec } from '../core/lie.ts'
import type { RaftMessage } from './messages.ts'
import type { RaftState } from './state.ts'

export const lies: readonly LieSpec<RaftState, RaftMessage>[] = [
  {
    name: 'vote-for-all',
    label: 'Votes for everybody',
    help: 'It grants its vote to every candidate of a term, though a server votes for one alone (§5.2): two may have a majority.',
    tell: (message) => (message.kind === 'RequestVoteReply' ? { ...message, voteGranted: true } : undefined),
  },
  {
    name: 'claim-to-hold',
    label: 'Claims to hold what it lacks',
    help: 'It answers every AppendEntries with success, though its log does not match (§5.3): the leader counts entries that are not there.',
    tell: (message) =>
      message.kind === 'AppendEntriesReply' && !message.success
        ? {
            kind: 'AppendEntriesReply',
            term: message.term,
            success: true,
            prevLogIndex: message.prevLogIndex,
            matchIndex: message.prevLogIndex,
            readCtx: message.readCtx,
          }
        : undefined,
  },
  {
    name: 'equivocate',
    label: 'Sends different entries to different servers',
    help: 'As a leader it changes what clients asked for on the way to half of the servers (§5.3 trusts the leader): logs that match differ.',
    tell: (message, { nodes, to }) =>
      message.kind === 'AppendEntries' && nodes.indexOf(to) % 2 === 1
        ? {
            ...message,
            entries: message.entries.map((entry) => (entry.kind === 'command' ? { term: entry.term, kind: 'noop' as const } : entry)),
          }
        : undefined,
  },
]
