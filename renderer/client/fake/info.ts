/** What a window without a lab is offered: one protocol and one service, as they describe themselves. */
import type { LabInfo } from '../../../main/contract/commands.ts'
import { messageTypesOf } from '../../../protocols/core/event.ts'
import type { Json } from '../../../protocols/core/json.ts'
import { panelInfo } from '../../../protocols/core/panel.ts'
import { raft } from '../../../protocols/raft/index.ts'
import { kv } from '../../../protocols/services/kv.ts'

export const RAFT_TYPES = messageTypesOf(raft)

const scenario = (name: string, title: string, teaches: string) => ({
  name,
  title,
  teaches,
  text: `name: ${title}\nprotocol: raft\nnodes: 5\n# ${name}\n`,
})

const { name, title, summary, source, version, epochName, clusterSize, optionSpecs, messages, facts, timers, invariants, panel } = raft
const usual = raft.options.parse({}) as { readonly [option: string]: Json }

export const info: LabInfo = {
  version: '0.1.0',
  host: 'web',
  dataFolder: '/home/ada/.local/share/synod',
  protocols: [
    {
      ...{ name, title, summary, source, version, epochName, clusterSize, facts, timers },
      optionSpecs: optionSpecs.map((spec) => ({ ...spec, value: usual[spec.name] ?? null })),
      messages: messages.map(({ kind, family, style, help }) => ({ kind, family, style, help })),
      ...(panel === undefined ? {} : { panel: panelInfo(panel) }),
      lies: [],
      controls: [],
      membership: { told: 'leader' },
      services: ['*'],
      invariants: invariants.map(({ name, statement, source }) => ({ name, statement, source })),
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
  services: [{ name: kv.name, title: kv.title, summary: kv.summary, grammar: kv.grammar.map(({ form, help }) => ({ form, help })) }],
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
