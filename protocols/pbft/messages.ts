/**
 * What replicas say to each other: one type and one schema per message, with the paper's field names (§4.2 to §4.6). `v` is
 * a view, `n` a sequence number, `d` a digest, `i` the replica that speaks. What may be shown to a third party is signed
 * (signing.ts); who sent the rest is known from its link.
 */
import { z } from 'zod'
import type { NodeId } from '../core/ids.ts'
import type { Json } from '../core/json.ts'

const replica = z.string().min(1) as unknown as z.ZodType<NodeId>
const view = z.int().min(0)
const number = z.int().min(0)
const digest = z.string().min(1).max(64)
const signature = z.string().min(1).max(128)

/** §4.1: operation, timestamp, client; signed by the client. */
export interface SignedRequest {
  readonly client: string
  /** Rises from request to request of a client. */
  readonly timestamp: number
  readonly op: Json
  readonly signature: string
}
/** By hand, not by a schema per request: a backup does this for every one, and it takes a thirtieth of the time. */
const requestSchema = z.custom<SignedRequest>(isRequest, 'a request is { client, timestamp, op, signature }')
const requestsSchema = z.custom<SignedRequest[]>(
  (value) => Array.isArray(value) && value.every(isRequest),
  'requests are a list of { client, timestamp, op, signature }',
)

function isRequest(value: unknown): value is SignedRequest {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 4) return false
  const { client, timestamp, op, signature: signed } = value as { readonly [field in keyof SignedRequest]?: unknown }
  if (typeof client !== 'string' || client === '' || !Number.isSafeInteger(timestamp) || (timestamp as number) < 1) return false
  return op !== undefined && typeof signed === 'string' && signed !== '' && signed.length <= 128
}

/** A request, on its way to the primary by way of a backup. */
const relayedSchema = z.strictObject({ kind: z.literal('Request'), request: requestSchema })

/** §4.2, as it stands in certificates: without the requests, which its digest stands for. Its primary signs it. */
export const prePrepareSchema = z.strictObject({ kind: z.literal('PrePrepare'), v: view, n: number, d: digest, signature })
/** As the primary sends it: several requests under one number (batching, §6.2 of the TOCS article). */
const proposalSchema = prePrepareSchema.extend({ batch: requestsSchema })

export const prepareSchema = z.strictObject({ kind: z.literal('Prepare'), v: view, n: number, d: digest, i: replica, signature })
export const commitSchema = z.strictObject({ kind: z.literal('Commit'), v: view, n: number, d: digest, i: replica, signature })

/** §4.3; `d` is the digest of the state after executing `n`. */
export const checkpointSchema = z.strictObject({ kind: z.literal('Checkpoint'), n: number, d: digest, i: replica, signature })

/** One element of P (§4.4): a PrePrepare without its batch, and 2f matching Prepares of different backups. */
export const preparedSchema = z.strictObject({ prePrepare: prePrepareSchema, prepares: z.array(prepareSchema) })

/** §4.4: asks for view `v`; `n` is the last stable checkpoint, `C` its proof, `P` what was prepared above it. */
export const viewChangeSchema = z.strictObject({
  kind: z.literal('ViewChange'),
  v: view,
  n: number,
  C: z.array(checkpointSchema),
  P: z.array(preparedSchema),
  i: replica,
  signature,
})

/** §4.4: begins view `v`; `V` are the ViewChanges that it follows from, `O` the PrePrepares, without batches, that follow. */
export const newViewSchema = z.strictObject({
  kind: z.literal('NewView'),
  v: view,
  V: z.array(viewChangeSchema),
  O: z.array(prePrepareSchema),
  signature,
})

/** Asks for the requests whose digest is `d` (§4.4: "obtain them from another replica"). */
const fetchBatchSchema = z.strictObject({ kind: z.literal('FetchBatch'), d: digest })
/** The requests; their digest proves them. */
const batchSchema = z.strictObject({ kind: z.literal('Batch'), batch: requestsSchema })

/** Asks for a piece of the state at checkpoint `n`, of digest `d` (§4.3, §4.6). */
const fetchStateSchema = z.strictObject({ kind: z.literal('FetchState'), n: number, d: digest, part: z.int().min(0) })
const stateChunkSchema = z.strictObject({
  kind: z.literal('StateChunk'),
  n: number,
  d: digest,
  part: z.int().min(0),
  parts: z.int().min(1),
  text: z.string(),
})

/** Where a replica stands, so that others send again what it missed. Not in the paper: its network delivers in the end. */
const statusSchema = z.strictObject({
  kind: z.literal('Status'),
  v: view,
  active: z.boolean(),
  /** The last stable checkpoint. */
  h: number,
  /** The last number executed. */
  e: number,
})

/** A number that was committed, with its proof: 2f + 1 Commits. For who missed it. */
const committedSchema = z.strictObject({
  kind: z.literal('Committed'),
  n: number,
  batch: requestsSchema,
  commits: z.array(commitSchema),
})

export type Batch = readonly SignedRequest[]
export type PrePrepare = z.infer<typeof prePrepareSchema>
export type Proposal = z.infer<typeof proposalSchema>
export type Prepare = z.infer<typeof prepareSchema>
export type Commit = z.infer<typeof commitSchema>
export type Checkpoint = z.infer<typeof checkpointSchema>
export type Prepared = z.infer<typeof preparedSchema>
export type ViewChange = z.infer<typeof viewChangeSchema>
export type NewView = z.infer<typeof newViewSchema>
export type StateChunk = z.infer<typeof stateChunkSchema>
export type Status = z.infer<typeof statusSchema>
export type Committed = z.infer<typeof committedSchema>

export const pbftMessageSchema = z.discriminatedUnion('kind', [
  relayedSchema,
  proposalSchema,
  prepareSchema,
  commitSchema,
  checkpointSchema,
  viewChangeSchema,
  newViewSchema,
  fetchBatchSchema,
  batchSchema,
  fetchStateSchema,
  stateChunkSchema,
  statusSchema,
  committedSchema,
])
export type PbftMessage = z.infer<typeof pbftMessageSchema>
export type MessageOf<Kind extends PbftMessage['kind']> = Extract<PbftMessage, { readonly kind: Kind }>
