/** What a run is: everything that must be known to start it, or to understand its recording. */
import { z } from 'zod'
import { type NodeId, nodeIds } from './ids.ts'

export const loadSchema = z.strictObject({
  /** Logical clients, each with one operation outstanding. */
  clients: z.int().min(1).max(512).default(4),
  /** Operations per second over all clients; 0 means as fast as replies come. */
  rate: z.number().min(0).max(1_000_000).default(20),
  /** Weights of reads, writes and compare-and-set. */
  mix: z
    .strictObject({ read: z.number().min(0).default(5), write: z.number().min(0).default(4), cas: z.number().min(0).default(1) })
    .prefault({}),
  keys: z.int().min(1).max(100_000).default(5),
  valueBytes: z.int().min(1).max(65_536).default(8),
  /** Clients tell each other which node leads (usual); without, each finds out by itself, and some go on asking one that was deposed. */
  gossip: z.boolean().optional(),
  /** Stops by itself after so many operations. */
  operations: z.int().min(1).optional(),
})
export type Load = z.infer<typeof loadSchema>

/** Processes on this machine, or all of it in one thread and in simulated time. */
export const modeSchema = z.enum(['real', 'simulation'])

export const runConfigSchema = z.strictObject({
  name: z.string().min(1).max(120).optional(),
  protocol: z.string().default('raft'),
  service: z.string().default('kv'),
  mode: modeSchema.default('real'),
  /** All seats, those that are empty at the beginning included. */
  nodes: z.int().min(1).max(15).default(5),
  /** So many of the last seats are empty at the beginning: their nodes do not exist until somebody adds them. */
  spares: z.int().min(0).max(14).default(0),
  seed: z.int().min(0).max(4_294_967_295).default(1),
  /** `batch`: what a step persists is synced to the disk before its messages leave. `never`: written, not synced. */
  sync: z.enum(['batch', 'never']).default('batch'),
  /** Real milliseconds per millisecond of run time: 20 makes an election of 300 ms take six seconds. */
  timeScale: z.number().min(1).max(100).default(1),
  /** What every link between nodes costs by itself, before any fault. Run milliseconds. */
  network: z
    .strictObject({ delayMs: z.number().min(0).max(60_000).default(0), jitterMs: z.number().min(0).max(60_000).default(0) })
    .prefault({}),
  /** Options of the protocol, checked by its own schema. */
  options: z.record(z.string(), z.unknown()).default({}),
  load: loadSchema.optional(),
})
export type RunConfig = z.infer<typeof runConfigSchema>

/** Who is there when a run begins: the seats that are not spare, in index order. */
export const membersOf = ({ nodes, spares }: Pick<RunConfig, 'nodes' | 'spares'>): NodeId[] => nodeIds(Math.max(1, nodes - spares))

/** Hosts of an imported run: a chunk has at most 64 endpoints, and the clients are one. */
export const IMPORTED_HOSTS_MAX = 63
/** What a recording says of its run, which may be one that happened elsewhere: of that little more is known than its hosts. */
export const recordedConfigSchema = runConfigSchema.extend({
  mode: z.enum([...modeSchema.options, 'imported']).default('real'),
  nodes: z.int().min(1).max(IMPORTED_HOSTS_MAX),
})
export type RecordedConfig = z.infer<typeof recordedConfigSchema>
export type RunConfigInput = z.input<typeof runConfigSchema>
