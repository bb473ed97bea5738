/**
 * Whether an event passes a query, the obvious way: what the language means stands here. compile.ts answers the same from
 * a recording's numbers; what it cannot tell from them it asks here.
 */
import type { RunEvent, SendEvent } from '../core/event.ts'
import { CLIENTS, type MessageId, messageIdParts } from '../core/ids.ts'
import type { Json } from '../core/json.ts'
import type { NoteData } from '../core/machine.ts'
import { noteWords } from '../core/noteWords.ts'
import { linksOf } from '../net/target.ts'
import { fieldOf, pathOf } from './fields.ts'
import type { Query, TestTerm } from './syntax.ts'
import { jsonTest, nameTest, numberTest } from './values.ts'

/** What is asked of a message's send, which may stand far from the event at hand. */
export type Letter = Pick<SendEvent, 'to' | 'type' | 'body'>

export interface Surroundings {
  /** Nodes, then `clients`. */
  readonly endpoints: readonly string[]
  letterOf(message: MessageId): Letter | undefined
  /** What the log says of a note, behind the name of its node: "becomes leader, term 3". */
  noteText(note: string, data: NoteData): string
}

export function passes(query: Query, event: RunEvent, around: Surroundings): boolean {
  switch (query.is) {
    case 'all':
      return true
    case 'and':
      return query.parts.every((part) => passes(part, event, around))
    case 'or':
      return query.parts.some((part) => passes(part, event, around))
    case 'not':
      return !passes(query.part, event, around)
    case 'text':
      return says(event, query.text.toLowerCase(), around)
    case 'test':
      return testOf(query)(event, around)
    default:
      return query satisfies never
  }
}

/** A test, made ready: true when one of the values that the event has for it passes. */
export function testOf(test: TestTerm): (event: RunEvent, around: Surroundings) => boolean {
  const field = fieldOf(test)
  if (!field) {
    const { root, keys } = pathOf(test.field)
    const is = jsonTest(test)
    return (event, around) => placesOf(root, event, around).some((place) => reaches(place, keys, 0, is))
  }
  if (field.sort === 'number' || field.sort === 'time') {
    const is = numberTest(test, field.sort)
    return (event) => numbersOf(field.name, event).some(is)
  }
  if (field.sort === 'name') {
    const is = nameTest(test)
    return (event, around) => namesOf(field.name, event, around).some(is)
  }
  const is = jsonTest(test)
  return (event, around) => textsOf(field.name, event, around).some(is)
}

/** In what is recorded of it, in its names, or in its notes as they are told. `lower`: in small letters. */
export function says(event: RunEvent, lower: string, around: Surroundings): boolean {
  return wordsOf(event, around).some((word) => word.toLowerCase().includes(lower)) || recordedText(event).toLowerCase().includes(lower)
}

/** Names and words by which an event can be found, beside its text. */
function wordsOf(event: RunEvent, around: Surroundings): string[] {
  return [
    event.kind,
    ...(['node', 'type', 'input'] as const).flatMap((field) => namesOf(field, event, around)),
    ...toldNotes(event, around),
  ]
}

/** By their names in words, and as the log tells them. */
const toldNotes = (event: RunEvent, around: Surroundings): string[] =>
  event.kind === 'step' ? event.notes.flatMap(({ note, data }) => [noteWords(note), around.noteText(note, data)]) : []

/** The JSON that is recorded of the event beside its numbers and names. */
function recordedText(event: RunEvent): string {
  switch (event.kind) {
    case 'step': {
      const { observation, notes } = event
      return JSON.stringify({ observation, notes: notes.length > 0 ? notes : undefined })
    }
    case 'send':
      return JSON.stringify(event.body)
    case 'deliver':
      return ''
    case 'drop':
      return JSON.stringify(event.why)
    case 'hold':
      return event.fault
    case 'checkpoint':
      return JSON.stringify({ hash: event.hash, state: event.state })
    case 'node':
      return JSON.stringify(event.change)
    case 'action':
      return JSON.stringify(event.action)
    case 'invoke':
      return JSON.stringify({ client: event.client, operation: event.operation, op: event.op })
    case 'return':
      return JSON.stringify({ client: event.client, operation: event.operation, outcome: event.outcome })
    case 'reject':
      return JSON.stringify({ where: event.where, why: event.why })
    case 'local':
      return JSON.stringify({ text: event.text, after: event.after, data: event.data })
    case 'output':
      return JSON.stringify({ stream: event.stream, line: event.line })
    default:
      return event satisfies never
  }
}

/** The message that an event is about, but for the one that a step handles. */
const messageOf = (event: RunEvent): MessageId | undefined => {
  if ('message' in event) return event.message
  return event.kind === 'action' && event.action.do === 'release' ? event.action.message : undefined
}

function namesOf(field: string, event: RunEvent, around: Surroundings): string[] {
  const message = messageOf(event)
  switch (field) {
    case 'kind':
      return [event.kind]
    case 'node':
      return nodesOf(event, around)
    case 'from':
      return message === undefined ? [] : given(around.endpoints[messageIdParts(message).sender])
    case 'to':
      return message === undefined ? [] : given(event.kind === 'send' ? event.to : around.letterOf(message)?.to)
    case 'type':
      return message === undefined ? [] : given(event.kind === 'send' ? event.type : around.letterOf(message)?.type)
    case 'fault':
      return given(faultOf(event))
    case 'client':
      return event.kind === 'invoke' || event.kind === 'return' ? [event.client] : []
    case 'outcome':
      return event.kind === 'return' ? [event.outcome.is] : []
    case 'input':
      return event.kind === 'step' ? inputsOf(event.input, around) : []
    case 'role':
      return event.kind === 'step' ? given(event.observation?.role) : []
    case 'leader':
      return event.kind === 'step' ? given(event.observation?.leader) : []
    case 'change':
      return event.kind === 'node' ? [event.change.is] : []
    default:
      return event.kind === 'action' ? [event.action.do] : []
  }
}

const given = (name: string | undefined): string[] => (name === undefined ? [] : [name])

/** Every endpoint that an event happens at or is about. */
function nodesOf(event: RunEvent, around: Surroundings): string[] {
  const message = messageOf(event)
  if (message !== undefined) return [...namesOf('from', event, around), ...namesOf('to', event, around)]
  if ('node' in event) return [event.node]
  if (event.kind === 'local') return [event.host]
  if (event.kind === 'invoke' || event.kind === 'return') return [CLIENTS]
  if (event.kind !== 'action') return []
  const { action } = event
  if ('node' in action) return [action.node]
  if (action.do !== 'arm') return []
  const { endpoints } = around
  const links = linksOf(action.fault.target, endpoints as never)
  return [...new Set(links.flatMap(({ from, to }) => [endpoints[from] as string, endpoints[to] as string]))]
}

function faultOf(event: RunEvent): string | undefined {
  if (event.kind === 'hold') return event.fault
  if (event.kind === 'drop') return typeof event.why === 'string' ? undefined : event.why.fault
  if (event.kind !== 'action') return undefined
  const { action } = event
  return action.do === 'arm' ? action.fault.id : action.do === 'lift' || action.do === 'release' ? action.fault : undefined
}

function inputsOf(input: Extract<RunEvent, { kind: 'step' }>['input'], around: Surroundings): string[] {
  if (input.kind === 'timer') return [input.kind, input.name]
  if (input.kind === 'message' || input.kind === 'request') return [input.kind, ...given(around.letterOf(input.message)?.type)]
  return [input.kind]
}

function numbersOf(field: string, event: RunEvent): number[] {
  switch (field) {
    case 'seq':
      return [event.seq]
    case 'at':
      return [event.atUs]
    case 'operation':
      return event.kind === 'invoke' || event.kind === 'return' ? [event.operation] : []
    case 'epoch':
      return event.kind === 'step' && event.observation ? [event.observation.epoch] : []
    default: {
      const value = (event as unknown as { readonly [name: string]: unknown })[field] // lamport, life, step, copy
      return typeof value === 'number' ? [value] : []
    }
  }
}

function textsOf(field: string, event: RunEvent, around: Surroundings): Json[] {
  if (field === 'note') return event.kind === 'step' ? [...event.notes.map(({ note }) => note), ...toldNotes(event, around)] : []
  if (field === 'op') return event.kind === 'invoke' ? leaves(event.op) : []
  switch (event.kind) {
    case 'drop':
      return [typeof event.why === 'string' ? event.why : event.why.fault]
    case 'node':
      return event.change.is === 'down' ? [event.change.reason] : []
    case 'return':
      return event.outcome.is === 'ok' ? [] : [event.outcome.why]
    case 'reject':
      return [event.why]
    default:
      return []
  }
}

const leaves = (value: Json): Json[] => (value !== null && typeof value === 'object' ? Object.values(value).flatMap(leaves) : [value])

/** Where a path begins in an event: at `root`, or everywhere. */
function placesOf(root: string | undefined, event: RunEvent, around: Surroundings): Json[] {
  const here = (name: string) => root === undefined || root === name
  switch (event.kind) {
    case 'send':
      return here('body') ? [event.body] : []
    case 'deliver':
    case 'drop':
    case 'hold': {
      const letter = here('body') ? around.letterOf(event.message) : undefined
      return letter ? [letter.body] : []
    }
    case 'step':
      return [
        ...(here('note') ? event.notes.map(({ data }) => data) : []),
        ...(here('fact') && event.observation ? [event.observation.facts] : []),
      ]
    case 'invoke':
      return here('op') ? [event.op] : []
    case 'return':
      return here('result') && event.outcome.is === 'ok' ? [event.outcome.result] : []
    case 'action':
      return here('did')
        ? [event.action as unknown as Json, ...(event.action.do === 'arm' ? [event.action.fault as unknown as Json] : [])]
        : []
    case 'node':
      return here('did') ? [event.change as unknown as Json] : []
    case 'local':
      return here('data') && event.data ? [event.data] : []
    case 'checkpoint':
      return root === 'state' ? [event.state] : []
    default:
      return []
  }
}

/** Does one of the values at the end of the path pass? `*` goes into every part; a list also has its `length`. */
function reaches(value: Json, keys: readonly string[], from: number, is: (value: Json) => boolean): boolean {
  const key = keys[from]
  if (key === undefined) return is(value)
  if (value === null || typeof value !== 'object') return false
  if (key === '*') return Object.values(value).some((part: Json) => reaches(part, keys, from + 1, is))
  return Object.hasOwn(value, key) && reaches((value as { readonly [key: string]: Json })[key] as Json, keys, from + 1, is)
}
