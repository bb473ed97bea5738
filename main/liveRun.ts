/**
 * What the lab can do to the run that is live, whether its nodes are processes (run.ts) or simulated (simulate/run.ts), and
 * what of a person's wishes can be told to be wrong before either is asked.
 */

import type { Asking } from '../protocols/clients/bar.ts'
import type { Load, RunConfig } from '../protocols/core/config.ts'
import { messageTypesOf } from '../protocols/core/event.ts'
import { type ArmedFault, type ClockSetting, type NetworkFault, type NodeAction, nodeSchema, type SyncMs } from '../protocols/core/fault.ts'
import { type EndpointId, endpointIds, type FaultId, type MessageId, type NodeId, type RunId } from '../protocols/core/ids.ts'
import type { Control } from '../protocols/core/input.ts'
import type { Json } from '../protocols/core/json.ts'
import type { AnyProtocol } from '../protocols/core/machine.ts'
import type { AnyService } from '../protocols/core/service.ts'
import type { MadeBranch } from './branch/words.ts'
import type { Bookmarks } from './contract/bookmarks.ts'
import type { ClientAnswer, RunSummary, Violation } from './contract/commands.ts'
import { LabError, type LabFailure } from './contract/errors.ts'
import { badRequest } from './labBorder.ts'
import type { RecorderReport } from './recorder/index.ts'

export interface LiveRunSettings {
  readonly run: RunId
  readonly name: string
  /** The run file, which must not exist. */
  readonly file: string
  readonly config: RunConfig
  readonly protocol: AnyProtocol
  readonly service: AnyService
  readonly scenario?: string
  /** It goes on where another run was: its file has its past already. */
  readonly branch?: MadeBranch
  onReport(report: RecorderReport): void
  /** Something that a person should know, and that ends nothing. */
  onTrouble(failure: LabFailure): void
  /** The run cannot go on. It is being ended. */
  onFailure(failure: LabFailure): void
}

/** Who asks, and which node is asked first: `you`, and whoever is likely to lead, when absent. */
export interface Asked {
  readonly by?: string | undefined
  readonly of?: NodeId | undefined
}

/** What cannot be done rejects with a LabError. */
export interface LiveRun {
  readonly run: RunId
  readonly ending: boolean
  /** Resolves when all nodes are up; everything is ended again when that fails. */
  start(): Promise<void>
  /** Ends the run in good order; resolves when everything recorded is in the file. Never rejects; safe to call twice. */
  stop(): Promise<void>
  operate(text: string, asked?: Asked): Promise<ClientAnswer>
  setLoad(load: Load | null): void | Promise<void>
  act(node: NodeId, action: NodeAction): Promise<void>
  /** Tells a node something that is no message of its protocol: one of the protocol's controls. */
  tell(node: NodeId, control: Control): Promise<void>
  /** Simulated nodes only. */
  setClock(node: NodeId, setting: ClockSetting): Promise<void>
  /** Simulated nodes only. Undefined: what a sync usually takes. */
  setSync(node: NodeId, syncMs: SyncMs | undefined): Promise<void>
  arm(fault: NetworkFault): Promise<ArmedFault>
  lift(fault: FaultId): Promise<void>
  /** How many messages were let go. */
  release(fault: FaultId, message: MessageId | undefined): Promise<number>
  /** Lifts every fault, sets clocks and disks right, resumes paused nodes, restarts those that are down. */
  heal(): Promise<void>
  setTimeScale(scale: number): void | Promise<void>
  findings(violations: readonly Violation[]): void
  verdict(is: NonNullable<RunSummary['verdict']>): void
  rename(name: string): void
  /** Keeps them in the file. */
  bookmarks(bookmarks: Bookmarks): void
  /** All that was done before is in the file. */
  flush(): Promise<void>
}

/** Throws `bad-request` with the grammar. */
export function readOperation(service: AnyService, text: string): Json {
  const parsed = service.parse(text)
  if (!('error' in parsed)) return parsed.op
  const forms = service.grammar.map(({ form }) => form).join(', ')
  throw new LabError('bad-request', parsed.error, `${service.title} understands: ${forms}.`)
}

/** Throws `bad-request` for what nodes of this protocol cannot be told, with what they can. */
export function readControl(control: Control, { title, controls = [] }: AnyProtocol, nodes: readonly NodeId[]): Control {
  const spec = controls.find(({ name }) => name === control.name)
  if (!spec) {
    const known = controls.length === 0 ? 'They can be told nothing.' : `They can be told: ${controls.map(({ name }) => name).join(', ')}.`
    throw new LabError('bad-request', `Nodes of ${title} cannot be told "${control.name}".`, known)
  }
  const read = spec.schema.safeParse(control)
  if (!read.success) throw badRequest(spec.name, read.error.issues, spec.help)
  for (const node of nodesIn(read.data)) checkEndpoint(node, spec.name, nodes)
  return read.data
}

/** Whatever reads like a node is meant as one. */
const nodesIn = (value: Json): NodeId[] =>
  typeof value === 'string' && nodeSchema.safeParse(value).success
    ? [value as NodeId]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(nodesIn)
      : []

/** Throws `not-found` for a node that the run does not have. */
export function askingOf({ by, of }: Asked, nodes: readonly NodeId[]): Asking {
  const index = of === undefined ? undefined : nodes.indexOf(of)
  if (index === -1) throw new LabError('not-found', `There is no node ${of} in this run.`, `Its nodes are ${nodes.join(', ')}.`)
  return { ...(by === undefined ? {} : { by }), ...(index === undefined ? {} : { of: index }) }
}

export type OperationAnswer = Pick<ClientAnswer, 'operation' | 'is' | 'latencyMs'> & { readonly result?: Json; readonly why?: string }

export function tellAnswer(service: AnyService, op: Json, { operation, is, result, why, latencyMs }: OperationAnswer): ClientAnswer {
  const said = is === 'ok' && result !== undefined ? service.formatResult(op, result) : (why ?? '')
  return { operation, op: service.format(op), is, text: said, latencyMs }
}

/** Throws `bad-request` for a place or a message type that the run does not have. */
export function checkFault({ target, rule }: NetworkFault, protocol: AnyProtocol, nodes: readonly NodeId[]): void {
  if (!('all' in target)) {
    const [path, sets] = 'links' in target ? ['links', target.links] : ['groups', target.groups]
    for (const [index, ends] of sets.entries()) for (const end of ends) checkEndpoint(end, `fault.target.${path}.${index}`, nodes)
  }
  const known = messageTypesOf(protocol)
  const unknown = rule?.types?.find((type) => !known.includes(type))
  if (unknown === undefined) return
  throw new LabError('bad-request', `fault.rule.types: this run has no message called ${unknown}.`, `Its messages are ${known.join(', ')}.`)
}

export function checkEndpoint(endpoint: EndpointId, path: string, nodes: readonly NodeId[]): void {
  const known = endpointIds(nodes)
  if (known.includes(endpoint)) return
  throw new LabError(
    'bad-request',
    `${path}: ${endpoint} is not in this run, which has ${known.slice(0, -1).join(', ')} and ${known.at(-1)}.`,
  )
}
