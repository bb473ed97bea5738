/** Searching and following causes in a recording, beside the obvious way over all of its events. */
import { rmSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { beforeAll, expect, test, vi } from 'vitest'
import { RunReader } from '../../../main/recorder/reader.ts'
import type { RunEvent, SendEvent } from '../../../protocols/core/event.ts'
import { messageId } from '../../../protocols/core/ids.ts'
import { passes } from '../../../protocols/query/evaluate.ts'
import { parseQuery } from '../../../protocols/query/parse.ts'
import { readHeader } from '../../../protocols/wire/frame.ts'
import { speechOf } from '../../../protocols/words/speech.ts'
import { freshFolder, recordToy } from './runFiles.ts'

const seed = 20_260_117
let reader: RunReader
let all: RunEvent[]
const sends = new Map<number, SendEvent>()
beforeAll(() => {
  console.log(`seed ${seed}`)
  const folder = freshFolder()
  const file = path.join(folder, 'toy.synod')
  recordToy(file, seed, 6000)
  reader = new RunReader(file)
  all = Array.from({ length: reader.refresh() }, (_, i) => reader.event(i + 1) as RunEvent)
  for (const event of all) if (event.kind === 'send') sends.set(event.message, event)
  return () => {
    reader.close()
    rmSync(folder, { recursive: true })
  }
})

/** To its end, whatever pieces it comes in. */
function whole<T>(work: Generator<undefined, T>): T {
  for (let turn = work.next(); ; turn = work.next()) if (turn.done) return turn.value
}

const QUERIES = [
  ...['', 'kind:drop', 'node:n3', 'from:n1 to:n2', 'type:Ask not kind:send', 'body.value:xxx kind:deliver', 'note.term>5', 'fault:f1'],
  ...[
    'role:leader epoch>4',
    'value.length>0',
    'input:Ask',
    'at:1ms..90ms',
    'seq>4000 seq<4100',
    'lamport>1000 life=1',
    'copy=1',
    '"killed"',
    '"becomes leader, term 6"',
    'note:"leader, term 6"',
    'nothing',
  ],
]

test('two queries asked in turns, each answer as short as it can be, find what each finds alone', () => {
  const wanted = ['node:n3', 'type:Ask not kind:send']
  const alone = wanted.map((where) => {
    const seqs: number[] = []
    for (let from: number | undefined = 1; from !== undefined; ) {
      const page: ReturnType<RunReader['find']> = reader.find({ from, where })
      seqs.push(...page.seqs)
      from = page.next
    }
    return seqs
  })
  let nowMs = 0
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (nowMs += 100))
  try {
    const found: number[][] = wanted.map(() => [])
    const from: (number | undefined)[] = wanted.map(() => 1)
    let answers = 0
    // The second is asked twice as often: the place where one stopped is not where the other goes on.
    for (const turn of Array.from({ length: 6000 }, (_, i) => (i % 3 === 0 ? 0 : 1))) {
      const at = from[turn]
      if (at === undefined) continue
      answers++
      const page = reader.find({ from: at, where: wanted[turn] as string })
      expect(page.scanned).toBeLessThanOrEqual(16)
      found[turn]?.push(...page.seqs)
      from[turn] = page.next
    }
    expect(from).toEqual([undefined, undefined])
    expect(answers).toBeGreaterThan(500)
    expect(found).toEqual(alone)
  } finally {
    clock.mockRestore()
  }
})

test.each(QUERIES)('%s: found page by page, forwards, backwards and by position', (where) => {
  const query = parseQuery(where)
  const { protocol, service } = reader.header.config
  const noteText = speechOf(protocol, service).note
  const around = { endpoints: ['n1', 'n2', 'n3', 'n4', 'clients'], letterOf: (message: number) => sends.get(message), noteText }
  const plain = all.filter((event) => passes(query, event, around)).map(({ seq }) => seq)
  const found: number[] = []
  for (let from: number | undefined = 1; from !== undefined; ) {
    const page: ReturnType<RunReader['find']> = reader.find({ from, where })
    found.push(...page.seqs)
    from = page.next
  }
  expect(found).toEqual(plain)
  for (const direction of ['forward', 'backward'] as const) {
    const read: number[] = []
    for (let from: number | undefined = direction === 'forward' ? 1 : all.length; from !== undefined; ) {
      const page: ReturnType<RunReader['events']> = reader.events({ from, limit: 500, direction, where })
      read.push(...page.events.map(({ seq }) => seq))
      from = page.next
    }
    expect(read).toEqual(direction === 'forward' ? plain : plain.toReversed())
  }
})

test('events are picked by number, with the sends of their messages', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: all.length + 5 }), { maxLength: 40 }), (seqs) => {
      const picked = reader.pick(seqs)
      expect(picked.events).toEqual(seqs.flatMap((seq) => all[seq - 1] ?? []))
      const about = picked.events.flatMap((event) =>
        event.kind === 'deliver' || event.kind === 'drop' || event.kind === 'hold'
          ? event.message
          : event.kind === 'step' && 'message' in event.input
            ? event.input.message
            : [],
      )
      const wanted = [...new Set(about)].flatMap((message) => sends.get(message) ?? [])
      expect(new Set(picked.sends.map(({ seq }) => seq))).toEqual(new Set(wanted.map(({ seq }) => seq)))
    }),
    { numRuns: 200, seed },
  )
})

test('what became of every message is what a look at all events says', () => {
  const some = [...sends.values()].filter((_, i) => i % 40 === 0)
  let [held, dropped, copied, unhandled] = [0, 0, 0, 0]
  for (const send of some) {
    const report = whole(reader.message(send.message))
    const mine = all.filter((event) => 'message' in event && event.message === send.message)
    expect(report.send).toEqual(send)
    expect(report.holds).toEqual(mine.filter(({ kind }) => kind === 'hold'))
    expect(report.drops).toEqual(mine.filter(({ kind }) => kind === 'drop'))
    const deliveries = mine.filter(({ kind }) => kind === 'deliver')
    // Copies of a message that no fault copied may come when nobody waits for them any more.
    expect(deliveries.slice(0, report.deliveries.length)).toEqual(report.deliveries)
    expect(report.deliveries.length > 0).toBe(deliveries.length > 0)
    const handled = all.find((event) => event.kind === 'step' && 'message' in event.input && event.input.message === send.message)
    if (report.handled || send.to !== 'clients') expect(report.handled).toEqual(handled)
    const step = all.find(
      (event) => event.kind === 'step' && event.node === send.from && event.life === send.life && event.step === send.step,
    )
    expect(report.step).toEqual(step)
    held += report.holds.length
    dropped += report.drops.length
    copied += deliveries.length > 1 ? 1 : 0
    unhandled += deliveries.length > 0 && !handled ? 1 : 0
  }
  expect(Math.min(held, dropped, copied, unhandled)).toBeGreaterThan(0)
})

test('the frame of a message reads as its send, its body byte by byte as recorded', () => {
  for (const send of [...sends.values()].slice(0, 50)) {
    const { frame, headerBytes, bodyBytes } = whole(reader.message(send.message))
    const bytes = Uint8Array.from(Buffer.from(frame, 'hex'))
    const header = readHeader(new DataView(bytes.buffer), 0)
    expect(header).toMatchObject({ step: send.step, lamport: send.lamport, life: send.life, clock: send.clock })
    expect(bytes.length).toBe(headerBytes + bodyBytes)
    expect(new DataView(bytes.buffer).getUint32(0, true)).toBe(bytes.length - 4)
    expect(JSON.parse(new TextDecoder().decode(bytes.subarray(headerBytes)))).toEqual(send.body)
  }
})

test('causes stand before an event and effects behind it, and each leads back to the other', () => {
  for (let seq = 1; seq <= all.length; seq += 97) {
    const { event, causes, effects } = whole(reader.causes(seq))
    expect(event).toEqual(all[seq - 1])
    for (const cause of causes) if (cause.by !== 'step' || cause.event.kind !== 'action') expect(cause.event.seq).toBeLessThan(seq)
    for (const effect of effects) expect(effect.event.seq).toBeGreaterThan(seq)
    for (const effect of effects.filter(({ by }) => by === 'step' || by === 'message')) {
      const back = whole(reader.causes(effect.event.seq))
      expect(back.causes.some((cause) => cause.event.seq === seq || (event.kind === 'hold' && cause.event.kind === 'send'))).toBe(true)
    }
    if (event.kind !== 'step') continue
    const sent = all.filter(
      (other) => other.kind === 'send' && other.from === event.node && other.life === event.life && other.step === event.step,
    )
    expect(effects.filter(({ by }) => by === 'step').map((one) => one.event)).toEqual(sent)
  }
})

test('what was never sent, and what cannot be understood, is said in words', () => {
  expect(() => whole(reader.message(messageId(0, 1, 4_000_000_000)))).toThrow(/No message .* was sent/)
  expect(() => whole(reader.causes(all.length + 1))).toThrow(/There is no event/)
  expect(() => reader.find({ from: 1, where: 'kind:' })).toThrow(/at character 1 \(kind:\): kind: lacks a value/)
  expect(() => reader.events({ from: 1, limit: 5, direction: 'forward', where: 'node:n7' })).toThrow(/There is no node called "n7" here/)
})
