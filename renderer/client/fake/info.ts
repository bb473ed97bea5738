/** What the imitation of a lab offers: one protocol and one service, described as the real ones describe themselves. */
import type { LabInfo } from '../../../main/contract/commands.ts'
import { messageTypesOf } from '../../../protocols/core/event.ts'
import { panelInfo } from '../../../protocols/core/panel.ts'
import { raft } from '../../../protocols/raft/index.ts'

export const RAFT_TYPES = messageTypesOf(raft)

const PAPER = 'Ongaro and Ousterhout, In Search of an Understandable Consensus Algorithm (2014)'

export const INVARIANTS = [
  { name: 'Election Safety', statement: 'At most one leader can be elected in a given term.', source: `${PAPER}, Fig. 3` },
  {
    name: 'Leader Append-Only',
    statement: 'A leader never overwrites or deletes entries in its log; it only appends new entries.',
    source: `${PAPER}, Fig. 3`,
  },
  {
    name: 'Log Matching',
    statement: 'If two logs contain an entry with the same index and term, then the logs are identical up to that index.',
    source: `${PAPER}, Fig. 3`,
  },
  {
    name: 'Leader Completeness',
    statement: 'An entry committed in a term is present in the logs of the leaders of all later terms.',
    source: `${PAPER}, Fig. 3`,
  },
  {
    name: 'State Machine Safety',
    statement: 'No two servers apply different entries at the same index.',
    source: `${PAPER}, Fig. 3`,
  },
] as const

const scenario = (name: string, title: string, teaches: string) => ({
  name,
  title,
  teaches,
  text: `name: ${title}\nprotocol: raft\nnodes: 5\n# ${name}\n`,
})

const { panel } = raft

export const info: LabInfo = {
  version: '0.1.0',
  host: 'web',
  dataFolder: '/home/ada/.local/share/synod',
  protocols: [
    {
      name: 'raft',
      title: 'Raft',
      summary: 'One elected leader orders a replicated log; a majority makes an entry safe.',
      source: PAPER,
      version: 1,
      epochName: 'term',
      clusterSize: { min: 1, max: 15, usual: 5 },
      optionSpecs: [
        {
          name: 'electionMsMin',
          label: 'Election timeout, least',
          unit: 'ms',
          help: 'A follower that hears nothing for this long becomes a candidate. §5.2',
          value: 150,
        },
        {
          name: 'electionMsMax',
          label: 'Election timeout, most',
          unit: 'ms',
          help: 'Timeouts are drawn between the two, so that votes rarely split. §5.2',
          value: 300,
        },
        { name: 'heartbeatMs', label: 'Heartbeat', unit: 'ms', help: 'How often a leader says that it lives. §5.2', value: 50 },
        {
          name: 'writeInParallel',
          label: 'Leader writes in parallel',
          help: 'Entries leave for the followers before the leader has them on its own disk. Dissertation §10.2.1',
          value: false,
        },
      ],
      messages: raft.messages.map(({ kind, family, style, help }) => ({ kind, family, style, help })),
      facts: [
        { name: 'votedFor', label: 'Voted for', help: 'Who got this server\u2019s vote in the present term. Fig. 2' },
        { name: 'lastIndex', label: 'Last index', help: 'The index of the last entry of its log. Fig. 2' },
        { name: 'commitIndex', label: 'Commit index', help: 'The highest entry known to be committed. Fig. 2' },
        { name: 'lastApplied', label: 'Applied', help: 'The highest entry applied to the state machine. Fig. 2' },
      ],
      timers: [
        { name: 'election', help: 'Runs out when no leader was heard. §5.2' },
        { name: 'heartbeat', help: 'A leader sends again when it runs out. §5.2' },
      ],
      ...(panel === undefined ? {} : { panel: panelInfo(panel) }),
      lies: [],
      controls: [],
      membership: { told: 'leader' },
      services: ['*'],
      invariants: INVARIANTS,
      scenarios: [
        scenario('leader-crash', 'The leader dies', 'Kill the leader and see how the others notice, vote, and go on with nothing lost.'),
        scenario(
          'split-brain',
          'Two leaders at once',
          'Cut the leader off with a minority: it still believes that it leads, yet cannot commit.',
        ),
        scenario(
          'slow-link',
          'A slow follower',
          'Delay one follower\u2019s links: the cluster is as fast as its majority, not as its slowest.',
        ),
      ],
    },
  ],
  services: [
    {
      name: 'kv',
      title: 'Key-value store',
      summary: 'Named values: get, put, append, delete, compare-and-set.',
      grammar: [
        { form: 'get KEY', help: 'The value of a key.' },
        { form: 'put KEY VALUE', help: 'Sets a key.' },
        { form: 'append KEY VALUE', help: 'Adds to the end of a value.' },
        { form: 'delete KEY', help: 'Forgets a key.' },
        { form: 'cas KEY OLD NEW', help: 'Sets a key if it still has the old value.' },
      ],
    },
  ],
  formats: [
    {
      name: 'synod',
      title: 'Run file',
      extension: 'synod',
      help: 'Everything, as Synod keeps it itself: the file to share.',
      imports: true,
    },
    { name: 'ndjson', title: 'NDJSON', extension: 'ndjson', help: 'Every event as a line of JSON.', imports: true },
    {
      name: 'shiviz',
      title: 'ShiViz log',
      extension: 'shiviz.log',
      help: 'What happened at each host, with vector clocks.',
      imports: true,
    },
    { name: 'history', title: 'Operation history', extension: 'history.ndjson', help: 'What clients asked and heard.', imports: false },
  ],
}
