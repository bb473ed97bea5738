/** Events in one line, in the words of the protocol: what stands in the event log and is read out at the playhead. */
import type { ReturnEvent, RunEvent, SendEvent, StepEvent } from '../core/event.ts'
import { CLIENTS, type EndpointId, type FaultId, type MessageId, messageIdParts, type NodeId } from '../core/ids.ts'
import type { Control } from '../core/input.ts'
import type { Json } from '../core/json.ts'
import { nameWords } from '../core/wording.ts'
import { liesText, type ToldLie } from '../lies/liar.ts'
import { clientDoes } from './clientDoes.ts'
import { clockText, diskText, faultText } from './faultText.ts'
import { loadText } from './loadText.ts'
import { brief, type Speech } from './speech.ts'

export interface Telling {
  readonly nodes: readonly NodeId[]
  readonly speech: Speech
  /** The send of a message, when it is known. */
  readonly sendOf: (message: MessageId) => SendEvent | undefined
  /** What was asked in an operation, when it is known. */
  readonly opOf?: (operation: number) => Json | undefined
  /** What a fault of the run was called when it was armed, when it is known: it may have been lifted since. */
  readonly faultText?: (fault: FaultId) => string | undefined
}

/** Where an event happened: a sender's send is at the sender, a delivery at the receiver. Undefined for what concerns the whole run. */
export function eventEndpoint(event: RunEvent, telling: Telling): EndpointId | undefined {
  switch (event.kind) {
    case 'step':
    case 'checkpoint':
    case 'node':
    case 'output':
      return event.node
    case 'send':
      return event.from
    case 'deliver':
    case 'drop':
    case 'hold':
      return telling.sendOf(event.message)?.to
    case 'local':
      return event.host
    case 'invoke':
    case 'return':
      return CLIENTS
    case 'action':
      return 'node' in event.action ? event.action.node : undefined
    case 'reject':
      return undefined
    default:
      return event satisfies never
  }
}

/** The message type that an event is about, if any. */
export function eventType(event: RunEvent, telling: Telling): string | undefined {
  if (event.kind === 'send') return event.type
  if (event.kind === 'deliver' || event.kind === 'drop' || event.kind === 'hold') return telling.sendOf(event.message)?.type
  if (event.kind === 'step' && (event.input.kind === 'message' || event.input.kind === 'request'))
    return telling.sendOf(event.input.message)?.type
  return undefined
}

/** The name of an endpoint by its index, as it stands in stamps and message numbers. */
export function endpointAt(index: number, nodes: readonly NodeId[]): EndpointId {
  return nodes[index] ?? CLIENTS
}

/** Who sent a message, told from its number alone. */
export function senderOf(message: MessageId, nodes: readonly NodeId[]): EndpointId {
  return endpointAt(messageIdParts(message).sender, nodes)
}

/** One line without the endpoint's name, which stands beside it: "sends AppendEntries to n3 · term 3, entries 4–6". */
export function eventText(event: RunEvent, telling: Telling): string {
  switch (event.kind) {
    case 'step':
      return stepText(event, telling)
    case 'send': {
      const words = telling.speech.words(event.type, event.body)
      return `${event.type} → ${event.to}${words === '' ? '' : ` · ${words}`}`
    }
    case 'deliver': {
      const copy = event.copy > 0 ? ` (copy ${event.copy})` : ''
      return `${telling.sendOf(event.message)?.to === CLIENTS ? 'receive' : 'receives'} ${messageText(event.message, telling)}${copy}`
    }
    case 'drop':
      return `${messageText(event.message, telling, true)} · lost: ${lossText(event.why, telling)}`
    case 'hold':
      return `${messageText(event.message, telling, true)} · waits at a gate`
    case 'checkpoint':
      return `records its state after step ${event.step}`
    case 'node':
      return nodeText(event)
    case 'action':
      return actionText(event.action, telling)
    case 'invoke':
      return `${clientDoes(event.client, 'ask')} ${telling.speech.op(event.op)}`
    case 'return':
      return returnText(event, telling)
    case 'reject':
      return `rejected at ${event.where}: ${event.why}`
    case 'output':
      return event.line
    case 'local':
      return event.text
    default:
      return event satisfies never
  }
}

/** The same as a whole sentence, with its endpoint: for the inspector's title and the screen reader. */
export function eventSentence(event: RunEvent, telling: Telling): string {
  if (event.kind === 'send') {
    const words = telling.speech.words(event.type, event.body)
    return `${event.from} ${event.from === CLIENTS ? 'send' : 'sends'} ${event.type} to ${event.to}${words === '' ? '' : `, ${words}`}`
  }
  const text = eventText(event, telling)
  if (event.kind === 'drop' || event.kind === 'hold' || event.kind === 'action' || event.kind === 'reject') return text
  if (event.kind === 'invoke' || event.kind === 'return') return text
  const at = eventEndpoint(event, telling)
  if (event.kind === 'output') return `${at} writes: ${text}`
  if (event.kind === 'local') return `${at}: ${text}`
  return at === undefined ? text : `${at} ${text}`
}

function stepText(event: StepEvent, telling: Telling): string {
  const told = event.notes.map(({ note, data }) => telling.speech.note(note, data))
  const cause = causeText(event, telling)
  const sends = event.sends.count > 0 ? `sends ${event.sends.count}` : ''
  return [...told, cause, sends].filter((part) => part !== '').join(' · ')
}

function causeText(event: StepEvent, telling: Telling): string {
  const { input } = event
  switch (input.kind) {
    case 'start':
      return input.recovered > 0 ? `starts from its disk (${input.recovered} records)` : 'starts with an empty disk'
    case 'timer':
      return `wakes on its ${input.name} timer`
    case 'durable':
      return 'has what it wrote on its disk'
    case 'control':
      return `is told: ${controlText(input.control)}`
    case 'message':
    case 'request': {
      const send = telling.sendOf(input.message)
      return `handles ${send ? `${send.type} from ${send.from}` : `a message from ${senderOf(input.message, telling.nodes)}`}`
    }
    default:
      return input satisfies never
  }
}

/** `transferLeadership`, `{ to: 'n2' }` → "transfer leadership, to n2"; `lie` → "lie, equivocate about Commit". */
export function controlText({ name, ...fields }: Control): string {
  const details = name === 'lie' && Array.isArray(fields.lies) ? liesText(fields.lies as unknown as readonly ToldLie[]) : brief(fields, 80)
  return [nameWords(name), details].filter((part) => part !== '').join(', ')
}

/** "c1 gets 7 · get x", "c1: outcome unknown, no answer · put x 7". */
function returnText({ client, operation, outcome }: ReturnEvent, { speech, opOf }: Telling): string {
  const op = opOf?.(operation)
  const said =
    outcome.is === 'ok'
      ? `${clientDoes(client, 'get')} ${speech.result(op, outcome.result)}`
      : `${client}: ${outcome.is === 'refused' ? 'refused' : 'outcome unknown'}, ${outcome.why}`
  return op === undefined ? said : `${said} · ${speech.op(op)}`
}

function messageText(message: MessageId, telling: Telling, both = false): string {
  const send = telling.sendOf(message)
  if (!send) return `a message from ${senderOf(message, telling.nodes)}`
  const words = telling.speech.words(send.type, send.body)
  const way = both ? `${send.from} → ${send.to}` : `from ${send.from}`
  return `${send.type} ${way}${words === '' ? '' : ` · ${words}`}`
}

export function lossText(why: Extract<RunEvent, { kind: 'drop' }>['why'], telling: Telling): string {
  if (why === 'receiver-down') return 'its receiver was down'
  if (why === 'overflow') return 'too much was waiting'
  return telling.faultText?.(why.fault) ?? `fault ${why.fault}`
}

function nodeText(event: Extract<RunEvent, { kind: 'node' }>): string {
  const { change } = event
  switch (change.is) {
    case 'up':
      return `is up${change.pid === 0 ? '' : `, process ${change.pid}`}${change.life > 1 ? `, life ${change.life}` : ''}`
    case 'down':
      return change.removed ? 'is gone: it was removed' : `is down${change.asked ? '' : ' unasked'}: ${change.reason}`
    case 'paused':
      return 'is paused'
    case 'resumed':
      return 'goes on'
    case 'wiped':
      return 'has its disk wiped'
    default:
      return change satisfies never
  }
}

const NODE_ACTION = {
  crash: 'Crash',
  restart: 'Restart',
  pause: 'Pause',
  resume: 'Resume',
  wipe: 'Wipe the disk of',
  add: 'Add',
  remove: 'Remove',
} as const

function actionText(action: Extract<RunEvent, { kind: 'action' }>['action'], telling: Telling): string {
  const named = (fault: FaultId) => telling.faultText?.(fault) ?? fault
  switch (action.do) {
    case 'arm':
      return telling.faultText?.(action.fault.id) ?? faultText(action.fault)
    case 'lift':
      return `Lift: ${named(action.fault)}`
    case 'release':
      return `Let a held message through: ${named(action.fault)}`
    case 'node':
      return `${NODE_ACTION[action.what]} ${action.node}`
    case 'timeScale':
      return action.scale === 1 ? 'Run in real time' : `Slow the run ${action.scale} times`
    case 'load':
      return loadText(action.load)
    case 'control':
      return `Tell ${action.node}: ${controlText(action.control)}`
    case 'clock':
      return clockText(action.node, action)
    case 'disk':
      return diskText(action.node, action.syncMs)
    case 'end':
      return 'The run ends'
    default:
      return action satisfies never
  }
}
