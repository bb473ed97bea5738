/**
 * How a run speaks: its messages by family and line, in a few words; its operations as a person would type them. Taken
 * from the protocol's and the service's own definitions; a run whose protocol is not known here is shown all the same.
 */
import { CLIENT_MESSAGE_TYPES } from '../core/event.ts'
import type { Json } from '../core/json.ts'
import type { AnyMessage, AnyProtocol, MessageSpec, NoteData, Observation, Role } from '../core/machine.ts'
import { noteWords } from '../core/noteWords.ts'
import { findProtocol } from '../registry.ts'
import { findService } from '../services/index.ts'

export type Family = MessageSpec['family']

export interface Speech {
  /** "term", "view", "ballot". */
  readonly epochName: string
  /** What the rings round a node say; undefined where they are not worn, or it is not known. */
  readonly rings: AnyProtocol['rings']
  /** "leader", "primary". */
  readonly role: (role: Role) => string
  /** The same of who shows this: "pre-candidate". */
  readonly called: (shown: Observation) => string
  /** Behind the name of who shows itself as a leader: "leads term 3", "is the primary of view 1". */
  readonly leads: (epoch: number) => string
  /** "no longer leads term 3". */
  readonly leadsNoMore: (epoch: number) => string
  readonly family: (type: string) => Family
  readonly style: (type: string) => 'request' | 'reply'
  readonly help: (type: string) => string | undefined
  /** True for a routine message, drawn faint. */
  readonly faint: (type: string, body: Json | undefined) => boolean
  /** What a message says, in a few words. */
  readonly words: (type: string, body: Json | undefined) => string
  /** What a node did or what came about in it, behind its name: "becomes leader, term 3". */
  readonly note: (note: string, data: NoteData) => string
  readonly op: (op: Json) => string
  readonly result: (op: Json | undefined, result: Json) => string
}

/** What was told of a protocol that is not known here. */
export interface ToldProtocol {
  readonly epochName: string
  readonly messages: readonly {
    readonly kind: string
    readonly family: string
    readonly style: 'request' | 'reply'
    readonly help: string
  }[]
}

export function speechOf(protocolName: string | undefined, serviceName: string | undefined, info?: ToldProtocol): Speech {
  const protocol = protocolName === undefined ? undefined : findProtocol(protocolName)
  const service = serviceName === undefined ? undefined : findService(serviceName)
  const specs = new Map<string, MessageSpec>(protocol?.messages.map((spec) => [spec.kind, spec]))
  const plain = new Map(info?.messages.map((spec) => [spec.kind, spec]))
  const spec = (type: string) => specs.get(type) ?? plain.get(type)

  const op = (value: Json): string => text(guarded(() => service?.format(value))) ?? brief(value)
  const result = (given: Json | undefined, value: Json): string =>
    text(guarded(() => (given === undefined ? service?.formatAnswer?.(value) : service?.formatResult(given, value)))) ?? brief(value)
  const epochName = protocol?.epochName ?? info?.epochName ?? 'epoch'
  const leader = protocol?.roles?.leader
  return {
    epochName,
    leads: (epoch) => (leader ? `is the ${leader} of ${epochName} ${epoch}` : `leads ${epochName} ${epoch}`),
    leadsNoMore: (epoch) => (leader ? `is no longer the ${leader} of ${epochName} ${epoch}` : `no longer leads ${epochName} ${epoch}`),
    rings: protocol?.rings,
    role: (role) => protocol?.roles?.[role] ?? role,
    called: (shown) => calledBy(protocol, shown),
    family: (type) => (spec(type)?.family as Family | undefined) ?? (isClient(type) ? 'client' : 'other'),
    style: (type) => spec(type)?.style ?? (/(Reply|Response|Result|Ack)$/.test(type) ? 'reply' : 'request'),
    help: (type) => spec(type)?.help,
    faint: (type, body) => guarded(() => specs.get(type)?.faint?.(body as unknown as AnyMessage)) ?? false,
    words: (type, body) => {
      if (body === undefined) return ''
      if (isClient(type)) return clientWords(type, body, op, (value) => result(undefined, value))
      return guarded(() => specs.get(type)?.summary?.(body as unknown as AnyMessage)) ?? brief(body)
    },
    note: (name, data) => {
      const said = text(guarded(() => protocol?.notes.find((spec) => spec.name === name)?.says?.(data)))
      // Older recordings, and programs that are not ours, may leave out what it speaks of.
      return said === undefined || said.includes('undefined') ? noteText(name, data) : said
    },
    op,
    result,
  }
}

/** What a protocol calls a node that shows this. */
export const calledBy = (protocol: AnyProtocol | undefined, shown: Observation): string =>
  guarded(() => protocol?.called?.(shown)) ?? protocol?.roles?.[shown.role] ?? shown.role

/** What everybody may see of a node in this state. */
export function standingOf(protocol: AnyProtocol, state: unknown): { role: Role; called: string; epoch: number } {
  const shown = protocol.observe(state)
  return { role: shown.role, called: calledBy(protocol, shown), epoch: shown.epoch }
}

const isClient = (type: string): boolean => (CLIENT_MESSAGE_TYPES as readonly string[]).includes(type)

function clientWords(type: string, body: Json, op: (op: Json) => string, result: (result: Json) => string): string {
  const { request, outcome } = body as {
    request?: { kind: string; op?: Json }
    outcome?: { kind: string; leader?: string; why?: string; message?: string; result?: Json }
  }
  if (type === 'ClientRequest' && request) return request.op === undefined ? request.kind : op(request.op)
  if (!outcome) return ''
  if (outcome.kind === 'redirect') return outcome.leader ? `ask ${outcome.leader}` : 'ask another'
  if (outcome.kind === 'ok') return outcome.result === null || outcome.result === undefined ? 'ok' : `ok ${result(outcome.result)}`
  return outcome.message ?? outcome.why ?? outcome.kind
}

/** A recorded body may be older than the code that would describe it: a description that fails is left out. */
function guarded<T>(describe: () => T | undefined): T | undefined {
  try {
    return describe()
  } catch {
    return undefined
  }
}

/** What a service of another version made of an operation that it does not know is no text. */
const text = (said: unknown): string | undefined => (typeof said === 'string' ? said : undefined)

/** `becomeLeader`, `{ term: 3 }` → "becomes leader, term 3". */
function noteText(note: string, data: NoteData): string {
  const said = noteWords(note)
  const details = brief(data, 80)
  return details === '' ? said : `${said}, ${details}`
}

/** Plain data in at most one line: `term 3, granted true`, its own kind left out. */
export function brief(value: Json, max = 120): string {
  const text =
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.entries(value)
          .filter(([key]) => key !== 'kind')
          .map(([key, part]) => `${key} ${short(part)}`)
          .join(', ')
      : short(value)
  return text.length <= max ? text : `${text.slice(0, max - 1)}…`
}

/** The nodes of the largest cluster, one after the other. */
const NAMES_MAX = 50

function short(value: Json): string {
  // Nobody reads a digest to its end: its beginning tells it from others.
  if (typeof value === 'string') return /^[0-9a-f]{32,}$/.test(value) ? `${value.slice(0, 6)}…` : value
  if (!Array.isArray(value)) return JSON.stringify(value)
  const names = value.length > 0 && value.every((each) => typeof each === 'string' && /^\S+$/.test(each)) ? value.join(' ') : undefined
  if (names !== undefined && names.length <= NAMES_MAX) return names
  return value.length > 4 ? `[${value.length}]` : JSON.stringify(value)
}
