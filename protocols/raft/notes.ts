/** What a server notes of itself: its changes of state, by name. */
import type { NoteSpec } from '../core/machine.ts'

export const notes = [
  { name: 'becomeCandidate', help: 'No leader was heard in time: stands for election in the next term (§5.2).' },
  { name: 'grantVote', help: 'Votes for a candidate whose log is at least as up to date as its own (§5.2, §5.4.1).' },
  { name: 'becomeLeader', help: 'A majority voted for it: leads the term (§5.2).' },
  { name: 'becomeFollower', help: 'A candidate gives up: it heard a leader of its term, or of a higher term (§5.1, §5.2).' },
  { name: 'followLeader', help: 'Hears from the leader of its term for the first time (§5.2).' },
  { name: 'stepDown', help: 'A leader learns of a higher term and leaves its office (§5.1).' },
  { name: 'replaceConflict', help: "Deletes entries that conflict with the leader's, and all that follow them (§5.3)." },
  { name: 'backUp', help: 'The leader was refused: it goes back in the log of a follower (§5.3).' },
  { name: 'overwriteCommitted', help: 'A committed entry is replaced. Impossible while disks keep what they were given (§5.4).' },
  { name: 'secondLeader', help: 'A leader hears another one of its own term. Impossible while disks keep what they were given (§5.2).' },
  { name: 'rejectStranger', help: 'A message came from a server that is not of this cluster.' },
] as const satisfies readonly NoteSpec[]

export type RaftNote = (typeof notes)[number]['name']
