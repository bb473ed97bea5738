/**
 * A made-up run for tests of the recorder: endpoints that step, send, receive and are killed, drawn from a seed. It gives
 * the same run as separate streams, as they come over separate sockets, and merged in any order that could really occur.
 */
import { endpointIds, messageId, nodeIds } from '../../../protocols/core/ids.ts'
import { ByteWriter } from '../../../protocols/wire/bytes.ts'
import { feedClosed, feedDeliver, feedDrop, feedEvent, feedHold, feedPass, feedSend, feedTap } from '../../../protocols/wire/feed.ts'
import { writeFrame } from '../../../protocols/wire/frame.ts'
import { StepInputKind, TapKind, writeStepRecord, writeTextRecord } from '../../../protocols/wire/tap.ts'

/** A small generator of its own, so that a seed gives the same run for ever. */
export function dice(seed: number): (below: number) => number {
  let state = seed >>> 0 || 1
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

/** One entry of the feed, and what it says in a form that a test can compare. */
export interface Entry {
  readonly says: string
  write(out: ByteWriter): void
}

export interface ToyRun {
  readonly endpoints: readonly string[]
  /** Entries of each stream in their order. An entry stands behind those of other streams that `after` names. */
  readonly streams: { readonly entries: Entry[]; readonly after?: string }[]
  /** What must stand before what, by `says`. */
  readonly causes: [before: string, after: string][]
  readonly all: string[]
  /** How many events the log will have: a frame that passes is two, entries that only close a tap are none. */
  readonly events: number
}

interface Message {
  readonly id: number
  readonly number: number
  readonly from: number
  readonly to: number
  readonly life: number
  readonly step: number
  readonly name: string
}

export function toyRun(seed: number, steps: number, nodes = 4): ToyRun {
  const roll = dice(seed)
  const E = nodes + 1
  const taps: Entry[][] = Array.from({ length: E }, () => [])
  const links = new Map<string, Entry[]>()
  const fates: { entries: Entry[]; after: string }[] = []
  const causes: [string, string][] = []
  const clocks = Array.from({ length: E }, () => new Uint32Array(E))
  const stepOf = new Array<number>(E).fill(0)
  const lifeOf = new Array<number>(E).fill(1)
  const numberOf = new Array<number>(E).fill(0)
  const arrived: { message: Message; because: string }[][] = Array.from({ length: E }, () => [])
  const told: Entry[] = []
  let atUs = 0
  let events = 0
  const tell = (event: object) => {
    const json = JSON.stringify({ ...event, atUs })
    told.push({ says: '', write: (out) => feedEvent(out, json) })
    events++
  }
  const extras = (): string => {
    const observation = { role: roll(3) ? 'follower' : 'leader', epoch: roll(9), facts: { commitIndex: roll(1000), lead: null } }
    const notes = [{ note: 'becomeLeader', data: { term: roll(9), observation: 'none' } }]
    return ['', '', JSON.stringify({ observation }), JSON.stringify({ notes }), JSON.stringify({ notes, observation })][roll(5)] as string
  }
  const body = JSON.stringify({ kind: 'Ask', value: 'x'.repeat(roll(40)) })

  const takeStep = (self: number) => {
    atUs += roll(50)
    const came = arrived[self]?.length && roll(4) > 0 ? arrived[self].splice(roll(arrived[self].length), 1)[0] : undefined
    const clock = clocks[self] as Uint32Array
    stepOf[self] = (stepOf[self] as number) + 1
    clock[self] = (clock[self] as number) + 1
    const life = lifeOf[self] as number
    const step = stepOf[self] as number
    const says = `step ${self}.${life}.${step}`
    const sends = roll(3)
    const first = (numberOf[self] as number) + 1
    const record = {
      ...{ step, atUs, nowMs: atUs / 1000, lamport: step + life * 1000, clock: clock.slice() },
      ...{ input: came ? StepInputKind.message : StepInputKind.timer, subject: came?.message.id ?? 0 },
      ...{ sendFirst: first, sendCount: sends, persisted: 0, timers: roll(5) ? [] : [{ timer: 0, ms: roll(300) }], extras: extras() },
    }
    const written = new ByteWriter()
    writeStepRecord(written, record)
    const records = written.take()
    taps[self]?.push({ says, write: (out) => feedTap(out, self, life, records) })
    if (came) causes.push([came.because, says])
    if (roll(25) === 0) {
      const text =
        self === nodes
          ? JSON.stringify({ operation: step, client: 'c1', op: ['get', 'x'] })
          : JSON.stringify({ hash: 'abc', state: { step } })
      writeTextRecord(written, { kind: self === nodes ? TapKind.invoke : TapKind.checkpoint, step, atUs, lamport: 0, clock: [], text })
      const checkpoint = written.take()
      taps[self]?.push({ says: '', write: (out) => feedTap(out, self, life, checkpoint) })
      events++
    }
    for (let i = 0; i < sends; i++) send(self, life, step, says, record.lamport, record.clock)
  }

  const send = (from: number, life: number, step: number, stepSays: string, lamport: number, clock: Uint32Array) => {
    const to = (from + 1 + roll(E - 1)) % E
    const number = (numberOf[from] as number) + 1
    numberOf[from] = number
    const name = `${from}.${life}.${number}`
    const message: Message = { id: messageId(from, life, number), number, from, to, life, step, name }
    const written = new ByteWriter()
    writeFrame(written, { kind: 1, from, to, type: 0, number, step, lamport, sentAtUs: atUs, life, clock }, body)
    const frame = written.take()
    const link = links.get(`${from} ${to}`) ?? []
    links.set(`${from} ${to}`, link)
    causes.push([stepSays, `send ${name}`])
    const at = atUs + roll(200)
    const fate = roll(5)
    if (fate <= 2) {
      events++
      link.push({ says: `send ${name}`, write: (out) => feedPass(out, at, at + 3, frame) })
      arrived[to]?.push({ message, because: `send ${name}` })
      return
    }
    link.push({ says: `send ${name}`, write: (out) => feedSend(out, at, frame) })
    const entries: Entry[] = []
    if (roll(2)) entries.push({ says: `hold ${name}`, write: (out) => feedHold(out, at, message.id, 'f1') })
    if (fate === 3) entries.push({ says: `drop ${name}`, write: (out) => feedDrop(out, at + 5, message.id, 0, '{"fault":"f1"}') })
    else {
      entries.push({ says: `deliver ${name} 0`, write: (out) => feedDeliver(out, at + 9, message.id, 0) })
      arrived[to]?.push({ message, because: `deliver ${name} 0` })
      if (roll(3) === 0) entries.push({ says: `deliver ${name} 1`, write: (out) => feedDeliver(out, at + 20, message.id, 1) })
    }
    fates.push({ entries, after: `send ${name}` })
    for (const [i, { says }] of entries.entries()) causes.push([entries[i - 1]?.says ?? `send ${name}`, says])
  }

  for (let i = 0; i < steps; i++) {
    const self = roll(E)
    if (self < nodes && roll(40) === 0) {
      // Killed: the last records of its tap may be lost with it, though its messages left.
      const tap = taps[self] as Entry[]
      const life = lifeOf[self] as number
      for (let lost = roll(3); lost > 0 && tap.at(-1)?.says.startsWith(`step ${self}.${life}.`); lost--) tap.pop() // never a checkpoint
      tap.push({ says: '', write: (out) => feedClosed(out, self, life) })
      lifeOf[self] = life + 1
      stepOf[self] = 0
      numberOf[self] = 0
      arrived[self] = []
      tell({ kind: 'node', node: `n${self + 1}`, change: { is: 'down', asked: true, reason: 'killed' } })
      tell({ kind: 'node', node: `n${self + 1}`, change: { is: 'up', pid: 1000 + roll(1000), life: life + 1 } })
    } else if (roll(60) === 0) {
      const fault = { kind: 'cut', id: `f${roll(5)}`, target: { links: [['n1', 'n2']] } }
      const action = [
        { do: 'arm', fault },
        { do: 'lift', fault: fault.id },
        { do: 'timeScale', scale: 1 + roll(9) },
        { do: 'load', load: null },
      ][roll(4)]
      tell({ kind: 'action', action })
    } else takeStep(self)
  }
  for (const [self, tap] of taps.entries()) tap.push({ says: '', write: (out) => feedClosed(out, self, lifeOf[self] as number) })
  const streams = [
    ...taps.map((entries) => ({ entries })),
    ...[...links.values()].map((entries) => ({ entries })),
    ...fates,
    { entries: told },
  ]
  const all = streams.flatMap(({ entries }) => entries.map(({ says }) => says)).filter((says) => says !== '')
  const known = new Set(all)
  return {
    endpoints: endpointIds(nodeIds(nodes)),
    events: events + all.length,
    streams,
    causes: causes.filter(([a, b]) => known.has(a) && known.has(b)),
    all,
  }
}

/** All entries in some order that respects the streams; batches of random size. */
export function merge(run: ToyRun, seed: number): { says: string[]; batches: Uint8Array<ArrayBuffer>[] } {
  const roll = dice(seed)
  const ready: { entries: Entry[]; next: number }[] = []
  /** Streams by what must have been said before they begin: most runs have one for each message. */
  const waiting = new Map<string, Entry[][]>()
  for (const { entries, after } of run.streams) {
    if (after === undefined) ready.push({ entries, next: 0 })
    else waiting.set(after, [...(waiting.get(after) ?? []), entries])
  }
  const out = new ByteWriter()
  const batches: Uint8Array<ArrayBuffer>[] = []
  const says: string[] = []
  while (ready.length > 0) {
    const at = roll(ready.length)
    const stream = ready[at] as (typeof ready)[number]
    // Runs of one stream, as whole reads of one socket come.
    for (let run = 1 + roll(6); run > 0 && stream.next < stream.entries.length; run--) {
      const entry = stream.entries[stream.next++] as Entry
      entry.write(out)
      if (entry.says) says.push(entry.says)
      for (const entries of waiting.get(entry.says) ?? []) ready.push({ entries, next: 0 })
      waiting.delete(entry.says)
    }
    if (stream.next >= stream.entries.length) {
      ready[at] = ready[ready.length - 1] as (typeof ready)[number]
      ready.pop()
    }
    if (roll(10) === 0) batches.push(out.take())
  }
  batches.push(out.take())
  return { says, batches }
}
