/** What a node notes of itself: its changes of state, by name. */
import type { NoteSpec } from '../core/machine.ts'

export const notes = [
  { name: 'write', help: 'A coordinator takes a write on as a new version, beside those that its client had not read (§4.4, §4.5).' },
  { name: 'again', help: 'A client asks once more for a write that was taken on already: it gets no second version.' },
  { name: 'writeDone', help: 'W nodes have the write on their disks (§4.5).' },
  { name: 'readDone', help: 'R nodes have answered a read; their versions are merged (§4.5).' },
  { name: 'siblings', help: 'Versions that know nothing of each other stand side by side: a client must merge them (§4.4).' },
  { name: 'suspect', help: 'A node does not answer in time. Only this node thinks so (§4.8.3).' },
  { name: 'trust', help: 'A suspected node has said something (§4.8.3).' },
  { name: 'standIn', help: 'The next healthy node on the ring is asked to keep what a silent one should (§4.6).' },
  { name: 'hint', help: 'A node keeps versions for another one (§4.6).' },
  { name: 'handOff', help: 'What was kept for another node is there now, and the hint goes (§4.6).' },
  { name: 'moveOut', help: 'A key that is not kept here any more is with all who keep it, and goes (§4.9).' },
  { name: 'repair', help: 'A read found a replica with old versions, and gives it those that it found (§5).' },
  { name: 'giveUp', help: 'Too few nodes answered in time: a write may have taken place all the same (§4.5).' },
  { name: 'differ', help: 'Two Merkle trees of one partition have different roots (§4.7).' },
  { name: 'actor', help: 'A node lets go of versions in which its name stands, and takes a new name for its next ones.' },
  { name: 'member', help: 'A node learns of somebody’s new status on the ring (§4.8.1).' },
  { name: 'quorum', help: 'N, R and W are others from here on (§4.5).' },
  { name: 'refuse', saysNo: 'refuses', help: 'A control asks for what cannot be.' },
] as const satisfies readonly NoteSpec[]

export type DynamoNote = (typeof notes)[number]['name']
