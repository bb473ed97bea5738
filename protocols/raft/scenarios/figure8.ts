/**
 * Figure 8 (§5.4.2), on five real processes: an entry of an older term on a majority, and what may become of it. What the paper
 * leaves to chance is settled here: whose requests for votes arrive, and which entries.
 */
import type { ProtocolDefinition } from '../../core/machine.ts'
import { PATIENT } from './n1Leads.ts'

/**
 * (a), (b), (c): entries go one by one, so that the old one can arrive without the one behind it. It is the fourth, behind a no-op, a session
 * and a first value. n5 is killed when what it says has left it, for then its entry is on its disk.
 */
const OLD_ENTRY_ON_MAJORITY = `run: { protocol: raft, service: kv, nodes: 5, seed: 8, options: { ${PATIENT}, maxEntries: 1 } }
steps:
  - arm: { kind: cut, target: { groups: [[n2], [n3], [n4], [n5]] }, rule: { types: [RequestVote, AppendEntries] } }
    as: only-n1-stands
  - wait: { fact: role, of: n1, value: leader }
  - lift: only-n1-stands
  - client: put x old
  - wait: applied
  - arm:
      kind: cut
      target: { links: [[n2, n1], [n2, n3], [n2, n4], [n2, n5], [n3, n1], [n3, n2], [n3, n4], [n3, n5], [n4, n1], [n4, n2], [n4, n3], [n4, n5]] }
      rule: { types: [RequestVote] }
    as: only-n1-and-n5-stand
  - arm: { kind: cut, target: { links: [[n5, n1], [n5, n2], [n5, n3], [n5, n4]] }, rule: { types: [AppendEntries] } }
    as: n5-writes-alone
  - say: (a) n1 writes an entry, and it reaches n2 alone
  - arm: { kind: cut, target: { links: [[n1, n3], [n1, n4], [n1, n5]] }, rule: { types: [AppendEntries], where: [{ path: entries.0.kind, is: "=", value: command }] } }
    as: to-n2-alone
  - ask: put x new
    of: n1
  - wait: { fact: lastLogIndex, of: n2, is: ">=", value: 4 }
  - wait: { ms: 300 }
  - partition: [[clients], rest]
    as: nobody-asks
  - say: (b) n1 is killed; n5 is elected, writes an entry alone, and is killed
  - crash: n1
  - wait: { fact: role, of: n5, value: leader }
  - wait: { event: "kind:drop type:AppendEntries from:n5" }
  - crash: n5
  - say: (c) n1 leads again and brings its old entry to n3
  - arm: { kind: cut, target: { links: [[n1, n2], [n1, n3]] }, rule: { types: [AppendEntries], where: [{ path: entries.0.kind, is: "=", value: noop }] } }
    as: the-old-entry-alone
  - arm: { kind: cut, target: { links: [[n1, n4]] }, rule: { types: [AppendEntries] } }
    as: not-to-n4
  - lift: to-n2-alone
  - restart: n1
  - wait: { fact: role, of: n1, value: leader }
  - wait: { fact: lastLogIndex, of: n3, is: ">=", value: 4 }
  - wait: { ms: 300 }
  - wait: { fact: commitIndex, of: n1, is: "=", value: 0 }`

/** The client asks again until it is answered. */
const ALL_ANSWERED = `  - heal:
  - wait: idle
  - wait: applied
  - client: get x
    expect: new
expect: { leader: true, running: 5, applied: equal, operations: ok }`

export const figure8: ProtocolDefinition['scenarios'] = [
  {
    name: 'figure-8',
    title: 'Figure 8: on a majority, and overwritten',
    teaches:
      'That a majority holds an entry of an older term does not make it committed: another leader may still overwrite it. So only entries of the own term are counted (§5.4.2).',
    text: `name: "Figure 8: on a majority, and overwritten"
about: >
  (a) n1 writes an entry, and it reaches n2 alone. (b) n1 is killed; n3 and n4 elect n5, whose entry at the same place reaches nobody; n5 is killed. (c) n1 is back, is elected
  again, and brings its old entry to n3: a majority holds it, and n1 does not count it. (d) n1 is killed; n5 is back, is elected by n2, n3 and n4, and overwrites it. The client never heard that it was
  written; it asks again, and hears so then. Who may stand is settled by whose requests for votes are lost.
${OLD_ENTRY_ON_MAJORITY}
  - say: (d) n1 is killed; n5 is elected and overwrites the entry
  - crash: n1
  - lift: n5-writes-alone
  - restart: n5
  - wait: { event: "note:replaceConflict node:n2" }
${ALL_ANSWERED}
`,
  },
  {
    name: 'figure-8-committed',
    title: 'Figure 8: on a majority, and committed',
    teaches:
      'An entry of the leader’s own term on a majority commits everything before it: who lacks it is not elected any more (§5.4.2, Fig. 8 e).',
    text: `name: "Figure 8: on a majority, and committed"
about: >
  The same up to (c). (e) An entry of n1's own term reaches n2 and n3, and with it the old one is committed. n1 is killed; n5 is back, and though its last entry is of a later term than the old
  one, nobody but n4 would elect it: n2 or n3 is, and overwrites the entry of n5.
${OLD_ENTRY_ON_MAJORITY}
  - say: (e) an entry of n1's own term reaches n3, too
  - lift: the-old-entry-alone
  - wait: { fact: commitIndex, of: n1, is: ">", value: 0 }
  - crash: n1
  - lift: only-n1-and-n5-stand
  - lift: n5-writes-alone
  - restart: n5
  - wait: { event: "note:replaceConflict node:n5" }
${ALL_ANSWERED}
`,
  },
]
