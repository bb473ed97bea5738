/** What nodes say to each other: one type and one schema per message. "PMS" is "Paxos Made Simple". */
import { z } from 'zod'
import type { AnyMessage, MessageSpec } from '../core/machine.ts'
import { ballotSchema, ballotText } from './ballot.ts'

const ballot = ballotSchema
const value = z.string()

/** PMS §2.2, phase 1 (a). */
export const prepareSchema = z.strictObject({ kind: z.literal('Prepare'), ballot })

/** PMS §2.2, phase 1 (b): the vote in the highest ballot that the acceptor has voted in, null for none. */
export const promiseSchema = z.strictObject({
  kind: z.literal('Promise'),
  ballot,
  accepted: z.strictObject({ ballot, value }).nullable(),
})

/** PMS §2.2, phase 2 (a). */
export const acceptSchema = z.strictObject({ kind: z.literal('Accept'), ballot, value })

/** PMS §2.2, phase 2 (b): a vote. To the proposer, and to the learners (§2.3). */
export const acceptedSchema = z.strictObject({ kind: z.literal('Accepted'), ballot, value })

/** PMS §2.2, an optimisation: `ballot` is ignored, for `promised` was promised. */
export const nackSchema = z.strictObject({ kind: z.literal('Nack'), ballot, promised: ballot })

/** PMS §2.3: the value is chosen. */
export const chosenSchema = z.strictObject({ kind: z.literal('Chosen'), value })

/** PMS §2.3: a learner that may have missed votes asks for them. */
export const askSchema = z.strictObject({ kind: z.literal('Ask') })

export type Prepare = z.infer<typeof prepareSchema>
export type Promised = z.infer<typeof promiseSchema>
export type Accept = z.infer<typeof acceptSchema>
export type Accepted = z.infer<typeof acceptedSchema>
export type Nack = z.infer<typeof nackSchema>
export type Chosen = z.infer<typeof chosenSchema>
export type Ask = z.infer<typeof askSchema>
export type PaxosMessage = Prepare | Promised | Accept | Accepted | Nack | Chosen | Ask

export const paxosMessageSchema = z.discriminatedUnion('kind', [
  prepareSchema,
  promiseSchema,
  acceptSchema,
  acceptedSchema,
  nackSchema,
  chosenSchema,
  askSchema,
])

export const messageSpecs: readonly MessageSpec[] = [
  {
    kind: 'Prepare',
    family: 'election',
    style: 'request',
    help: 'A proposer asks for a promise to ignore lower ballots, and for the last vote (PMS §2.2, phase 1a).',
    summary: of<Prepare>((m) => `ballot ${ballotText(m.ballot)}`),
  },
  {
    kind: 'Promise',
    family: 'election',
    style: 'reply',
    help: 'The acceptor will ignore lower ballots, and says what it voted for last (PMS §2.2, phase 1b).',
    summary: of<Promised>(
      (m) =>
        `ballot ${ballotText(m.ballot)}, ${m.accepted === null ? 'no vote yet' : `voted for ${m.accepted.value} in ${ballotText(m.accepted.ballot)}`}`,
    ),
  },
  {
    kind: 'Accept',
    family: 'replication',
    style: 'request',
    help: 'A proposer with promises of a phase-1 quorum asks for votes for one value (PMS §2.2, phase 2a).',
    summary: of<Accept>((m) => `ballot ${ballotText(m.ballot)}, ${m.value}`),
  },
  {
    kind: 'Accepted',
    family: 'replication',
    style: 'reply',
    help: 'A vote. The value is chosen when a phase-2 quorum has voted for it in one ballot (PMS §2.2, phase 2b; §2.3).',
    summary: of<Accepted>((m) => `ballot ${ballotText(m.ballot)}, ${m.value}`),
  },
  {
    kind: 'Nack',
    family: 'election',
    style: 'reply',
    help: 'The acceptor has promised a higher ballot and ignores this one (PMS §2.2, an optimisation).',
    summary: of<Nack>((m) => `not ${ballotText(m.ballot)}: promised ${ballotText(m.promised)}`),
  },
  {
    kind: 'Chosen',
    family: 'read',
    style: 'reply',
    help: 'Says which value was chosen (PMS §2.3).',
    summary: of<Chosen>((m) => m.value || '(empty)'),
  },
  {
    kind: 'Ask',
    family: 'read',
    style: 'request',
    help: 'A learner that may have missed votes asks what was voted for, or chosen (PMS §2.3).',
    faint: () => true,
    summary: () => 'what was voted for?',
  },
]

function of<M extends PaxosMessage>(summary: (message: M) => string): (body: AnyMessage) => string {
  return (body) => summary(body as M)
}
