/** The settings of a run. What they ask of a cluster together is in roles.ts. */
import { z } from 'zod'

const some = z.string().max(200).default('all')
const size = z.int().min(0).max(15).default(0)
const ms = (usual: number, least: number) => z.number().min(least).max(600_000).default(usual)

export const optionsSchema = z
  .strictObject({
    proposers: some,
    acceptors: some,
    learners: some,
    q1: size,
    q2: size,
    allowUnsafeQuorums: z.boolean().default(false),
    backOffMs: ms(20, 0),
    backOffMsMax: ms(2000, 0),
    retransmitMs: ms(100, 1),
    askMs: ms(250, 1),
    votesToLearners: z.boolean().default(true),
  })
  .refine((options) => options.backOffMs <= options.backOffMsMax, {
    path: ['backOffMsMax'],
    message: 'The longest back-off is shorter than the first: raise backOffMsMax or lower backOffMs.',
  })
export type PaxosOptions = z.infer<typeof optionsSchema>
