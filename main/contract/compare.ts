/** Two runs side by side, of one protocol or of two: what is asked, and what comes out. */
import { z } from 'zod'
import { runConfigSchema } from '../../protocols/core/config.ts'
import type { NodeId, RunId } from '../../protocols/core/ids.ts'
import type { Mark } from '../../protocols/core/mark.ts'
import type { RunSummary } from './summary.ts'

const run = z.string().min(1).max(200) as unknown as z.ZodType<RunId>

export const compareRequests = {
  /** Changes of kind `comparing` say how far it is. One comparison at a time: asked again, the first is given up. */
  'runs.compare': z.strictObject({ a: run, b: run }),
  'runs.compare.stop': z.strictObject({}),
  /**
   * Simulates one script twice, as `config` says and with what `beside` says otherwise: a load, the crash of whoever leads, its return. Answered when both are
   * recorded. Nothing live is ended for it.
   */
  'runs.beside': z.strictObject({ config: runConfigSchema, beside: z.record(z.string(), z.unknown()) }),
} as const

export interface CompareResponses {
  'runs.compare': CompareReport
  'runs.compare.stop': null
  'runs.beside': { readonly a: RunId; readonly b: RunId }
}

/** An event in words. */
export interface SaidEvent {
  readonly seq: number
  readonly atUs: number
  readonly text: string
}

export interface EitherEvent {
  readonly a: SaidEvent | undefined
  readonly b: SaidEvent | undefined
}

/** From a crash on. */
export interface Recovery {
  readonly node: NodeId
  readonly atUs: number
  /** Until an operation that was asked for after it had its result; undefined when none had. */
  readonly servedMs: number | undefined
  /** The longest wait for a result from the crash until the node was back. */
  readonly worstMs: number | undefined
}

/** What a run's operations cost. */
export interface RunCost {
  /** Answered with a result. */
  readonly operations: number
  readonly messages: number
  /** Of those, what is sent whether or not anybody asks: heartbeats, gossip. */
  readonly routine: number
  /** Of all bodies, as JSON. */
  readonly bytes: number
  /** Without the routine. */
  readonly messagesPerOperation: number | undefined
  readonly bytesPerOperation: number | undefined
  /** Messages one after the other from an operation's invocation to its return: the longest chain. */
  readonly delays: { readonly median: number; readonly p99: number } | undefined
  readonly recoveries: readonly Recovery[]
}

/** One of the two as it is drawn and counted. */
export interface ComparedRun {
  readonly cost: RunCost
  /** How it was set up, where the two differ: `protocol raft`, `n 3`. */
  readonly settings: readonly string[]
  readonly summary: RunSummary
  readonly nodes: readonly NodeId[]
  readonly lengthUs: number
  /** Events per equal slice of its time. */
  readonly density: { readonly sliceUs: number; readonly events: readonly number[] }
  readonly marks: readonly Mark[]
  /** Who led in which epoch, from when until when. */
  readonly leaders: readonly { readonly node: NodeId; readonly epoch: number; readonly fromUs: number; readonly toUs: number }[]
  /** When operations were answered with a result, spread over the same slices. */
  readonly answered: readonly number[]
  readonly operations: {
    readonly asked: number
    readonly ok: number
    readonly refused: number
    readonly unknown: number
    readonly open: number
    /** Of those that were answered with a result; undefined without any. */
    readonly p50Ms: number | undefined
    readonly p99Ms: number | undefined
  }
  /** The highest value of the protocol's progress fact (commit index, ...) that a node showed, with its name. */
  readonly progress: { readonly fact: string; readonly value: number } | undefined
}

export interface CompareReport {
  readonly a: ComparedRun
  readonly b: ComparedRun
  /**
   * `log`: event by event they share a beginning. `steps`: they do not, and each node was followed by itself. `nothing`: they are of two
   * protocols, whose steps mean different things, so they are only held side by side.
   */
  readonly by: 'log' | 'steps' | 'nothing'
  /** Events of the shared beginning; its last one's time. */
  readonly shared: number
  readonly sharedUs: number
  /** Where they part, in words; undefined when they do not, or one is the other's beginning. */
  readonly first: EitherEvent | undefined
  readonly text: string
  /** Where each node parts. */
  readonly nodes: readonly (EitherEvent & { readonly node: NodeId; readonly shared: number; readonly steps: readonly [number, number] })[]
  /** Operations that came out otherwise, the first fifty; and how many there are. */
  readonly operations: readonly {
    readonly client: string
    /** The client's so many-th. */
    readonly number: number
    readonly op: string
    readonly a: string
    readonly b: string
    readonly aSeq: number | undefined
    readonly bSeq: number | undefined
  }[]
  readonly differing: number
}

export interface CompareProgress {
  readonly done: number
  readonly of: number
}
