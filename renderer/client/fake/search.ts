/** What the fake lab finds in a run that it plays: by looking at every event, the obvious way. */
import type { ParsedRequest, Response } from '../../../main/contract/commands.ts'
import { LabError } from '../../../main/contract/errors.ts'
import type { EventReport, FaultOnWay, MessageReport, Neighbour } from '../../../main/contract/query.ts'
import type { RunEvent, SendEvent, StepEvent } from '../../../protocols/core/event.ts'
import { CLIENTS, type FaultId, type MessageId, messageIdParts } from '../../../protocols/core/ids.ts'
import { linksOf } from '../../../protocols/net/target.ts'
import { passes, type Surroundings } from '../../../protocols/query/evaluate.ts'
import { parseQuery } from '../../../protocols/query/parse.ts'
import { type Query, QueryError } from '../../../protocols/query/syntax.ts'
import { ByteWriter } from '../../../protocols/wire/bytes.ts'
import { FrameKind, writeFrame } from '../../../protocols/wire/frame.ts'
import { speechOf } from '../../../protocols/words/speech.ts'
import { RAFT_TYPES } from './info.ts'
import type { World } from './world.ts'

/** Events looked at for one answer. */
const SCANNED_MAX = 4000

const endsOf = (world: World): string[] => [...world.nodes, CLIENTS]

function asked(world: World, where: string): { readonly query: Query; readonly around: Surroundings } {
  try {
    const query = parseQuery(where, { endpoints: endsOf(world), messageTypes: RAFT_TYPES })
    const { note: noteText } = speechOf(world.protocol.name, undefined)
    return { query, around: { endpoints: endsOf(world), letterOf: (message) => sendsOf(world).get(message), noteText } }
  } catch (error) {
    if (error instanceof QueryError) throw new LabError('bad-request', error.message, error.hint)
    throw error
  }
}

/** Sends by message, as far as they have been looked at. */
const known = new WeakMap<World, { readonly sends: Map<MessageId, SendEvent>; seq: number }>()
function sendsOf(world: World): ReadonlyMap<MessageId, SendEvent> {
  const mine = known.get(world) ?? { sends: new Map<MessageId, SendEvent>(), seq: 0 }
  known.set(world, mine)
  for (; mine.seq < world.lastSeq; mine.seq++) {
    const event = world.events[mine.seq] as RunEvent
    if (event.kind === 'send') mine.sends.set(event.message, event)
  }
  return mine.sends
}

export function readEvents(
  world: World,
  { from, limit, direction, where }: Omit<ParsedRequest<'run.events'>, 'run'>,
): Response<'run.events'> {
  const { query, around } = asked(world, where ?? '')
  const events: RunEvent[] = []
  const stride = direction === 'backward' ? -1 : 1
  let seq = direction === 'backward' ? Math.min(from, world.lastSeq) : Math.max(1, from)
  let scanned = 0
  for (; seq >= 1 && seq <= world.lastSeq && events.length < limit && scanned < 50_000; seq += stride, scanned++) {
    const event = world.events[seq - 1] as RunEvent
    if (passes(query, event, around)) events.push(event)
  }
  const more = seq >= 1 && seq <= world.lastSeq
  return { events, next: more ? seq : undefined, scanned }
}

export function find(world: World, { from, where }: Omit<ParsedRequest<'run.find'>, 'run'>): Response<'run.find'> {
  const { query, around } = asked(world, where)
  const first = Math.max(1, from)
  const looked = world.events.slice(first - 1, first - 1 + SCANNED_MAX)
  const found = looked.filter((event) => passes(query, event, around))
  const next = first + looked.length
  return {
    seqs: found.map(({ seq }) => seq),
    timesUs: found.map(({ atUs }) => atUs),
    next: next > world.lastSeq ? undefined : next,
    scanned: looked.length,
  }
}

export function pick(world: World, seqs: readonly number[]): Response<'run.pick'> {
  const events = seqs.flatMap((seq) => world.events[seq - 1] ?? [])
  const sends = new Set(events.flatMap((event) => sendFor(world, event) ?? []))
  return { events, sends: [...sends] }
}

function sendFor(world: World, event: RunEvent): SendEvent | undefined {
  if (event.kind === 'deliver' || event.kind === 'drop' || event.kind === 'hold') return sendsOf(world).get(event.message)
  const isBrought = event.kind === 'step' && (event.input.kind === 'message' || event.input.kind === 'request')
  return isBrought ? sendsOf(world).get((event.input as { message: MessageId }).message) : undefined
}

export function messageReport(world: World, message: MessageId): MessageReport {
  const send = sendsOf(world).get(message)
  if (!send) throw new LabError('not-found', `No message ${message} was sent in this run.`)
  const mine = world.events.filter((event) => 'message' in event && event.message === message)
  const of = <K extends RunEvent['kind']>(kind: K) => mine.filter((event) => event.kind === kind) as Extract<RunEvent, { kind: K }>[]
  const [deliveries, drops, holds] = [of('deliver'), of('drop'), of('hold')]
  const handled = world.events.find((event) => event.kind === 'step' && 'message' in event.input && event.input.message === message) as
    | StepEvent
    | undefined
  const { sender, life, number } = messageIdParts(message)
  const out = new ByteWriter()
  const text = JSON.stringify(send.body)
  const ends = endsOf(world)
  const header = {
    kind: FrameKind.message,
    from: sender,
    to: ends.indexOf(send.to),
    type: RAFT_TYPES.indexOf(send.type),
    number,
    life,
  }
  writeFrame(out, { ...header, step: send.step, lamport: send.lamport, sentAtUs: send.atUs, clock: send.clock }, text)
  const frame = out.take()
  const bodyBytes = new TextEncoder().encode(text).length
  return {
    ...{ send, bodyBytes, headerBytes: frame.length - bodyBytes, holds, deliveries, drops, handled },
    frame: Array.from(frame, (byte) => byte.toString(16).padStart(2, '0')).join(''),
    step: stepOf(world, send.from, send.life, send.step),
    faults: faultsOf(
      world,
      send,
      new Set([...holds.map(({ fault }) => fault), ...drops.flatMap(({ why }) => (typeof why === 'string' ? [] : why.fault))]),
    ),
    whole: deliveries.length + drops.length > 0,
  }
}

function faultsOf(world: World, send: SendEvent, named: ReadonlySet<FaultId>): FaultOnWay[] {
  const ends = endsOf(world)
  const armed = new Map<FaultId, FaultOnWay>()
  for (const event of world.events) {
    if (event.kind !== 'action') continue
    const { action } = event
    if (action.do === 'arm') armed.set(action.fault.id, { fault: action.fault, armedSeq: event.seq, did: named.has(action.fault.id) })
    if (action.do === 'lift' && event.seq < send.seq) armed.delete(action.fault)
    if (event.seq > send.seq && [...named].every((id) => armed.has(id))) break
  }
  return [...armed.values()].filter(
    ({ fault, armedSeq, did }) =>
      did ||
      (armedSeq < send.seq &&
        linksOf(fault.target, ends as never).some(({ from, to }) => ends[from] === send.from && ends[to] === send.to)),
  )
}

const stepOf = (world: World, node: string, life: number, step: number): StepEvent | undefined =>
  world.events.find((event) => event.kind === 'step' && event.node === node && event.life === life && event.step === step) as
    | StepEvent
    | undefined

export function eventReport(world: World, seq: number): EventReport {
  const event = world.events[seq - 1]
  if (!event) throw new LabError('not-found', `There is no event ${seq} in this run.`)
  const send = sendFor(world, event)
  const beside = (by: Neighbour['by'], ...events: readonly (RunEvent | undefined)[]): Neighbour[] =>
    events.flatMap((other) => {
      const about = other && sendFor(world, other)
      return other ? [{ event: other, by, ...(about ? { send: about } : {}) }] : []
    })
  const report = (causes: readonly Neighbour[], effects: readonly Neighbour[]): EventReport => ({ event, send, causes, effects, more: 0 })
  if (event.kind === 'step') {
    const came = send && world.events.find((other) => other.kind === 'deliver' && other.message === send.message)
    const sent = world.events
      .slice(seq)
      .filter((other) => other.kind === 'send' && other.from === event.node && other.life === event.life && other.step === event.step)
    return report(
      [...beside('input', came), ...beside('order', stepOf(world, event.node, event.life, event.step - 1))],
      [...beside('step', ...sent), ...beside('order', stepOf(world, event.node, event.life, event.step + 1))],
    )
  }
  const message = event.kind === 'send' ? event : send
  if (!message) return report([], [])
  const { step, holds, deliveries, drops, handled } = messageReport(world, message.message)
  if (event.kind === 'send') return report(beside('step', step), beside('message', ...holds, ...deliveries, ...drops))
  return report(beside('message', message), event.kind === 'deliver' ? beside('input', handled) : [])
}
