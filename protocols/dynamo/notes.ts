/** What a node notes of itself: its changes of state, by name. */
import type { NoteSpec } from '../core/machine.ts'
import { namesIn } from '../core/wording.ts'

export const notes = [
  {
    name: 'write',
    help: 'A coordinator takes a write on as a new version, beside those that its client had not read (§4.4, §4.5).',
    says: ({ key, value, dot }) => `takes the write ${key} = ${value ?? '(deleted)'} on as ${dot}`,
  },
  {
    name: 'again',
    help: 'A client asks once more for a write that was taken on already: it gets no second version.',
    says: ({ key }) => `has taken this write of ${key} on before`,
  },
  {
    name: 'writeDone',
    help: 'W nodes have the write on their disks (§4.5).',
    says: ({ key, nodes }) => `completes the write of ${key}, on the disks of ${namesIn(nodes)}`,
  },
  {
    name: 'readDone',
    help: 'R nodes have answered a read; their versions are merged (§4.5).',
    says: ({ key, nodes }) => `completes the read of ${key}, by what ${namesIn(nodes)} had`,
  },
  {
    name: 'siblings',
    help: 'Versions that know nothing of each other stand side by side: a client must merge them (§4.4).',
    says: ({ key, count }) => `keeps ${count} siblings of ${key}`,
  },
  { name: 'suspect', help: 'A node does not answer in time. Only this node thinks so (§4.8.3).', says: ({ node }) => `suspects ${node}` },
  { name: 'trust', help: 'A suspected node has said something (§4.8.3).', says: ({ node }) => `trusts ${node} again` },
  {
    name: 'standIn',
    help: 'The next healthy node on the ring is asked to keep what a silent one should (§4.6).',
    says: ({ key, node, for: silent }) => `asks ${node} to stand in for ${silent} with ${key}`,
  },
  {
    name: 'hint',
    help: 'A node keeps versions for another one (§4.6).',
    says: ({ key, for: silent }) => `keeps ${key} for ${silent}, as a hint`,
  },
  {
    name: 'handOff',
    help: 'What was kept for another node is there now, and the hint goes (§4.6).',
    says: ({ key, to }) => `hands ${key} off to ${to}`,
  },
  {
    name: 'moveOut',
    help: 'A key that is not kept here any more is with all who keep it, and goes (§4.9).',
    says: ({ key }) => `lets go of ${key}, which all who keep it have`,
  },
  {
    name: 'repair',
    help: 'A read found a replica with old versions, and gives it those that it found (§5).',
    says: ({ key, node }) => `repairs ${key} at ${node}`,
  },
  {
    name: 'giveUp',
    help: 'Too few nodes answered in time: a write may have taken place all the same (§4.5).',
    says: ({ key, what, have, needs }) => `gives up a ${what} of ${key}: ${have} of ${needs} answered in time`,
  },
  {
    name: 'differ',
    help: 'Two Merkle trees of one partition have different roots (§4.7).',
    says: ({ partition, with: other }) => `differs from ${other} in partition ${partition}`,
  },
  {
    name: 'actor',
    help: 'A node lets go of versions in which its name stands, and takes a new name for its next ones.',
    says: ({ key, name }) => `calls its next versions ${name}, having let go of ${key}`,
  },
  {
    name: 'member',
    help: 'A node learns of somebody’s new status on the ring (§4.8.1).',
    says: ({ node, status }) => `learns that ${node} is ${status}`,
  },
  { name: 'quorum', help: 'N, R and W are others from here on (§4.5).', says: ({ n, r, w }) => `goes on with N ${n}, R ${r}, W ${w}` },
  { name: 'refuse', saysNo: 'refuses', help: 'A control asks for what cannot be.', says: ({ why }) => `refuses: ${why}` },
] as const satisfies readonly NoteSpec[]

export type DynamoNote = (typeof notes)[number]['name']
