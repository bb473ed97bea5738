/** What a server notes of itself: its changes of state, by name. */
import type { Json } from '../core/json.ts'
import type { NoteSpec } from '../core/machine.ts'
import { counted, namesIn, nameWords } from '../core/wording.ts'

const learnersText = (learners: Json | undefined): string =>
  Array.isArray(learners) && learners.length > 0 ? `, learners ${namesIn(learners)}` : ''

export const notes = [
  { name: 'becomeCandidate', help: 'No leader was heard in time: stands for election in the next term (§5.2).' },
  {
    name: 'becomePreCandidate',
    help: 'No leader was heard in time: asks whether it would be elected, before its term grows (dissertation §9.6).',
  },
  {
    name: 'grantPreVote',
    help: 'Would vote for who asks: it hears no leader, and the log is at least as up to date (dissertation §9.6).',
    says: ({ term, candidate }) => `grants ${candidate} a pre-vote for term ${term}`,
  },
  {
    name: 'ignoreCandidate',
    help: 'Takes no notice of a candidate, nor of its term, because it hears a leader (dissertation §4.2.3).',
    says: ({ term, candidate }) => `ignores ${candidate}, a candidate of term ${term}`,
  },
  {
    name: 'grantVote',
    help: 'Votes for a candidate whose log is at least as up to date as its own (§5.2, §5.4.1).',
    says: ({ term, candidate }) => `grants ${candidate} its vote of term ${term}`,
  },
  { name: 'becomeLeader', help: 'A majority voted for it: leads the term (§5.2).' },
  { name: 'becomeFollower', help: 'A candidate gives up: it heard a leader of its term, or of a higher term (§5.1, §5.2).' },
  {
    name: 'followLeader',
    help: 'Hears from the leader of its term for the first time (§5.2).',
    says: ({ term, leader }) => `follows ${leader}, the leader of term ${term}`,
  },
  {
    name: 'stepDown',
    help: 'A leader leaves its office: it learned of a higher term (§5.1), or misses a majority (dissertation §6.2).',
    says: ({ term, waiting }) => `steps down in term ${term}${waiting === 0 ? '' : `, ${counted(waiting, 'request')} waiting`}`,
  },
  {
    name: 'missQuorum',
    help: 'A leader has not heard a majority for an election timeout: it leaves its office (dissertation §6.2).',
    says: ({ term, heard }) => `misses a quorum in term ${term}, hearing ${namesIn(heard)} alone`,
  },
  {
    name: 'beginTransfer',
    help: 'The leader hands over: it takes no requests until the other one leads (dissertation §3.10).',
    says: ({ to }) => `begins to hand over to ${to}`,
  },
  {
    name: 'abandonTransfer',
    saysNo: 'gives up',
    help: 'The other one does not lead after an election timeout: the leader takes requests again (dissertation §3.10).',
    says: ({ why }) => `abandons the transfer: ${why}`,
  },
  {
    name: 'replaceConflict',
    help: "Deletes entries that conflict with the leader's, and all that follow them (§5.3).",
    says: ({ from, deleted }) => `deletes what conflicts from index ${from} on, ${deleted === 1 ? '1 entry' : `${deleted} entries`}`,
  },
  {
    name: 'backUp',
    help: 'The leader was refused: it goes back in the log of a follower (§5.3).',
    says: ({ peer, refused, nextIndex }) => `goes back to index ${nextIndex} for ${peer}, which does not match at ${refused}`,
  },
  {
    name: 'takeSnapshot',
    help: 'Writes a snapshot of its state machine and discards the beginning of its log (§7).',
    says: ({ lastIncludedIndex }) => `takes a snapshot up to index ${lastIncludedIndex}`,
  },
  {
    name: 'sendSnapshot',
    help: 'A follower lacks what the leader discarded: it is sent the leader’s snapshot (§7).',
    says: ({ peer, lastIncludedIndex }) => `sends ${peer} its snapshot up to index ${lastIncludedIndex}`,
  },
  {
    name: 'installSnapshot',
    help: 'The leader’s snapshot takes the place of the state machine and of the log up to it (§7).',
    says: ({ lastIncludedIndex }) => `installs the snapshot up to index ${lastIncludedIndex}`,
  },
  {
    name: 'beginChange',
    help: 'The leader begins a change of members; new voters catch up first (dissertation §4.2.1).',
    says: ({ voters, learners }) => `begins to change the members to ${namesIn(voters)}${learnersText(learners)}`,
  },
  {
    name: 'catchUp',
    help: 'A new server has caught up in a round shorter than an election timeout (dissertation §4.2.1).',
    says: ({ server, round }) => `sees that ${server} has caught up in round ${round}`,
  },
  {
    name: 'abandonChange',
    saysNo: 'gives up',
    help: 'A new server is too slow or is not there: nothing is changed (dissertation §4.2.1).',
    says: ({ why }) => `abandons the change: ${why}`,
  },
  {
    name: 'useConfiguration',
    help: 'A configuration counts as soon as it is in the log, committed or not (§6).',
    says: ({ index, voters, old, learners }) =>
      `uses the configuration of index ${index}: ${old ? `${namesIn(old)} and ` : ''}${namesIn(voters)}${learnersText(learners)}`,
  },
  {
    name: 'rollBackConfiguration',
    help: 'The configuration was deleted from the log: the one before it counts again (dissertation §4.1).',
    says: ({ from, to }) => `rolls the configuration of index ${from} back to that of ${to}`,
  },
  { name: 'resign', help: 'A leader that is not a member any more leaves its office when that is committed (§6, dissertation §4.2.2).' },
  {
    name: 'overwriteCommitted',
    help: 'A committed entry is replaced. Impossible while disks keep what they were given (§5.4).',
    says: ({ from }) => `overwrites committed entries from index ${from} on`,
  },
  {
    name: 'secondLeader',
    help: 'A leader hears another one of its own term. Impossible while disks keep what they were given (§5.2).',
    says: ({ term, leader }) => `hears a second leader of term ${term}, ${leader}`,
  },
  {
    name: 'rejectStranger',
    help: 'A message came from a server that is not of this cluster.',
    says: ({ from, message }) => `rejects a ${message} from ${from}, a stranger`,
  },
  {
    name: 'refuse',
    saysNo: 'refuses',
    help: 'A control asks for what cannot be.',
    says: ({ control, why }) => `refuses to ${nameWords(String(control))}: ${why}`,
  },
] as const satisfies readonly NoteSpec[]

export type RaftNote = (typeof notes)[number]['name']
