/** A listener that falls behind gets the newest of everything when it is ready again, and nothing piles up meanwhile. */
import { expect, test } from 'vitest'
import type { Change } from '../../../main/contract/stream.ts'
import { ChangeQueue } from '../../../main/labChanges.ts'
import type { RunEvent } from '../../../protocols/core/event.ts'
import { runId } from '../../../protocols/core/ids.ts'
import type { MomentData } from '../../../protocols/core/moment.ts'

const run = runId('r1')
const event = (seq: number): RunEvent => ({ seq, atUs: seq, kind: 'deliver', message: seq as never, copy: 0 })
const moment = (seq: number): MomentData => ({
  seq,
  atUs: seq,
  nodes: [],
  inFlight: [],
  faults: [],
  timeScale: 1,
  load: null,
  ended: false,
})
const mark = (seq: number) => ({ seq, atUs: seq, kind: 'leader' as const, text: 'n1 leads' })

function grew(from: number, to: number, withMoment = false): Change {
  const events = withMoment ? [] : Array.from({ length: to - from + 1 }, (_, index) => event(from + index))
  return {
    kind: 'grew',
    run,
    lastSeq: to,
    lengthUs: to,
    events,
    ...(withMoment ? { moment: moment(to) } : {}),
    rates: {},
    marks: [mark(to)],
  }
}

function grewOf(change: Change | undefined) {
  if (change?.kind !== 'grew') throw new Error('a growth is expected')
  return change
}

function slowListener() {
  const told: Change[] = []
  let ready = false
  let onTold = () => {}
  const queue = new ChangeQueue(
    {
      change: (change) => {
        told.push(change)
        onTold()
      },
      ready: () => ready,
    },
    async (_, seq) => moment(seq),
  )
  return {
    queue,
    told,
    /** Lets the listener catch up; resolves when `count` changes were told. */
    async catchUp(count: number) {
      ready = true
      while (told.length < count) {
        await new Promise<void>((resolve) => {
          onTold = resolve
        })
      }
    },
  }
}

test('who keeps up gets everything as it comes', () => {
  const told: Change[] = []
  const queue = new ChangeQueue({ change: (change) => void told.push(change) }, async (_, seq) => moment(seq))
  const changes = [grew(1, 2), grew(3, 3), { kind: 'runs', runs: [] } satisfies Change]
  for (const change of changes) queue.push(change)
  expect(told).toEqual(changes)
})

test('few events that were missed are all told, once and in order', async () => {
  const { queue, told, catchUp } = slowListener()
  queue.push(grew(1, 3))
  queue.push(grew(4, 5))
  expect(told).toEqual([])
  await catchUp(1)
  expect(told).toEqual([{ ...grew(1, 5), lengthUs: 5, marks: [mark(3), mark(5)] }])
})

test('a moment stands for what came before it', async () => {
  const { queue, told, catchUp } = slowListener()
  queue.push(grew(1, 3))
  queue.push(grew(4, 900, true))
  queue.push(grew(901, 902))
  await catchUp(2)
  expect(told[0]).toMatchObject({ kind: 'grew', lastSeq: 900, events: [], moment: { seq: 900 }, marks: [mark(3), mark(900), mark(902)] })
  expect(told[1]).toMatchObject({ kind: 'grew', lastSeq: 902, marks: [] })
  expect(grewOf(told[1]).events.map((one) => one.seq)).toEqual([901, 902])
})

test('too many events become one moment', async () => {
  const { queue, told, catchUp } = slowListener()
  for (let seq = 1; seq <= 3000; seq += 100) queue.push(grew(seq, seq + 99))
  await catchUp(1)
  expect(told).toHaveLength(1)
  expect(told[0]).toMatchObject({ lastSeq: 3000, events: [], moment: { seq: 3000 } })
  expect(grewOf(told[0]).marks).toHaveLength(30)
})

test('of lists and verdicts only the newest is told', async () => {
  const { queue, told, catchUp } = slowListener()
  const verdict = (judgedSeq: number): Change => ({
    kind: 'verdict',
    run,
    verdict: { is: 'pass', judgedSeq, lastSeq: 9, invariants: [], violations: [] },
  })
  for (const seq of [1, 2, 3]) queue.push(verdict(seq))
  queue.push({ kind: 'runs', runs: [] })
  queue.push({ kind: 'runs', runs: [] })
  queue.push({ kind: 'trouble', failure: { code: 'disk', message: 'full' } })
  await catchUp(3)
  expect(told.map((change) => change.kind)).toEqual(['verdict', 'runs', 'trouble'])
  expect(told[0]).toEqual(verdict(3))
})

test('what waits for a run that is no longer watched is forgotten', async () => {
  const { queue, told, catchUp } = slowListener()
  queue.push(grew(1, 3))
  queue.forget(run)
  queue.push({ kind: 'runs', runs: [] })
  await catchUp(1)
  expect(told).toEqual([{ kind: 'runs', runs: [] }])
})
