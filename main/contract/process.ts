/** What the engine tells the processes it starts, and the few words they exchange afterwards over the launcher's channel. Bulk data goes over sockets: see protocols/wire. */
import type { ClientsCut } from '../../protocols/core/clientsCut.ts'
import type { Load } from '../../protocols/core/config.ts'
import type { NodeId } from '../../protocols/core/ids.ts'
import type { Control } from '../../protocols/core/input.ts'
import type { Json } from '../../protocols/core/json.ts'

interface ProcessSettings {
  readonly run: string
  /** Proves to the proxy that the process belongs to the run, and the other way round. */
  readonly secret: string
  /** This endpoint's index: 0.. for nodes, the number of nodes for the clients. */
  readonly endpoint: number
  readonly life: number
  readonly protocol: string
  readonly service: string
  /** The protocol's, parsed by its own schema. */
  readonly options: unknown
  readonly nodes: readonly NodeId[]
  /** Who is there when the run begins. */
  readonly members: readonly NodeId[]
  /** Message types by the index that stands in frames: the protocol's, then ClientRequest and ClientReply. */
  readonly messageTypes: readonly string[]
  readonly seed: number
  readonly timeScale: number
  /** The machine's monotonic clock in microseconds (process.hrtime) at which the run began. */
  readonly epochUs: number
  /** Where the proxy listens for this process's tap. 0: nobody records it, and it lives as long as its launcher's channel (only the benchmark does so). */
  readonly tapPort: number
  /** Where the proxy listens for the link from this endpoint to each other one. Nodes answer clients on the connection that came from them. */
  readonly linkPorts: { readonly [to: string]: number }
}

export interface NodeSettings extends ProcessSettings {
  readonly as: 'node'
  readonly id: NodeId
  /** The port of its own server; any free one when absent. */
  readonly listenPort?: number
  readonly sync: 'batch' | 'never'
  readonly dataFolder: string
  /** Nothing happens before the word `begin`: its disk is being put together, and time stands still. */
  readonly waits?: boolean
}

export interface ClientsSettings extends ProcessSettings {
  readonly as: 'clients'
  /** Indexes of nodes that are not there. */
  readonly empty: readonly number[]
}

/** The environment variable in which a process finds its settings as JSON. */
export const SETTINGS_VARIABLE = 'SYNOD_PROCESS'
/** What stands there when they come by the word `be`: the process was started before anybody knew what for. */
export const LATER = 'later'
/** Of every such process: it weighs less when glibc keeps one arena of memory for all its threads, which hardly allocate. */
export const LEAN = { MALLOC_ARENA_MAX: '1' }

export type ToProcess =
  /** To a process that waits for them: its settings, as JSON. */
  | { readonly kind: 'be'; readonly settings: string }
  | { readonly kind: 'timeScale'; readonly scale: number }
  /** Cooperative pause, where the system has no SIGSTOP. */
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  /** For a node: something that is no message of its protocol. */
  | { readonly kind: 'control'; readonly control: Control }
  /** End in good order. */
  | { readonly kind: 'stop' }
  /** A run goes on that others have begun: time goes on now, from `nowMs` of run time at `atUs`. For the clients, what others did before. */
  | ({ readonly kind: 'begin'; readonly clients?: ContinuedClients } & Onset)
  /** For the clients: one operation of the client bar; who asks, and the index of the node that is asked first. */
  | { readonly kind: 'operate'; readonly call: number; readonly op: Json; readonly asking?: { readonly by?: string; readonly of?: number } }
  | { readonly kind: 'load'; readonly load: Load | null }
  /** For the clients: the node of this index was added, or removed. */
  | { readonly kind: 'seat'; readonly node: number; readonly isTaken: boolean }
  /** Ids of the nodes' processes that are stopped now, or about to be. Should the engine die, they cannot end by themselves: their siblings end them. */
  | { readonly kind: 'stopped'; readonly pids: readonly number[] }

export type FromProcess =
  /** Listening: the proxy may connect to `port` (0 for the clients, who do not listen). */
  | { readonly kind: 'ready'; readonly port: number }
  /** The process cannot go on and will exit with a non-zero code. `hint` is the next move. */
  | { readonly kind: 'fatal'; readonly message: string; readonly hint?: string }
  | {
      readonly kind: 'answer'
      readonly call: number
      readonly operation: number
      readonly is: 'ok' | 'refused' | 'unknown'
      readonly result?: Json
      readonly why?: string
      readonly latencyMs: number
    }
  | { readonly kind: 'loadDone' }

/** Where the time of a run goes on. */
export interface Onset {
  /** The machine's monotonic clock in microseconds at which a run would have begun that is now at `atUs`. */
  readonly epochUs: number
  readonly atUs: number
  /** Run milliseconds then. */
  readonly nowMs: number
}

/** What the clients of a run did, in whose stead others go on. */
export interface ContinuedClients extends ClientsCut {
  readonly load: Load | null
}

/** In a node's data folder: where a life goes on that another process began. */
export const CONTINUE_FILE = 'continue.json'

/** A message with the stamps that it was sent with. */
export interface StampedMessage {
  /** Endpoint indexes. */
  readonly from: number
  readonly to: number
  readonly type: number
  readonly number: number
  readonly life: number
  readonly step: number
  readonly lamport: number
  readonly clock: readonly number[]
  readonly sentAtUs: number
  readonly body: unknown
}

/** All that a node held in memory. */
export interface ContinuedNode {
  readonly life: number
  readonly step: number
  /** As the protocol encodes it. */
  readonly state: Json
  /** Messages sent in this life. */
  readonly messages: number
  readonly lamport: number
  readonly clock: readonly number[]
  readonly markSet: number
  readonly markTold: number
  /** What its clock showed, run milliseconds; and by timer, how long from then; null where it is not set. */
  readonly nowMs: number
  readonly timers: readonly (number | null)[]
  /** Said, and not left yet. */
  readonly unsent: readonly StampedMessage[]
  /** Handed over, and not taken in yet. */
  readonly inbox: readonly StampedMessage[]
}
