import { expect, test } from 'vitest'
import { DeliveredMessages } from '../../../main/recorder/delivered.ts'
import { Sequencer } from '../../../main/recorder/sequencer.ts'
import { type MessageId, messageId, messageIdParts } from '../../../protocols/core/ids.ts'
import { ByteWriter } from '../../../protocols/wire/bytes.ts'
import { feedClosed, feedDeliver, feedPass, feedTap } from '../../../protocols/wire/feed.ts'
import { frameMessageId, writeFrame } from '../../../protocols/wire/frame.ts'
import type { Log } from '../../../protocols/wire/log.ts'
import { StepInputKind, TapKind, writeStepRecord } from '../../../protocols/wire/tap.ts'
import { seedOf } from '../../support/seeds.ts'
import { dice, merge, toyRun } from './toyRun.ts'

const nameOf = (message: number): string => {
  const { sender, life, number } = messageIdParts(message as MessageId)
  return `${sender}.${life}.${number}`
}

class Said implements Log {
  readonly log: string[] = []
  forced = 0
  tap(endpoint: number, life: number, _bytes: Uint8Array, view: DataView, at: number): void {
    if (view.getUint8(at + 4) === TapKind.step) this.log.push(`step ${endpoint}.${life}.${view.getUint32(at + 8, true)}`)
  }
  frame(_bytes: Uint8Array, view: DataView, at: number): void {
    this.log.push(`send ${nameOf(frameMessageId(view, at))}`)
  }
  deliver(_atUs: number, message: number, copy: number): void {
    this.log.push(`deliver ${nameOf(message)} ${copy}`)
  }
  drop(_atUs: number, message: number): void {
    this.log.push(`drop ${nameOf(message)}`)
  }
  hold(_atUs: number, message: number): void {
    this.log.push(`hold ${nameOf(message)}`)
  }
  event(): void {}
  outOfOrder(count: number): void {
    this.forced += count
  }
}

test('whatever the order in which the sockets were read, causes stand before what follows and nothing is lost', () => {
  const base = seedOf('sequencer')
  console.log(`seed ${base}`)
  let waited = 0
  for (let i = 0; i < 150; i++) {
    const seed = base + i
    const run = toyRun(seed, 120)
    const { says, batches } = merge(run, seed * 7 + 1)
    const said = new Said()
    const sequencer = new Sequencer(said)
    for (const batch of batches) sequencer.take(batch)
    if (sequencer.waitingBytes > 0 || said.log.some((one, at) => one !== says[at])) waited++
    sequencer.finish()
    expect(said.forced, `seed ${seed}: entries forced`).toBe(0)
    expect(sequencer.waitingBytes, `seed ${seed}`).toBe(0)
    expect([...said.log].sort(), `seed ${seed}`).toEqual([...run.all].sort())
    const place = new Map(said.log.map((one, at) => [one, at]))
    for (const [before, after] of run.causes) {
      if ((place.get(before) as number) > (place.get(after) as number)) expect.fail(`seed ${seed}: "${before}" stands behind "${after}"`)
    }
    // A tap's records and a link's messages keep their order.
    for (const { entries } of run.streams) {
      const places = entries.filter((entry) => entry.says).map((entry) => place.get(entry.says) as number)
      expect(places, `seed ${seed}`).toEqual([...places].sort((a, b) => a - b))
    }
  }
  expect(waited, 'runs in which something had to wait').toBeGreaterThan(100)
})

const step =
  (endpoint: number, number: number, message?: number, life = 1) =>
  (out: ByteWriter) => {
    const record = new ByteWriter()
    const input = message === undefined ? { input: StepInputKind.timer, subject: 0 } : { input: StepInputKind.message, subject: message }
    const effects = { sendFirst: 1, sendCount: 0, persisted: 0, timers: [], extras: '' }
    writeStepRecord(record, { step: number, atUs: 1, nowMs: 1, lamport: 1, clock: [], ...input, ...effects })
    feedTap(out, endpoint, life, record.take())
  }
const pass = (from: number, number: number, ofStep: number) => (out: ByteWriter) => {
  const frame = new ByteWriter()
  writeFrame(frame, { kind: 1, from, to: 1, type: 0, number, step: ofStep, lamport: 1, sentAtUs: 1, life: 1, clock: [] }, '{}')
  feedPass(out, 1, 2, frame.take())
}
function feed(...entries: ((out: ByteWriter) => void)[]): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter()
  for (const write of entries) write(out)
  return out.take()
}

test('a send waits for its step, the step that it starts waits with it, and a closed tap lets both go', () => {
  const said = new Said()
  const sequencer = new Sequencer(said)
  sequencer.take(feed(pass(0, 1, 1), step(1, 1, messageId(0, 1, 1)), pass(1, 1, 1)))
  expect(said.log).toEqual([])
  sequencer.take(feed(step(0, 1)))
  expect(said.log).toEqual(['step 0.1.1', 'send 0.1.1', 'step 1.1.1', 'send 1.1.1'])
  sequencer.take(feed(pass(0, 2, 2), pass(0, 3, 3), step(1, 2, messageId(0, 1, 3))))
  expect(said.log).toHaveLength(4)
  sequencer.take(feed((out) => feedClosed(out, 0, 1)))
  expect(said.log.slice(4)).toEqual(['send 0.1.2', 'send 0.1.3', 'step 1.1.2'])
  expect(said.forced).toBe(0)
})

test('a tap that closes with records that wait lets messages go only after them', () => {
  const said = new Said()
  const sequencer = new Sequencer(said)
  sequencer.take(feed(step(1, 1, messageId(0, 1, 9)), pass(1, 1, 1), pass(1, 2, 2), (out) => feedClosed(out, 1, 1)))
  expect(said.log).toEqual([])
  sequencer.take(feed((out) => feedDeliver(out, 1, messageId(0, 1, 9), 0)))
  expect(said.log).toEqual(['deliver 0.1.9 0', 'step 1.1.1', 'send 1.1.1', 'send 1.1.2'])
})

test('later lives of an endpoint are woken each once, be they as many as they may', () => {
  const said = new Said()
  const sequencer = new Sequencer(said)
  const lives = Array.from({ length: 60 }, (_, index) => index + 2)
  for (const life of lives) sequencer.take(feed((out) => feedDeliver(out, 1, messageId(1, life, 1), 0)))
  sequencer.take(feed(step(1, 1, messageId(0, 1, 9)), step(1, 2, undefined, 61)))
  expect(said.log).toHaveLength(lives.length)
  sequencer.take(feed((out) => feedDeliver(out, 1, messageId(0, 1, 9), 0)))
  expect(said.log.slice(lives.length)).toEqual(['deliver 0.1.9 0', 'step 1.1.1', 'step 1.61.2'])
})

test('what waits is bounded: beyond it everything is recorded as it came, and said to be out of order', () => {
  const said = new Said()
  const sequencer = new Sequencer(said, { waitingBytesMax: 1000 })
  for (let i = 1; i <= 100; i++) {
    sequencer.take(feed(pass(0, i, i)))
    expect(sequencer.waitingBytes).toBeLessThanOrEqual(1000)
  }
  sequencer.finish()
  expect(said.log).toEqual(Array.from({ length: 100 }, (_, i) => `send 0.1.${i + 1}`))
  expect(said.forced).toBe(100)
})

test('what never comes is not waited for at the end', () => {
  const said = new Said()
  const sequencer = new Sequencer(said)
  sequencer.take(feed(step(1, 1, messageId(0, 1, 9)), pass(1, 1, 1), pass(0, 1, 4)))
  sequencer.finish()
  expect(said.log).toEqual(['step 1.1.1', 'send 1.1.1', 'send 0.1.1'])
  expect(said.forced).toBeGreaterThan(0)
})

test('delivered messages are told apart exactly within the last half million numbers', () => {
  const roll = dice(7)
  const delivered = new DeliveredMessages()
  const known = new Set<number>()
  let top = 0
  for (let i = 0; i < 200_000; i++) {
    top += roll(40)
    const number = Math.max(0, top - roll(1000))
    delivered.add(number)
    known.add(number)
    const asked = Math.max(0, top - roll(400_000))
    if (delivered.has(asked) !== known.has(asked)) expect.fail(`message ${asked} at ${top}`)
  }
  expect(delivered.has(top + 1)).toBe(false)
  expect(delivered.has(top + 5_000_000)).toBe(false)
  delivered.add(2 ** 32 - 1)
  expect(delivered.has(2 ** 32 - 1)).toBe(true)
  expect(delivered.has(2 ** 32 - 2)).toBe(false)
})
