/** Logs that are cut off behind a snapshot (§7). */
import type { ProtocolDefinition } from '../../core/machine.ts'
import { N1_LEADS, PATIENT } from './n1Leads.ts'

export const snapshots: ProtocolDefinition['scenarios'] = [
  {
    name: 'snapshot',
    title: 'Too far behind for the log',
    teaches:
      'Logs are cut at snapshots; a follower that lacks what was discarded is sent the snapshot in chunks, with the sessions of clients and the members in it (§7).',
    text: `name: Too far behind for the log
about: >
  n3 is down while the others write snapshots and discard their logs. When it is back it lacks entries that nobody has any more: it is sent the leader's snapshot in small chunks,
  and the log behind it. All crash and come back from their snapshots.
run: { protocol: raft, service: kv, nodes: 3, seed: 9, options: { snapshotEvery: 20, keepEntries: 0, snapshotChunk: 200, ${PATIENT} } }
steps:
${N1_LEADS}
  - client: put x 1
  - crash: n3
  - load: { clients: 4, rate: 200, operations: 200 }
  - wait: idle
  - restart: n3
  - wait: { fact: snapshot, of: n3, is: ">", value: 0 }
  - wait: applied
  - crash: n1
  - crash: n2
  - crash: n3
  - restart: n1
  - restart: n2
  - restart: n3
  - wait: leader
  - client: get x
    expect: "1"
  - wait: applied
expect: { running: 3, applied: equal }
`,
  },
]
