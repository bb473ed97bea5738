/**
 * What the screen can ask of the lab: one entry a command, with the schema of its request and the shape of its
 * response. Requests are validated at the border with these schemas; responses are data of our own making.
 */
import { z } from 'zod'
import { loadSchema, modeSchema, type RecordedConfig, runConfigSchema } from '../../protocols/core/config.ts'
import { type ArmedFault, networkFaultSchema, nodeActionSchema, nodeSchema } from '../../protocols/core/fault.ts'
import type { NodeId, RunId } from '../../protocols/core/ids.ts'
import type { Json } from '../../protocols/core/json.ts'
import type { LieWords } from '../../protocols/core/lie.ts'
import type { ControlSpec, ProtocolDefinition } from '../../protocols/core/machine.ts'
import type { Mark } from '../../protocols/core/mark.ts'
import type { MomentData } from '../../protocols/core/moment.ts'
import type { PanelInfo } from '../../protocols/core/panel.ts'
import { type BookmarkResponses, bookmarkRequests } from './bookmarks.ts'
import { type BranchResponses, branchRequests } from './branch.ts'
import { type CausalityResponses, causalityRequests } from './causality.ts'
import { type CompareResponses, compareRequests } from './compare.ts'
import { type ExchangeResponses, exchangeRequests, type Foreign, type FormatInfo } from './exchange.ts'
import type { FuturesReport } from './futures.ts'
import type { HistoryReport } from './history.ts'
import { type MachineResponses, machineRequests } from './machines.ts'
import { type PanelResponses, panelRequests } from './panel.ts'
import { type QueryResponses, queryRequests } from './query.ts'
import { type StateResponses, stateRequests } from './state.ts'
import type { RunSummary } from './summary.ts'

export type { NodeStates } from './state.ts'
export type { RunSummary } from './summary.ts'

const run = z.string().min(1).max(200) as unknown as z.ZodType<RunId>
const seq = z.int().min(0)
const limitMs = z.int().min(1).max(3_600_000).default(20_000)

export const requests = {
  ...branchRequests,
  ...compareRequests,
  'lab.info': z.strictObject({}),
  'runs.list': z.strictObject({}),
  'runs.start': z.strictObject({ config: runConfigSchema }),
  /** A run of so many nodes is likely to be started soon: what it runs in may start now. */
  'runs.foresee': z.strictObject({ mode: modeSchema, nodes: z.int().min(1).max(31) }),
  /** `mode`: in place of the scenario's own. */
  'runs.scenario': z.strictObject({ text: z.string().max(1_000_000), mode: modeSchema.optional() }),
  /** Ends a live run in good order: everything recorded is on disk when this returns. */
  'runs.stop': z.strictObject({ run }),
  'runs.rename': z.strictObject({ run, name: z.string().min(1).max(120) }),
  'runs.delete': z.strictObject({ run }),
  /** Copies a run file from elsewhere into the library, after checking that it is one. */
  'runs.import': z.strictObject({ path: z.string().min(1) }),
  'runs.export': z.strictObject({ run, path: z.string().min(1) }),

  /** `by`: a client of that name in place of `you`; `of`: the node that is asked first. */
  'run.client': z.strictObject({
    run,
    text: z.string().min(1).max(100_000),
    by: z.string().min(1).max(100).optional(),
    of: nodeSchema.optional(),
  }),
  'run.load': z.strictObject({ run, load: loadSchema.nullable() }),
  'run.node': z.strictObject({ run, node: nodeSchema, action: nodeActionSchema }),
  'run.arm': z.strictObject({ run, fault: networkFaultSchema }),
  'run.lift': z.strictObject({ run, fault: z.string() }),
  ...machineRequests,
  /** Lifts every armed fault, sets clocks and disks right, resumes paused nodes and restarts those that are down. */
  'run.heal': z.strictObject({ run }),
  /** Lets one held message through, or all of a fault's when `message` is absent. */
  'run.release': z.strictObject({ run, fault: z.string(), message: z.number().optional() }),
  'run.timeScale': z.strictObject({ run, scale: z.number().min(1).max(100) }),

  'run.overview': z.strictObject({ run }),
  ...queryRequests,
  'run.moment': z.strictObject({ run, seq }),
  /** The last event at or before a real time. */
  'run.seek': z.strictObject({ run, atUs: z.number().min(0) }),
  /** `history`: judge the clients' operations too; after `limitMs` there is no verdict on them. */
  'run.check': z.strictObject({ run, history: z.strictObject({ limitMs }).optional() }),
  /** The clients' operations alone, with the order found or the orders tried. Changes of kind `judging` say how far it is. */
  'run.history': z.strictObject({ run, limitMs }),
  /**
   * How likely something was from moments before it; what is known so far comes as changes of kind `futures`. `at`: its event,
   * else the first violation. One run is looked at at a time: asked again, the first ends with what it has.
   */
  'run.futures': z.strictObject({
    run,
    at: seq.optional(),
    moments: z.int().min(2).max(500).default(24),
    futures: z.int().min(1).max(10_000).default(200),
    jobs: z.int().min(1).max(64).default(1),
    /** Run milliseconds after the event in which it still counts. */
    withinMs: z.number().min(0).max(600_000).default(2000),
  }),
  /** It ends, and its answer is what it has. */
  'run.futures.stop': z.strictObject({ run }),
  /** Keeps the future that comes with this seed after this event as a run of the library. */
  'run.future': z.strictObject({ run, seq, seed: z.int().min(0).max(4_294_967_295) }),

  ...causalityRequests,
  ...exchangeRequests,
  ...panelRequests,
  ...stateRequests,
  ...bookmarkRequests,

  /** Starts or stops the stream of changes for a run on this connection. */
  'run.watch': z.strictObject({ run, on: z.boolean() }),
} as const

export interface LabInfo {
  readonly version: string
  readonly host: 'electron' | 'web' | 'cli'
  readonly dataFolder: string
  readonly protocols: readonly ProtocolInfo[]
  readonly services: readonly ServiceInfo[]
  /** In which runs can be exported and imported, in the order in which people are shown them. */
  readonly formats: readonly FormatInfo[]
}

/** A ProtocolDefinition without its code. */
export interface ProtocolInfo
  extends Pick<ProtocolDefinition, 'name' | 'title' | 'summary' | 'source' | 'version' | 'epochName' | 'clusterSize'> {
  readonly optionSpecs: readonly { name: string; label: string; unit?: string; help: string; value: Json }[]
  readonly messages: readonly { kind: string; family: string; style: 'request' | 'reply'; help: string }[]
  readonly facts: readonly { name: string; label: string; help: string }[]
  readonly timers: readonly { name: string; help: string }[]
  /** How its nodes can lie. */
  readonly lies: readonly LieWords[]
  /** What its nodes can be told, for menus and forms. */
  readonly controls: readonly Omit<ControlSpec, 'schema'>[]
  /** Nodes can be added and removed during a run; who is told then. */
  readonly membership?: { readonly told: 'leader' | 'itself' }
  readonly panel?: PanelInfo
  readonly services: readonly string[]
  readonly invariants: readonly { name: string; statement: string; source: string }[]
  readonly scenarios: readonly ScenarioInfo[]
}

export interface ScenarioInfo {
  readonly name: string
  readonly title: string
  readonly teaches: string
  readonly text: string
  /** It cannot be carried out on real processes, and why. */
  readonly simulationOnly?: string
}

export interface ServiceInfo {
  readonly name: string
  readonly title: string
  readonly summary: string
  readonly grammar: readonly { form: string; help: string }[]
}

/** Everything the timeline draws, whole. */
export interface Overview {
  readonly summary: RunSummary
  readonly config: RecordedConfig
  readonly nodes: readonly NodeId[]
  readonly messageTypes: readonly string[]
  /** Of a run that happened elsewhere. */
  readonly foreign?: Foreign
  readonly lastSeq: number
  readonly lengthUs: number
  /** Events per equal slice of the run, first to last. */
  readonly density: { readonly sliceUs: number; readonly events: readonly number[] }
  readonly marks: readonly Mark[]
}

export interface Violation {
  readonly invariant: string
  readonly seq: number
  readonly node: NodeId
  readonly text: string
  readonly source: string
}

/** How much of a recording was run again and came out bit for bit as it was recorded. */
export interface Compared {
  readonly steps: number
  /** With their stamps and bodies, replies to clients included. */
  readonly messages: number
  /** Set as drawn, or cancelled. */
  readonly timers: number
  readonly notes: number
  readonly observations: number
  /** States at checkpoints, by their hash. */
  readonly checkpoints: number
  /** Persisted records: their number alone is recorded, and what a later life does with them. */
  readonly records: number
  /** Messages of these steps that never left their node, as when it dies with them, and so are not recorded. */
  readonly unsent: number
}

/** `unknown`: it could not be judged, and `why` says for what reason; never a pass. */
export interface Verdict {
  readonly is: 'pass' | 'fail' | 'unknown'
  readonly why?: string
  /** Judged up to and with this event. */
  readonly judgedSeq: number
  readonly lastSeq: number
  readonly invariants: readonly {
    readonly name: string
    readonly statement: string
    readonly source: string
    readonly violations: number
  }[]
  readonly violations: readonly Violation[]
  /** The first event at which the run, run again, is another than the recorded one: a state, a message, a timer, a note. */
  readonly divergence?: string
  /** What came out again as it was recorded when the run was run again. */
  readonly compared?: Compared
  /** Whether the clients' operations are linearizable; beside `is`, which is about the invariants alone. Where it was asked for. */
  readonly history?: HistoryReport
}

export interface ClientAnswer {
  readonly operation: number
  /** The operation as the service formats it. */
  readonly op: string
  readonly is: 'ok' | 'refused' | 'unknown'
  readonly text: string
  readonly latencyMs: number
}

export interface Responses
  extends CausalityResponses,
    ExchangeResponses,
    MachineResponses,
    PanelResponses,
    StateResponses,
    BookmarkResponses,
    BranchResponses,
    CompareResponses,
    QueryResponses {
  'exchange.import': RunSummary
  'lab.info': LabInfo
  'runs.list': readonly RunSummary[]
  'runs.start': { readonly run: RunId }
  'runs.foresee': null
  'runs.scenario': { readonly run: RunId }
  'runs.stop': RunSummary
  'runs.rename': RunSummary
  'runs.delete': null
  'runs.import': RunSummary
  'runs.export': null
  'run.client': ClientAnswer
  'run.load': null
  'run.node': null
  'run.arm': ArmedFault
  'run.lift': null
  'run.heal': null
  'run.release': { readonly released: number }
  'run.timeScale': null
  'run.overview': Overview
  'run.moment': MomentData
  'run.seek': { readonly seq: number }
  'run.check': Verdict
  'run.futures': FuturesReport
  'run.futures.stop': null
  'run.future': RunSummary
  /** Null where there is no model of the run's service. */
  'run.history': HistoryReport | null
  'run.watch': null
}

export type Command = keyof typeof requests
/** A request as the caller writes it: fields with defaults may be left out. */
export type Request<C extends Command> = z.input<(typeof requests)[C]>
export type ParsedRequest<C extends Command> = z.output<(typeof requests)[C]>
export type Response<C extends Command> = Responses[C]
