/**
 * A query over a recording, by its numbers: kinds, types, nodes, times and stamps are compared where the reader stands, and an
 * event is made into an object only where a test asks for its text, and only if the text holds what the test needs. The
 * answer is that of evaluate.ts.
 */
import { EVENT_KINDS, type EventKind, type RunEvent } from '../core/event.ts'
import { type MessageId, messageIdParts } from '../core/ids.ts'
import { ChunkKind, type ChunkTables } from '../wire/chunk.ts'
import { readEvent } from '../wire/chunkEvents.ts'
import type { ChunkReader } from '../wire/chunkReader.ts'
import { StepInputKind } from '../wire/tap.ts'
import { type Letter, type Surroundings, says, testOf } from './evaluate.ts'
import { fieldOf, kindsOf, pathOf } from './fields.ts'
import { holdsText, NOTES, textNeedle } from './needle.ts'
import { type Query, type TestTerm, termsOf } from './syntax.ts'
import { nameTest, numberTest, timeIn } from './values.ts'

/** A message whose send has been read: its receiver and type by their indexes, its body when it is asked for. */
export interface PackedLetter {
  readonly to: number
  readonly type: number
  /** The body's JSON as it was recorded. */
  bytes(): Uint8Array
  letter(): Letter
}

/** What must be known of a run beside its tables. */
export interface Knowledge {
  /** Of messages whose send may stand far from the event at hand. */
  letterOf(message: number): PackedLetter | undefined
  readonly noteText: Surroundings['noteText']
}

/** Where the event at hand is looked at: made anew for each, its object at most once. */
class Sight {
  reader: ChunkReader
  readonly around: Surroundings
  readonly #known: Knowledge
  #event: RunEvent | undefined
  #letter: PackedLetter | undefined | null = null

  constructor(reader: ChunkReader, endpoints: readonly string[], known: Knowledge) {
    this.reader = reader
    this.#known = known
    this.around = { endpoints, letterOf: (message) => known.letterOf(message)?.letter(), noteText: known.noteText }
  }

  turn(reader: ChunkReader): void {
    this.reader = reader
    this.#event = undefined
    this.#letter = null
  }

  get event(): RunEvent {
    this.#event ??= readEvent(this.reader)
    return this.#event
  }

  /** Of a deliver, drop or hold. */
  get letter(): PackedLetter | undefined {
    if (this.#letter === null) this.#letter = this.#known.letterOf(this.reader.message)
    return this.#letter
  }
}

type Check = { readonly cost: number; readonly holds: (sight: Sight) => boolean }

/** Bits of chunk kinds. */
const bit = (kind: EventKind): number => 1 << ChunkKind[kind]
const ALL = EVENT_KINDS.reduce((bits, kind) => bits | bit(kind), 0)
const bitsOf = (kinds: readonly EventKind[] | undefined): number => (kinds ? kinds.reduce((bits, kind) => bits | bit(kind), 0) : ALL)
const FATES = bitsOf(['deliver', 'drop', 'hold'])
const has = (bits: number, kind: number): boolean => (bits & (1 << kind)) !== 0

export class CompiledQuery {
  /** False: every event passes. */
  readonly asks: boolean
  /** Events outside of these cannot pass. */
  readonly bounds: Bounds
  /** The sends of messages are asked about: whoever reads should keep them at hand. */
  readonly asksLetters: boolean
  readonly #check: Check
  readonly #endpoints: readonly string[]
  readonly #known: Knowledge
  #sight: Sight | undefined

  constructor(query: Query, tables: ChunkTables, known: Knowledge) {
    this.asks = query.is !== 'all'
    this.bounds = boundsOf(query)
    this.asksLetters = [...termsOf(query)].some(asksLetters)
    this.#endpoints = tables.endpoints
    this.#known = known
    this.#check = compiled(query, tables)
  }

  /** The event at which the reader stands. */
  lets(reader: ChunkReader): boolean {
    if (!this.asks) return true
    if (this.#sight) this.#sight.turn(reader)
    else this.#sight = new Sight(reader, this.#endpoints, this.#known)
    return this.#check.holds(this.#sight)
  }
}

function asksLetters(term: ReturnType<typeof termsOf> extends Generator<infer T> ? T : never): boolean {
  if (term.is === 'text') return true
  const field = fieldOf(term)?.name
  if (field !== undefined) return ['node', 'to', 'type', 'input'].includes(field)
  const { root } = pathOf(term.field)
  return root === undefined || root === 'body'
}

function compiled(query: Query, tables: ChunkTables): Check {
  switch (query.is) {
    case 'all':
      return { cost: 0, holds: () => true }
    case 'and':
    case 'or': {
      // The cheap ones first: most events are decided by them.
      const parts = query.parts.map((part) => compiled(part, tables)).sort((a, b) => a.cost - b.cost)
      const checks = parts.map(({ holds }) => holds)
      const cost = parts.reduce((sum, part) => sum + part.cost, 0)
      if (query.is === 'and') return { cost, holds: (sight) => checks.every((holds) => holds(sight)) }
      return { cost, holds: (sight) => checks.some((holds) => holds(sight)) }
    }
    case 'not': {
      const { cost, holds } = compiled(query.part, tables)
      return { cost, holds: (sight) => !holds(sight) }
    }
    case 'text':
      return compiledText(query.text, tables)
    case 'test':
      return compiledTest(query, tables)
    default:
      return query satisfies never
  }
}

function compiledTest(test: TestTerm, tables: ChunkTables): Check {
  const kinds = bitsOf(kindsOf(test))
  const name = fieldOf(test)?.name
  const lets = (names: readonly string[]) => {
    const is = nameTest(test)
    return names.map(is)
  }
  switch (name) {
    case 'kind': {
      const is = nameTest(test)
      const bits = bitsOf(EVENT_KINDS.filter(is))
      return { cost: 1, holds: ({ reader }) => has(bits, reader.kind) }
    }
    case 'seq':
    case 'at':
    case 'lamport':
    case 'life':
    case 'step':
    case 'copy': {
      const is = numberTest(test, name === 'at' ? 'time' : 'number')
      const key = name === 'at' ? 'atUs' : name
      return { cost: 1, holds: ({ reader }) => has(kinds, reader.kind) && is(reader[key]) }
    }
    case 'node':
      return atNode(lets(tables.endpoints), exactly(test))
    case 'from': {
      const from = lets(tables.endpoints)
      return byLetter(test, (sight) => from[messageIdParts(sight.reader.message as MessageId).sender] === true)
    }
    case 'to': {
      const to = lets(tables.endpoints)
      return byLetter(
        test,
        ({ letter }) => (letter ? to[letter.to] === true : false),
        ({ reader }) => to[reader.to] === true,
      )
    }
    case 'type': {
      const types = lets(tables.messageTypes)
      return byLetter(
        test,
        ({ letter }) => (letter ? types[letter.type] === true : false),
        ({ reader }) => types[reader.type] === true,
      )
    }
    case 'input':
      return byInput(test, tables)
    default:
      return dear(test, kinds)
  }
}

const exactly = (test: TestTerm): ((sight: Sight) => boolean) => {
  const holds = testOf(test)
  return ({ event, around }) => holds(event, around)
}

/** A test of a message: by numbers where the message is sent, by its send where it ends, and whole for what was done to it. */
function byLetter(test: TestTerm, ofFate: (sight: Sight) => boolean, ofSend = ofFate): Check {
  const exact = exactly(test)
  return {
    cost: 2,
    holds: (sight) => {
      const { kind } = sight.reader
      if (kind === ChunkKind.send) return ofSend(sight)
      if (has(FATES, kind)) return ofFate(sight)
      return kind === ChunkKind.action && exact(sight)
    },
  }
}

function atNode(lets: readonly boolean[], exact: (sight: Sight) => boolean): Check {
  return {
    cost: 2,
    holds: (sight) => {
      const { reader } = sight
      switch (reader.kind) {
        case ChunkKind.step:
        case ChunkKind.checkpoint:
        case ChunkKind.local:
          return lets[reader.endpoint] === true
        case ChunkKind.send:
          return lets[reader.endpoint] === true || lets[reader.to] === true
        case ChunkKind.deliver:
        case ChunkKind.drop:
        case ChunkKind.hold: {
          if (lets[messageIdParts(reader.message as MessageId).sender] === true) return true
          const { letter } = sight
          return letter !== undefined && lets[letter.to] === true
        }
        case ChunkKind.reject:
          return false
        default:
          return exact(sight)
      }
    },
  }
}

/** What started a step: the kind of its input, the timer's name, or the type of the message. */
function byInput(test: TestTerm, tables: ChunkTables): Check {
  const is = nameTest(test)
  const kinds: boolean[] = []
  for (const [kind, number] of Object.entries(StepInputKind)) kinds[number] = is(kind)
  const timers = tables.timers.map(is)
  const types = tables.messageTypes.map(is)
  return {
    cost: 3,
    holds: ({ reader, around }) => {
      if (reader.kind !== ChunkKind.step) return false
      if (kinds[reader.input]) return true
      if (reader.input === StepInputKind.timer) return timers[reader.subject] === true
      if (reader.input !== StepInputKind.message && reader.input !== StepInputKind.request) return false
      const type = around.letterOf(reader.subject as MessageId)?.type
      return type !== undefined && types[tables.messageTypes.indexOf(type)] === true
    },
  }
}

/** A test that needs the event whole; not where its text lacks what must stand in it. */
function dear(test: TestTerm, kinds: number): Check {
  const exact = exactly(test)
  const needle = textNeedle(test)
  return {
    cost: 10,
    holds: (sight) => {
      const { reader } = sight
      if (!has(kinds, reader.kind)) return false
      if (needle) {
        const bytes = has(FATES, reader.kind) ? sight.letter?.bytes() : reader.textBytes()
        if (!bytes || !holdsText(bytes, needle)) return false
      }
      return exact(sight)
    },
  }
}

function compiledText(text: string, tables: ChunkTables): Check {
  const lower = text.toLowerCase()
  const needle = textNeedle(lower)
  const among = (names: readonly string[]) => names.map((name) => name.toLowerCase().includes(lower))
  // Where a name says it already, the event is looked at whole; it is rare that a name is looked for like this.
  const named = [
    ...tables.endpoints,
    ...tables.messageTypes,
    ...tables.timers,
    ...EVENT_KINDS,
    'start',
    'message',
    'timer',
    'request',
    'durable',
    'control',
  ]
  const byName = among(named).some(Boolean)
  return {
    cost: 20,
    holds: (sight) => {
      const { reader } = sight
      if (needle && !byName) {
        const bytes = reader.textBytes()
        // Notes are found by what is told of them, too, which does not stand in their JSON.
        if (!holdsText(bytes, needle) && !(reader.kind === ChunkKind.step && holdsText(bytes, NOTES))) return false
      }
      return says(sight.event, lower, sight.around)
    },
  }
}

/** Outside of these, both ends included, nothing passes. No last time: events may stand behind later ones in the log. */
export interface Bounds {
  readonly fromSeq: number
  readonly toSeq: number
  readonly fromUs: number
}

const OPEN: Bounds = { fromSeq: 1, toSeq: Number.POSITIVE_INFINITY, fromUs: Number.NEGATIVE_INFINITY }

export function boundsOf(query: Query): Bounds {
  if (query.is === 'and') {
    return query.parts.map(boundsOf).reduce((a, b) => ({
      fromSeq: Math.max(a.fromSeq, b.fromSeq),
      toSeq: Math.min(a.toSeq, b.toSeq),
      fromUs: Math.max(a.fromUs, b.fromUs),
    }))
  }
  if (query.is !== 'test') return OPEN
  const name = fieldOf(query)?.name
  if ((name !== 'seq' && name !== 'at') || query.operator === '!=') return OPEN
  const [low, high] = spanOf(query, name === 'at' ? 'time' : 'number')
  return name === 'seq' ? { ...OPEN, fromSeq: low, toSeq: high } : { ...OPEN, fromUs: low }
}

/** The least and the greatest number that can pass. */
function spanOf({ operator, values }: TestTerm, sort: 'number' | 'time'): [number, number] {
  const read = sort === 'time' ? (text: string) => timeIn(text) ?? Number.NaN : Number
  const lows = values.map(({ text }) => read(text))
  const highs = values.map(({ text, to }) => read(to ?? text))
  if (operator === '<' || operator === '<=') return [Number.NEGATIVE_INFINITY, highs[0] as number]
  if (operator === '>' || operator === '>=') return [lows[0] as number, Number.POSITIVE_INFINITY]
  return [Math.min(...lows), Math.max(...highs)]
}
