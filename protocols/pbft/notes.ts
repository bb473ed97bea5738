/** What a replica notes of itself: its changes of state, by name. */
import type { NoteSpec } from '../core/machine.ts'
import { counted, namesIn } from '../core/wording.ts'
import { short } from './words.ts'

export const notes = [
  {
    name: 'propose',
    help: 'The primary gives requests the next sequence number (§4.2).',
    says: ({ view, n, requests }) => `proposes number ${n} in view ${view}: ${counted(requests, 'request')}`,
  },
  {
    name: 'prepared',
    help: 'A PrePrepare and 2f matching Prepares of different backups: no other requests can have this number in this view (§4.2).',
    says: ({ view, n, d }) => `has prepared number ${n} in view ${view}, ${short(d)}`,
  },
  {
    name: 'committed',
    help: '2f + 1 matching Commits: the number keeps these requests over all views (§4.2).',
    says: ({ view, n, d }) => `has committed number ${n} in view ${view}, ${short(d)}`,
  },
  {
    name: 'execute',
    help: 'Executes the requests of a number, all lower ones being executed (§4.2).',
    says: ({ n, requests }) => `executes number ${n}: ${counted(requests, 'request')}`,
  },
  {
    name: 'takeCheckpoint',
    help: 'Remembers its state after executing a multiple of K, and says its digest (§4.3).',
    says: ({ n, d }) => `takes a checkpoint at number ${n}, ${short(d)}`,
  },
  {
    name: 'stable',
    help: '2f + 1 replicas said the same digest: the checkpoint is stable, and what is older is forgotten (§4.3).',
    says: ({ n }) => `has a stable checkpoint at number ${n}`,
  },
  {
    name: 'startViewChange',
    help: 'Gives the primary up and asks for a later view (§4.4).',
    says: ({ view, primary, why }) => `asks for view ${view} of ${primary}: ${why}`,
  },
  {
    name: 'countViewChange',
    help: 'Another replica’s ViewChange holds: its checkpoint is proved, and so is all that it says was prepared (§4.4).',
    says: ({ view, of }) => `counts ${of}’s ViewChange to view ${view}`,
  },
  {
    name: 'newView',
    help: 'The primary of the new view has 2f + 1 ViewChanges and begins it (§4.4).',
    says: ({ view, of, again }) => `begins view ${view} with the ViewChanges of ${namesIn(of)}, ${counted(again, 'number')} again`,
  },
  {
    name: 'enterView',
    help: 'A backup checked the NewView and takes part in the view (§4.4).',
    says: ({ view, primary }) => `enters view ${view} of ${primary}`,
  },
  {
    name: 'fetchState',
    help: 'A stable checkpoint lies ahead of what it executed: fetches the state (§4.3, §4.6).',
    says: ({ n }) => `fetches the state at number ${n}`,
  },
  {
    name: 'installState',
    help: 'The state fetched has the digest that 2f + 1 replicas signed (§4.3).',
    says: ({ n, from }) => `installs the state at number ${n}, from ${from}`,
  },
  {
    name: 'fetchBatch',
    help: 'A digest was prepared whose requests it has never seen: fetches them (§4.4).',
    says: ({ n, d }) => `fetches the requests of number ${n}, ${short(d)}`,
  },
  {
    name: 'learnCommitted',
    help: 'Is shown 2f + 1 Commits for a number that it missed. Not in the paper.',
    says: ({ n, d, from }) => `learns from ${from} that number ${n} is committed, ${short(d)}`,
  },
  {
    name: 'diverged',
    help: '2f + 1 replicas say another state than its own. Impossible with at most f faulty replicas.',
    says: ({ n, own, proved }) => `has the state ${short(own)} at number ${n}, and 2f + 1 say ${short(proved)}`,
  },
  {
    name: 'refuse',
    help: 'A message is not what it should be, and changes nothing: says whose, and why.',
    says: ({ from, message, why }) => `refuses a ${message} from ${from}: ${why}`,
  },
] as const satisfies readonly NoteSpec[]

export type PbftNote = (typeof notes)[number]['name']
