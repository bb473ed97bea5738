/**
 * The run file: one SQLite database a run, `*.synod`, self-describing. Its shape stands here and nowhere else.
 *
 *     meta        key, JSON value: header (RunHeader), name, status, verdict, bookmarks (older files have none)
 *     chunk       packed events (protocols/wire/chunk.ts), pressed (pressing.ts), their bounds, a CRC-32, and which messages and steps are in them
 *     moment      what the run looked like after event `seq`, JSON of MomentData, every so many events
 *     mark        what a person looks for on the timeline, JSON of Mark
 *     checkpoint  where the checkpoint events are
 *     finding     violations that the judge found
 *
 * While a run is recorded the file is in WAL mode; closed in good order it is one whole file again. A status `live` in a
 * file that nobody records says that its lab ended without closing it.
 */
import { z } from 'zod'
import { IMPORTED_HOSTS_MAX, recordedConfigSchema } from '../../protocols/core/config.ts'
import { CLIENTS, endpointIds } from '../../protocols/core/ids.ts'
import type { ChunkTables } from '../../protocols/wire/chunk.ts'
import { foreignSchema } from '../contract/exchange.ts'
import type { RunHeader } from './header.ts'

/** "Synd", in the header of the database. */
export const APPLICATION_ID = 0x53796e64
/** The newest that is read, and the one that is written. Grows when an older Synod could no longer read a file: 2 has imported runs, 3 pressed chunks. */
export const RUN_FILE_VERSION = 3
export const RUN_FILE_SUFFIX = '.synod'

export const TABLES = {
  meta: 'CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID',
  chunk:
    'CREATE TABLE chunk (first_seq INTEGER PRIMARY KEY, last_seq INTEGER NOT NULL, start_us INTEGER NOT NULL, end_us INTEGER NOT NULL, crc INTEGER NOT NULL, contents BLOB NOT NULL, bytes BLOB NOT NULL)',
  moment: 'CREATE TABLE moment (seq INTEGER PRIMARY KEY, data TEXT NOT NULL)',
  mark: 'CREATE TABLE mark (id INTEGER PRIMARY KEY, data TEXT NOT NULL)',
  checkpoint: 'CREATE TABLE checkpoint (seq INTEGER PRIMARY KEY, endpoint INTEGER NOT NULL, life INTEGER NOT NULL, step INTEGER NOT NULL)',
  finding:
    'CREATE TABLE finding (seq INTEGER NOT NULL, invariant TEXT NOT NULL, node TEXT NOT NULL, text TEXT NOT NULL, source TEXT NOT NULL, PRIMARY KEY (seq, invariant, node)) WITHOUT ROWID',
} as const

export type RunFileStatus = 'live' | 'ended' | 'interrupted'

/** As it can stand in a log of ShiViz, where a space ends it. `clients` is the endpoint of clients, never a node. */
export const isHostName = (text: string): boolean => /^\S{1,100}$/u.test(text) && text !== CLIENTS

const name = z.string().min(1).max(200)
const index = z.int().min(0)
const hostName = z.string().refine(isHostName, 'a host has a name of 1 to 100 characters without spaces')

const headerSchema = z.object({
  run: name,
  name: z.string().max(200),
  config: recordedConfigSchema,
  protocolVersion: z.int(),
  nodes: z.array(hostName).min(1).max(IMPORTED_HOSTS_MAX),
  messageTypes: z.array(name).max(255),
  timers: z.array(name).max(255),
  createdAt: z.iso.datetime(),
  epochUs: z.number(),
  appVersion: z.string().max(100),
  scenario: z.string().optional(),
  branch: z
    .object({
      of: name,
      at: index,
      cut: z.literal(true).optional(),
      name: z.string().max(200).optional(),
      atUs: z.number().min(0).optional(),
      simulated: z.literal(true).optional(),
      seeds: z.array(z.object({ after: index, seed: z.int().min(0).max(4_294_967_295) })).max(1000),
    })
    .optional(),
  foreign: foreignSchema.optional(),
})

/** Reads a header that may come from anywhere. Only hosts from elsewhere have names of their own. */
export const runHeaderSchema = headerSchema.superRefine(({ nodes, foreign, config }, context) => {
  const problem = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
  if ((config.mode === 'imported') !== (foreign !== undefined)) problem('foreign', 'an imported run, and no other, says where it is from')
  if (new Set(nodes).size < nodes.length) problem('nodes', 'two have one name')
  if (!foreign && (nodes.length > 15 || nodes.some((node) => !/^n[1-9][0-9]*$/.test(node)))) problem('nodes', 'they are n1 to n15')
})

export const markSchema = z.object({
  seq: index,
  atUs: index,
  kind: z.enum([
    'leader',
    'stepDown',
    'crash',
    'restart',
    'pause',
    'resume',
    'wipe',
    'add',
    'remove',
    'fault',
    'lift',
    'violation',
    'load',
    'no',
  ]),
  text: z.string(),
  node: z.string().optional(),
  epoch: z.number().optional(),
  fault: z.string().optional(),
  no: z
    .object({
      why: z.string(),
      says: z.enum(['refuses', 'gives up']).optional(),
      control: z.string().optional(),
      about: z.array(z.string()).optional(),
      later: z.boolean().optional(),
    })
    .optional(),
})

export const tablesOf = (header: Pick<RunHeader, 'nodes' | 'messageTypes' | 'timers'>): ChunkTables => ({
  endpoints: endpointIds(header.nodes),
  messageTypes: header.messageTypes,
  timers: header.timers,
})

/**
 * What is in a chunk, so that a message or a node's steps are found without opening every chunk. For each endpoint five
 * u32: its life (a chunk holds one life of each), first and last number of its messages sent, first and last step. 0: none.
 */
export class ChunkContents {
  readonly words: Uint32Array<ArrayBuffer>

  constructor(endpointsOrBytes: number | Uint8Array) {
    if (typeof endpointsOrBytes === 'number') this.words = new Uint32Array(endpointsOrBytes * 5)
    else this.words = new Uint32Array(endpointsOrBytes.slice().buffer) // a copy, because a view must be aligned
  }

  reset(): void {
    this.words.fill(0)
  }

  /** False when the chunk already holds another life of this endpoint. */
  holds(endpoint: number, life: number): boolean {
    const at = endpoint * 5
    if (this.words[at] === 0) this.words[at] = life
    return this.words[at] === life
  }

  sent(endpoint: number, number: number): void {
    this.#span(endpoint * 5 + 1, number)
  }

  stepped(endpoint: number, step: number): void {
    this.#span(endpoint * 5 + 3, step)
  }

  maySend(endpoint: number, life: number, number: number): boolean {
    return this.#covers(endpoint * 5, 1, life, number, number)
  }

  /** True when some step of this life from `first` to `last` may be in the chunk. */
  mayStep(endpoint: number, life: number, first: number, last: number): boolean {
    return this.#covers(endpoint * 5, 3, life, first, last)
  }

  #span(at: number, value: number): void {
    const { words } = this
    if (words[at] === 0 || value < (words[at] as number)) words[at] = value
    if (value > (words[at + 1] as number)) words[at + 1] = value
  }

  #covers(at: number, span: number, life: number, first: number, last: number): boolean {
    const { words } = this
    return words[at] === life && words[at + span] !== 0 && (words[at + span] as number) <= last && (words[at + span + 1] as number) >= first
  }
}
