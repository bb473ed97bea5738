import { afterEach, expect, test, vi } from 'vitest'
import { hashText } from '../../../protocols/core/hash.ts'
import { messageId, type NodeId } from '../../../protocols/core/ids.ts'
import type { Json } from '../../../protocols/core/json.ts'
import type { AnyProtocol } from '../../../protocols/core/machine.ts'
import { between, draw, Purpose } from '../../../protocols/core/prng.ts'
import { kv } from '../../../protocols/services/kv.ts'
import { StepInputKind, TapKind } from '../../../protocols/wire/tap.ts'
import { seedOf } from '../../support/seeds.ts'
import { type Chat, chatter } from './chatter.ts'
import { type Bench, bench, hand, messageTypes, nodes } from './fakes.ts'

const CHAT = 0
const REQUEST = messageTypes.indexOf('ClientRequest')
const REPLY = messageTypes.indexOf('ClientReply')
const seed = seedOf('driver')

afterEach(() => {
  vi.useRealTimers()
})

/** Inputs, turns' ends, slow disks and slow taps as the dice fall. Every frame that leaves is looked at when it leaves. */
function chat(b: Bench, steps: number, dice: (sides: number) => number): void {
  const { driver, tap, disk, links, clock, endTurn } = b
  links.onLeave = (frame) => {
    const reported = tap.steps.findLast((record) => record.step === frame.step)
    if (!reported) throw new Error(`a message of step ${frame.step} left, and the step is not on the tap yet`)
    if (String(frame.body.words).startsWith('early')) return
    for (const { step, persisted } of tap.steps)
      if (step <= frame.step && persisted > 0 && !disk.durable.has(step))
        throw new Error(`a message of step ${frame.step} left, and what step ${step} persisted is not durable yet`)
  }
  driver.start([])
  for (let i = 0; i < steps; i++) {
    clock.us += dice(2000)
    switch (dice(8)) {
      case 0:
      case 1:
      case 2:
        hand(driver, { from: 1 + dice(2), type: CHAT, body: { kind: 'Chat', step: i, words: '' }, number: i + 1, lamport: dice(1000) })
        break
      case 3:
        hand(driver, { from: 3, type: REQUEST, body: { kind: 'ClientRequest', id: i, request: { kind: 'register' } }, number: i + 1 })
        break
      case 4:
      case 5:
        endTurn()
        break
      case 6:
        disk.waiting.shift()?.()
        break
      default:
        if (tap.isSlow) tap.taken()
        else tap.isSlow = dice(2) === 0
    }
  }
  for (let i = 0; i < 10; i++) {
    endTurn()
    tap.taken()
    disk.waiting.shift()?.()
  }
}

function diceOf(seed: number): (sides: number) => number {
  let throws = 0
  return (sides) => draw(seed, throws++) % sides
}

test(`no message leaves before its step is reported and everything persisted so far is durable (seed ${seed})`, () => {
  for (let round = 0; round < 40; round++) {
    const b = bench({ seed: draw(seed, round) })
    chat(b, 300, diceOf(draw(seed, round, 1)))
    const sends = b.tap.steps.reduce((count, record) => count + record.sendCount, 0)
    expect(b.links.left.length, 'everything leaves in the end').toBe(sends)
    expect(sends).toBeGreaterThan(20)
    for (const { step, persisted } of b.tap.steps) if (persisted > 0) expect(b.disk.durable.has(step), `step ${step} is durable`).toBe(true)
    for (const to of [1, 2, 3]) {
      const numbers = b.links.left.filter((frame) => frame.to === to).map((frame) => frame.number)
      expect(numbers, 'messages to one receiver leave in order').toEqual([...numbers].sort((x, y) => x - y))
    }
  }
})

test(`an early message waits for what stands before it on its link alone, and what is durable is told when it is (seed ${seed})`, () => {
  let ahead = 0
  let told = 0
  for (let round = 0; round < 40; round++) {
    let b: Bench
    const { start, step } = chatter.machine(kv)
    const listening: typeof chatter = {
      ...chatter,
      machine: () => ({
        start,
        step(state, input) {
          if (input.kind === 'durable') {
            told += 1
            expect(b.disk.durable.has(input.mark), `step ${input.mark} is durable`).toBe(true)
          }
          return step(state, input)
        },
      }),
    }
    b = bench({ seed: draw(seed, round, 2), definition: listening, options: { isHasty: true } })
    chat(b, 300, diceOf(draw(seed, round, 3)))
    const sends = b.tap.steps.reduce((count, record) => count + record.sendCount, 0)
    expect(b.links.left.length, 'everything leaves in the end').toBe(sends)
    for (const to of [1, 2, 3]) {
      const numbers = b.links.left.filter((frame) => frame.to === to).map((frame) => frame.number)
      expect(numbers, 'messages to one receiver leave in order').toEqual([...numbers].sort((x, y) => x - y))
    }
    ahead += b.links.left.filter((frame, i) => i > 0 && frame.number < (b.links.left[i - 1] as { number: number }).number).length
  }
  expect(told).toBeGreaterThan(100)
  expect(ahead, 'some leave before what was said earlier to others').toBeGreaterThan(20)
})

test('what the disk has is told once, as one mark for all that it covers; without syncs, when it is written', () => {
  const always = (sync: 'batch' | 'never') => {
    const b = bench({ sync, seed: 3, options: { isHasty: true } })
    b.driver.start([])
    for (let i = 0; i < 100; i++) {
      hand(b.driver, { from: 1, type: CHAT, body: { kind: 'Chat', step: 1, words: '' } })
      if (i % 10 === 9) b.endTurn()
      if (i % 30 === 29) b.disk.waiting.shift()?.()
    }
    for (let i = 0; i < 10; i++) {
      b.endTurn()
      b.disk.waiting.shift()?.()
    }
    const marks = b.tap.steps.filter(({ input }) => input === StepInputKind.durable).map(({ subject }) => subject)
    expect(marks).toEqual([...new Set(marks)].sort((x, y) => x - y))
    return marks
  }
  expect(always('batch').length).toBeGreaterThan(1)
  expect(always('never').length).toBeGreaterThan(always('batch').length)
})

test('steps are recorded one by one, with dice and times that can be drawn again', () => {
  const b = bench({ seed })
  chat(b, 500, diceOf(seed))
  const { steps, others } = b.tap
  expect(steps.map(({ step }) => step)).toEqual(steps.map((_, index) => index + 1))
  let next = 1
  for (const { step, sendFirst, sendCount, nowMs, atUs, timers } of steps) {
    expect(sendFirst).toBe(next)
    next += sendCount
    expect(nowMs).toBe(atUs / 1e3)
    for (const { timer, ms } of timers) {
      if (Number.isNaN(ms)) continue
      const [min, max] = step === 1 ? [5, 10] : [10, 100]
      expect(ms).toBe(Math.fround(between(draw(seed, Purpose.timer, 0, 2, step, timer), min, max)))
    }
  }
  const checkpoint = others.find(({ kind }) => kind === TapKind.checkpoint)
  const { state } = JSON.parse(checkpoint!.text) as { state: { coins: number[] } }
  expect(state.coins).toEqual([draw(seed, Purpose.coin, 0, 2, 1)])
})

test('a step is one event: a local one counts on, a receipt first takes the maximum (Lamport, V3); its messages carry its stamp', () => {
  const b = bench()
  b.driver.start([])
  hand(b.driver, { from: 1, type: CHAT, body: { kind: 'Chat', step: 1, words: '' }, lamport: 40, clock: [0, 9, 4, 2], number: 3 })
  hand(b.driver, { from: 2, type: CHAT, body: { kind: 'Chat', step: 1, words: '' }, lamport: 5, clock: [1, 7, 8, 0] })
  b.endTurn()
  expect(b.tap.steps.map(({ lamport, clock }) => [lamport, clock])).toEqual([
    [1, [1, 0, 0, 0]],
    [41, [2, 9, 4, 2]],
    [42, [3, 9, 8, 2]],
  ])
  expect(b.tap.steps[1]).toMatchObject({ input: StepInputKind.message, subject: messageId(1, 1, 3) })
  for (const frame of b.links.left) {
    const { lamport, clock, atUs } = b.tap.steps.find(({ step }) => step === frame.step)!
    expect(frame).toMatchObject({ from: 0, life: 2, lamport, clock, sentAtUs: atUs })
  }
})

test('what the node shows is recorded with the last step of a turn, and only when it changed', () => {
  const b = bench()
  b.driver.start(['old', 'older'])
  for (let i = 0; i < 7; i++) {
    hand(b.driver, { from: 1, type: CHAT, body: { kind: 'Chat', step: 1, words: '' } })
    if (i % 2 === 0) b.endTurn()
  }
  b.endTurn()
  const shown = b.tap.steps.flatMap(({ step, extras }) => {
    const { observation } = JSON.parse(extras || '{}') as { observation?: { epoch: number; facts: object } }
    return observation ? [[step, observation.epoch, observation.facts]] : []
  })
  // Turns end after steps 2, 4, 6 and 8; the epoch is a third of the step. The start is a turn's end of its own kind: its checkpoint follows.
  expect(shown).toEqual([
    [1, 0, { recovered: 2 }],
    [4, 1, { recovered: 2 }],
    [6, 2, { recovered: 2 }],
  ])
  expect(b.tap.steps[0]).toMatchObject({ input: StepInputKind.start, subject: 2 })
})

test('a checkpoint follows the start and then at least every so many steps; its hash is that of its text', () => {
  const b = bench()
  b.driver.start([])
  for (let i = 0; i < 3000; i++) {
    b.clock.us += 1000
    hand(b.driver, { from: 1, type: CHAT, body: { kind: 'Chat', step: 1, words: '' } })
    if (i % 10 === 9) {
      b.endTurn()
      while (b.disk.waiting.length > 0) b.disk.waiting.shift()?.()
    }
  }
  const checkpoints = b.tap.others.filter(({ kind }) => kind === TapKind.checkpoint)
  expect(checkpoints.length).toBeGreaterThanOrEqual(2)
  for (const { step, text } of checkpoints) {
    const { hash, state } = JSON.parse(text) as { hash: string; state: Json }
    expect((state as { step: number }).step).toBe(step)
    expect(hash).toBe(hashText(JSON.stringify(state)))
    expect(chatter.encode(chatter.decode(state))).toEqual(state)
  }
})

test.each([
  ['no JSON', { from: 1, type: CHAT, body: null, text: '{"kind":"Chat"' }, 'is not JSON'],
  ['a field of the wrong type', { from: 1, type: CHAT, body: { kind: 'Chat', step: 'x', words: '' } }, 'step'],
  ['another kind than the header says', { from: 1, type: REQUEST, body: { kind: 'Chat', step: 1, words: '' } }, 'its body is a Chat'],
  ['a request without an id', { from: 3, type: REQUEST, body: { kind: 'ClientRequest', request: { kind: 'register' } } }, 'with an id'],
  ['a request of no kind', { from: 3, type: REQUEST, body: { kind: 'ClientRequest', id: 1, request: { kind: 'x' } } }, 'kind "x"'],
  [
    'an operation that the service does not know',
    { from: 3, type: REQUEST, body: { kind: 'ClientRequest', id: 1, request: { kind: 'query', op: { op: 'fly' } } } },
    'does not fit the service kv',
  ],
  [
    'a command out of its session',
    {
      from: 3,
      type: REQUEST,
      body: { kind: 'ClientRequest', id: 1, request: { kind: 'command', session: 1, seq: 1, firstUnacked: 2, op: {} } },
    },
    'cannot have seq 1',
  ],
  ['a reply where requests belong', { from: 3, type: REPLY, body: { kind: 'ClientReply', id: 1, outcome: {} } }, 'nothing but requests'],
])('%s is rejected and dropped, and the node goes on', (_, sent, why) => {
  const b = bench()
  b.driver.start([])
  hand(b.driver, sent)
  hand(b.driver, { from: 1, type: CHAT, body: { kind: 'Chat', step: 1, words: '' } })
  b.endTurn()
  const reject = b.tap.others.find(({ kind }) => kind === TapKind.reject)
  const { where, why: said } = JSON.parse(reject!.text) as { where: string; why: string }
  expect(where).toContain('n1')
  expect(said).toContain(why)
  expect(said).toContain('dropped')
  expect(b.tap.steps.map(({ input }) => input)).toEqual([StepInputKind.start, StepInputKind.message])
})

test('a protocol that throws: what was stepped before is reported, none of it leaves, and why is recorded', () => {
  const b = bench()
  b.driver.start([])
  b.endTurn()
  b.links.left.length = 0
  for (let i = 0; i < 20; i++) hand(b.driver, { from: 1, type: CHAT, body: { kind: 'Chat', step: 1, words: '' } })
  expect(() => hand(b.driver, { from: 1, type: CHAT, body: { kind: 'Chat', step: 1, words: 'throw' }, lamport: 1000 })).toThrow('a bug')
  b.driver.lastWords('a bug of the protocol')
  expect(b.tap.steps).toHaveLength(21)
  expect(b.tap.steps.at(-1)).toMatchObject({ step: 21, lamport: 21 })
  expect(b.tap.others.at(-1)).toMatchObject({ kind: TapKind.reject })
  expect(b.links.left).toEqual([])
})

test('timers fire at their drawn time, the latest setting holds, and a cancelled one never fires', () => {
  vi.useFakeTimers()
  const b = bench()
  const advance = (ms: number) => {
    for (let i = 0; i < ms; i++) {
      b.clock.us += 1000
      vi.advanceTimersByTime(1)
      b.endTurn()
      while (b.disk.waiting.length > 0) b.disk.waiting.shift()?.()
    }
  }
  b.driver.start([])
  b.endTurn()
  const due = b.tap.steps[0]!.timers[0]!.ms
  advance(Math.ceil(due) - 1)
  expect(b.tap.steps).toHaveLength(1)
  advance(2)
  expect(b.tap.steps.length).toBeGreaterThanOrEqual(2)
  expect(b.tap.steps[1]).toMatchObject({ input: StepInputKind.timer, subject: 0 })
  for (let i = 0; i < 200; i++) {
    hand(b.driver, { from: 1, type: CHAT, body: { kind: 'Chat', step: 1, words: '' } })
    advance(20)
  }
  expect(b.tap.steps.filter(({ input }) => input === StepInputKind.timer).length).toBeGreaterThan(10)
  for (const [index, { lamport, clock }] of b.tap.steps.entries()) expect([lamport, clock[0]]).toEqual([index + 1, index + 1])
  const settings = new Map<number, number>()
  for (const { nowMs, input, subject, timers } of b.tap.steps) {
    if (input === StepInputKind.timer) {
      const deadline = settings.get(subject)
      expect(deadline, 'only a timer that is set fires').toBeDefined()
      expect(nowMs).toBeGreaterThanOrEqual(deadline!)
      expect(nowMs).toBeLessThanOrEqual(deadline! + 2)
      settings.delete(subject)
    }
    for (const { timer, ms } of timers) {
      if (Number.isNaN(ms)) settings.delete(timer)
      else settings.set(timer, nowMs + ms)
    }
  }
})

/** Counts what it hears, and says so to n2 when the timer that each message sets runs out. */
const counter: AnyProtocol = {
  ...chatter,
  machine: () => ({
    start: () => ({ state: { step: 0, heard: 0 }, effects: [] }),
    step: (before, input) => {
      const { heard } = before as { heard: number }
      const again = { kind: 'setTimer', name: 'short', msMin: 0, msMax: 0 } as const
      if (input.kind === 'timer') {
        const message = { kind: 'Chat', step: heard, words: '' }
        return {
          state: { step: 0, heard: 0 },
          effects: [{ kind: 'send', to: nodes[1] as NodeId, message }, ...(heard === 9 ? [again] : [])],
        }
      }
      const words = input.kind === 'message' ? (input.message as unknown as Chat).words : ''
      const effects = words === 'cancel' ? [{ kind: 'cancelTimer', name: 'short' } as const] : [again]
      return { state: { step: 0, heard: words === 'nine' ? 9 : heard + 1 }, effects }
    },
  }),
  observe: () => ({ role: 'other', epoch: 0, facts: {} }),
  encode: (state) => state as Json,
} as AnyProtocol

test('a timer for no time at all runs out when all that arrived together is stepped, and what it says leaves with them', () => {
  vi.useFakeTimers()
  const b = bench({ definition: counter })
  const tell = (...all: string[]) => {
    for (const words of all) hand(b.driver, { from: 1, type: CHAT, body: { kind: 'Chat', step: 1, words } })
  }
  const said = () => b.links.left.map(({ body }) => body.step)
  b.driver.start([])
  b.endTurn()
  tell('', '', '')
  expect(said()).toEqual([])
  b.endTurn()
  expect(said()).toEqual([3])
  expect(b.tap.steps.map(({ input }) => input).slice(-2)).toEqual([StepInputKind.message, StepInputKind.timer])
  expect(b.isTurnOpen()).toBe(false)

  tell('', 'cancel')
  b.endTurn()
  expect(said(), 'it was cancelled').toEqual([3])

  tell('nine')
  b.endTurn()
  expect(said()).toEqual([3, 9])
  expect(b.isTurnOpen(), 'set again by its own step: for the next turn').toBe(true)
  b.endTurn()
  expect(said()).toEqual([3, 9, 0])
  expect(b.isTurnOpen()).toBe(false)

  b.driver.timers.hold()
  tell('', '')
  b.endTurn()
  expect(said(), 'time stands still').toHaveLength(3)
  b.driver.timers.release()
  vi.advanceTimersByTime(2)
  b.endTurn()
  expect(said()).toEqual([3, 9, 0, 2])
})

test('what it is told from outside stands in its record, before what it noted and what it shows', () => {
  const b = bench({ seed: 3 })
  b.driver.start([])
  b.endTurn()
  b.driver.onControl({ name: 'shout', words: 'hear, hear' })
  b.endTurn()
  const told = b.tap.steps.at(-1)
  expect(told?.input).toBe(StepInputKind.control)
  expect(Object.keys(JSON.parse(told?.extras ?? '{}'))[0]).toBe('control')
  expect(JSON.parse(told?.extras ?? '{}')).toMatchObject({ control: { name: 'shout', words: 'hear, hear' } })
  expect(b.links.left.filter((frame) => frame.body.words === 'hear, hear').map((frame) => frame.to)).toEqual([1, 2])
})

test('what it is told while its process is up and its first step is still to come is the second step', () => {
  const b = bench({ seed: 3 })
  b.driver.onControl({ name: 'shout', words: 'too early' })
  b.endTurn()
  expect(b.tap.steps).toEqual([])
  b.driver.start([])
  b.endTurn()
  expect(b.tap.steps.map(({ input }) => input)).toEqual([StepInputKind.start, StepInputKind.control])
  expect(b.links.left.filter((frame) => frame.body.words === 'too early')).toHaveLength(2)
})
