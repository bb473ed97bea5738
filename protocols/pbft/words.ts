/** How each message is named, drawn and summed up in a few words. */
import type { Json } from '../core/json.ts'
import type { AnyMessage, MessageSpec } from '../core/machine.ts'
import { counted } from '../core/wording.ts'
import type { Batch, MessageOf, PbftMessage } from './messages.ts'
import { NULL_DIGEST } from './signing.ts'

const requests = ({ length }: Batch): string => counted(length, 'request')
/** Nobody reads a digest to its end: its beginning tells it from others. */
export const short = (d: Json | undefined): string => (d === NULL_DIGEST ? 'null request' : String(d).slice(0, 6))

export const messageSpecs: readonly MessageSpec[] = [
  {
    kind: 'Request',
    family: 'client',
    style: 'request',
    help: 'A backup hands a client’s signed request on to the primary (§4.4).',
    summary: of<'Request'>(({ request }) => `request ${request.timestamp} of ${request.client}`),
  },
  {
    kind: 'PrePrepare',
    family: 'replication',
    style: 'request',
    help: 'The primary gives requests a sequence number in its view (§4.2).',
    summary: of<'PrePrepare'>(({ v, n, d, batch }) => `view ${v}, number ${n}: ${requests(batch)}, ${short(d)}`),
  },
  {
    kind: 'Prepare',
    family: 'replication',
    style: 'reply',
    help: 'A backup agrees to this number for these requests in this view (§4.2).',
    summary: of<'Prepare'>(({ v, n, d }) => `view ${v}, number ${n}, ${short(d)}`),
  },
  {
    kind: 'Commit',
    family: 'replication',
    style: 'reply',
    help: 'A replica saw that enough agreed; 2f + 1 of these make the number committed (§4.2).',
    summary: of<'Commit'>(({ v, n, d }) => `view ${v}, number ${n}, ${short(d)}`),
  },
  {
    kind: 'Checkpoint',
    family: 'snapshot',
    style: 'request',
    help: 'The digest of the state after executing a number; 2f + 1 equal ones make it stable (§4.3).',
    summary: of<'Checkpoint'>(({ n, d }) => `state after ${n} is ${short(d)}`),
  },
  {
    kind: 'ViewChange',
    family: 'election',
    style: 'request',
    help: 'A replica gives the primary up and asks for the next view; it shows its checkpoint and what was prepared there (§4.4).',
    summary: of<'ViewChange'>(
      ({ v, n, P }) => `to view ${v}, checkpoint ${n}, prepared ${numbers(P.map(({ prePrepare }) => prePrepare.n))}`,
    ),
  },
  {
    kind: 'NewView',
    family: 'election',
    style: 'reply',
    help: 'The new primary begins its view: the 2f + 1 ViewChanges, and what follows from them (§4.4).',
    summary: of<'NewView'>(({ v, V, O }) => `view ${v} of ${V.map(({ i }) => i).join(', ')}; again ${numbers(O.map(({ n }) => n))}`),
  },
  {
    kind: 'FetchBatch',
    family: 'other',
    style: 'request',
    help: 'Asks for the requests behind a digest (§4.4).',
    summary: of<'FetchBatch'>(({ d }) => short(d)),
  },
  {
    kind: 'Batch',
    family: 'other',
    style: 'reply',
    help: 'The requests behind a digest, which proves them (§4.4).',
    summary: of<'Batch'>(({ batch }) => requests(batch)),
  },
  {
    kind: 'FetchState',
    family: 'snapshot',
    style: 'request',
    help: 'Asks for a piece of the state at a stable checkpoint (§4.3).',
    summary: of<'FetchState'>(({ n, part }) => `state at ${n}, part ${part + 1}`),
  },
  {
    kind: 'StateChunk',
    family: 'snapshot',
    style: 'reply',
    help: 'A piece of the state at a checkpoint, whose digest 2f + 1 replicas signed (§4.3).',
    summary: of<'StateChunk'>(({ n, part, parts }) => `state at ${n}, part ${part + 1} of ${parts}`),
  },
  {
    kind: 'Status',
    family: 'other',
    style: 'request',
    help: 'Where a replica stands, so that others send again what it missed. Not in the paper, whose network delivers in the end.',
    faint: () => true,
    summary: of<'Status'>(({ v, active, h, e }) => `view ${v}${active ? '' : ' (changing)'}, executed ${e}, checkpoint ${h}`),
  },
  {
    kind: 'Committed',
    family: 'replication',
    style: 'reply',
    help: 'A committed number with its 2f + 1 Commits, for who missed it. Not in the paper.',
    summary: of<'Committed'>(({ n, batch }) => `number ${n}: ${requests(batch)}`),
  },
]

const numbers = (list: readonly number[]): string => (list.length === 0 ? 'nothing' : list.join(', '))

function of<Kind extends PbftMessage['kind']>(summary: (message: MessageOf<Kind>) => string): (body: AnyMessage) => string {
  return (body) => summary(body as MessageOf<Kind>)
}
