import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { MessageChannel } from 'node:worker_threads'
import { afterAll, expect, test } from 'vitest'
import type { LabFailure } from '../../../main/contract/errors.ts'
import type { RecorderReport, RunHeader } from '../../../main/recorder/header.ts'
import { RunReader } from '../../../main/recorder/reader.ts'
import { Recorder } from '../../../main/recorder/recorder.ts'
import { RunStore } from '../../../main/recorder/store.ts'
import { startRecorder } from '../../../main/recorder/thread.ts'
import { runConfigSchema } from '../../../protocols/core/config.ts'
import type { RunEvent } from '../../../protocols/core/event.ts'
import { nodeIds, runId } from '../../../protocols/core/ids.ts'
import { advance, encodeMoment, firstMoment } from '../../../protocols/core/moment.ts'
import type { FeedAck, FeedBatch } from '../../../protocols/wire/feed.ts'
import { seedOf } from '../../support/seeds.ts'
import { dice, merge, toyRun } from './toyRun.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'synod-recorder-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let files = 0
const freshFile = () => path.join(folder, `run-${++files}.synod`)

const header: RunHeader = {
  ...{
    run: runId('toy'),
    name: 'A toy',
    config: runConfigSchema.parse({ nodes: 4 }),
    protocolVersion: 1,
    nodes: nodeIds(4),
    messageTypes: ['Ask'],
  },
  ...{ timers: ['tick'], createdAt: '2026-01-02T03:04:05.000Z', epochUs: 5, appVersion: '0.0.0' },
}

/** Records a made-up run in this thread. */
function recorded(seed: number, steps: number): { file: string; events: RunEvent[]; expected: number; reports: RecorderReport[] } {
  const file = freshFile()
  const run = toyRun(seed, steps)
  const store = new RunStore(file, header)
  const recorder = new Recorder(store, header)
  const reports: RecorderReport[] = []
  const roll = dice(seed + 5)
  let nowMs = 0
  for (const batch of merge(run, seed + 1).batches) {
    recorder.take(batch)
    if (roll(3)) continue
    recorder.commit()
    nowMs += 33
    const report = recorder.report(nowMs)
    if (report) reports.push(report)
  }
  recorder.finish()
  const report = recorder.report(nowMs + 33)
  if (report) reports.push(report)
  store.close('ended')
  const reader = new RunReader(file)
  const events: RunEvent[] = []
  for (let from: number | undefined = 1; from !== undefined; ) {
    const page = reader.events({ from, limit: 500, direction: 'forward' })
    events.push(...page.events)
    from = page.next
  }
  reader.close()
  return { file, events, expected: run.events, reports }
}

const seed = seedOf('recorder')
const whole = recorded(seed, 6000)

test('every event of the feed is in the file, numbered from 1 without gaps', () => {
  console.log(`seed ${seed}: ${whole.events.length} events`)
  expect(whole.events.length).toBe(whole.expected)
  expect(whole.events.map((event) => event.seq)).toEqual(whole.events.map((_, i) => i + 1))
  const ids = new Set(whole.events.filter((event) => event.kind === 'send').map((event) => event.message))
  for (const event of whole.events) if (event.kind === 'deliver') expect(ids.has(event.message)).toBe(true)
})

test('a moment read at any event is the fold of all events before it', () => {
  const reader = new RunReader(whole.file)
  const roll = dice(seed)
  const wanted = new Set([0, 1, 2, whole.events.length, ...Array.from({ length: 60 }, () => roll(whole.events.length))])
  const moment = firstMoment(header.nodes, header.config.timeScale)
  if (wanted.has(0)) expect(reader.moment(0)).toEqual(encodeMoment(moment))
  for (const event of whole.events) {
    advance(moment, event)
    if (wanted.has(event.seq)) expect(reader.moment(event.seq), `event ${event.seq}`).toEqual(encodeMoment(moment))
  }
  expect(reader.moment(whole.events.length + 1000)).toEqual(encodeMoment(moment))
  reader.close()
})

test('a time leads to the last event at or before it', () => {
  const reader = new RunReader(whole.file)
  const reached: number[] = []
  let latest = 0
  for (const event of whole.events) {
    latest = Math.max(latest, event.atUs)
    reached.push(latest)
  }
  const roll = dice(seed)
  for (let i = 0; i < 200; i++) {
    const atUs = i === 0 ? 0 : i === 1 ? latest + 5 : roll(latest)
    const brute = reached.findLastIndex((at) => at <= atUs) + 1
    expect(reader.seek(atUs)).toBe(brute)
  }
  reader.close()
})

test('pages forwards and backwards, filtered or not, hold what a plain filter over all events holds', () => {
  const reader = new RunReader(whole.file)
  const sends = new Map(whole.events.flatMap((event) => (event.kind === 'send' ? [[event.message, event]] : [])))
  const touches = (event: RunEvent, node: string): boolean => {
    const send = 'message' in event ? sends.get(event.message) : undefined
    if (send) return send.from === node || send.to === node
    if (event.kind === 'action') return event.action.do === 'arm' && ['n1', 'n2'].includes(node)
    return ('node' in event && event.node === node) || (event.kind === 'invoke' && node === 'clients')
  }
  const filters = [
    { where: '', lets: () => true },
    { where: 'node:n2', lets: (event: RunEvent) => touches(event, 'n2') },
    { where: 'kind:node,hold', lets: (event: RunEvent) => event.kind === 'node' || event.kind === 'hold' },
    { where: 'type:Ask', lets: (event: RunEvent) => ['send', 'deliver', 'drop', 'hold'].includes(event.kind) },
    { where: 'BECOMEleader', lets: (event: RunEvent) => JSON.stringify(event).includes('becomeLeader') },
    { where: '"Becomes leader"', lets: (event: RunEvent) => JSON.stringify(event).includes('becomeLeader') },
    {
      where: 'node:clients (kind:invoke or kind:step)',
      lets: (event: RunEvent) => (event.kind === 'invoke' || event.kind === 'step') && touches(event, 'clients'),
    },
    { where: 'seq:100..300 not kind:send', lets: (event: RunEvent) => event.seq >= 100 && event.seq <= 300 && event.kind !== 'send' },
    {
      where: 'at>10ms to:n1',
      lets: (event: RunEvent) => event.atUs > 10_000 && 'message' in event && sends.get(event.message)?.to === 'n1',
    },
  ]
  for (const { where, lets } of filters) {
    const plain = whole.events.filter(lets)
    for (const direction of ['forward', 'backward'] as const) {
      const found: RunEvent[] = []
      let scanned = 0
      for (let from: number | undefined = direction === 'forward' ? 0 : whole.events.length; from !== undefined; ) {
        const page = reader.events({ from, limit: 137, direction, where })
        found.push(...page.events)
        scanned += page.scanned
        from = page.next
      }
      expect(found, `${direction} ${where}`).toEqual(direction === 'forward' ? plain : plain.toReversed())
      if (!where.includes('seq') && !where.includes('at>')) expect(scanned).toBeGreaterThanOrEqual(whole.events.length - 1)
    }
    const seqs: number[] = []
    for (let from: number | undefined = 1; from !== undefined; ) {
      const found: ReturnType<typeof reader.find> = reader.find({ from, where })
      expect(found.timesUs).toEqual(found.seqs.map((seq) => whole.events[seq - 1]?.atUs))
      seqs.push(...found.seqs)
      from = found.next
    }
    expect(seqs, where).toEqual(plain.map(({ seq }) => seq))
  }
  reader.close()
})

test('reports tell of every event, one by one or by the moment that stands for them', () => {
  let seq = 0
  for (const report of whole.reports) {
    if (report.moment) {
      expect(report.events).toEqual([])
      expect(report.moment.seq).toBe(report.lastSeq)
      expect(report.moment.inFlight.length).toBeLessThanOrEqual(200)
      expect(report.lastSeq - seq).toBeGreaterThan(200)
    } else expect(report.events).toEqual(whole.events.slice(seq, report.lastSeq))
    seq = report.lastSeq
  }
  expect(seq).toBe(whole.events.length)
  expect(whole.reports.some((report) => report.moment)).toBe(true)
  expect(whole.reports.some((report) => !report.moment)).toBe(true)
})

test('marks stand at the events that they speak of', () => {
  const reader = new RunReader(whole.file)
  const marks = reader.marks()
  const at = (seq: number) => whole.events[seq - 1] as RunEvent
  const downs = whole.events.filter((event) => event.kind === 'node' && event.change.is === 'down')
  expect(marks.filter((mark) => mark.kind === 'crash').map((mark) => mark.seq)).toEqual(downs.map((event) => event.seq))
  const leads = new Map<string, number>()
  const offices: [kind: 'leader' | 'stepDown', seq: number, epoch: number][] = []
  for (const event of whole.events) {
    if (event.kind === 'node' && event.change.is === 'down') leads.delete(event.node)
    if (event.kind !== 'step' || !event.observation) continue
    const known = leads.get(event.node)
    const { role, epoch } = event.observation
    if (role === 'leader' && known !== epoch) offices.push(['leader', event.seq, epoch])
    if (role !== 'leader' && known !== undefined) offices.push(['stepDown', event.seq, known])
    if (role === 'leader') leads.set(event.node, epoch)
    else leads.delete(event.node)
  }
  expect(offices.filter(([kind]) => kind === 'leader').length).toBeGreaterThan(10)
  expect(offices.filter(([kind]) => kind === 'stepDown').length).toBeGreaterThan(3)
  const spoken = marks.filter(({ kind }) => kind === 'leader' || kind === 'stepDown')
  expect(spoken.map(({ kind, seq, epoch }) => [kind, seq, epoch])).toEqual(offices)
  for (const mark of marks) expect(mark.atUs).toBe(at(mark.seq).atUs)
  expect(reader.overview(runId('toy'), false).density.events.reduce((a, b) => a + b)).toBe(whole.events.length)
  reader.close()
})

test('messages, checkpoints and steps are found wherever they are', () => {
  const reader = new RunReader(whole.file)
  const roll = dice(seed)
  const sends = whole.events.filter((event) => event.kind === 'send')
  for (let i = 0; i < 50; i++) {
    const send = sends[roll(sends.length)] as (typeof sends)[number]
    expect(reader.sendOf(send.message)).toEqual(send)
  }
  const checkpoints = whole.events.filter((event) => event.kind === 'checkpoint')
  for (const one of checkpoints)
    expect(reader.checkpoint(Number(one.node.slice(1)) - 1, one.life, one.step, whole.events.length)).toEqual(one)
  const some = whole.events.filter(
    (event) => event.kind === 'step' && event.node === 'n1' && event.life === 1 && event.step >= 3 && event.step <= 40,
  )
  expect([...reader.steps(0, 1, 3, 40, whole.events.length)]).toEqual(some)
  reader.close()
})

test('the thread takes batches, acknowledges every byte, and leaves one whole file', async () => {
  const file = freshFile()
  const run = toyRun(11, 2000)
  let reported = 0
  const { port1, port2 } = new MessageChannel()
  const recorder = await startRecorder({
    feed: port1,
    file,
    header,
    onReport: (report) => (reported = report.lastSeq),
    onFailure: (failure) => expect.fail(failure.message),
  })
  let bytes = 0
  let acked = 0
  port2.on('message', ({ ackedBytes }: FeedAck) => (acked += ackedBytes))
  for (const feed of merge(run, 12).batches) {
    bytes += feed.length
    port2.postMessage({ feed } satisfies FeedBatch, [feed.buffer])
  }
  const { lastSeq } = await recorder.flush()
  expect(lastSeq).toBe(run.events)
  const live = new RunReader(file)
  expect(live.lastSeq).toBe(run.events)
  expect(live.summary(runId('toy'), true).status).toBe('live')
  expect(live.summary(runId('toy'), false).status).toBe('interrupted')
  recorder.findings([{ invariant: 'Election Safety', seq: 7, node: header.nodes[0] as never, text: 'two leaders', source: '§5.2' }])
  recorder.rename('Another name')
  recorder.verdict('fail')
  const closed = await recorder.close()
  expect(closed.lastSeq).toBe(run.events)
  expect(reported).toBe(run.events)
  await expect.poll(() => acked).toBe(bytes) // it comes by another way than the end of the thread
  live.close()
  const reader = new RunReader(file)
  expect(reader.summary(runId('toy'), false)).toMatchObject({
    status: 'ended',
    name: 'Another name',
    violations: 1,
    verdict: 'fail',
    events: run.events,
  })
  expect(reader.marks().find((mark) => mark.kind === 'violation')).toMatchObject({
    seq: 7,
    node: 'n1',
    text: 'Election Safety: two leaders',
  })
  reader.close()
})

test('a full disk is said once and clearly; what was recorded before it stays', async () => {
  const file = freshFile()
  const failures: string[] = []
  const { port1, port2 } = new MessageChannel()
  const recorder = await startRecorder({
    feed: port1,
    file,
    header,
    sizeBytesMax: 400 * 1024,
    onFailure: (failure) => failures.push(`${failure.code}: ${failure.message}`),
  })
  let acked = 0
  let bytes = 0
  port2.on('message', ({ ackedBytes }: FeedAck) => (acked += ackedBytes))
  let stored = 0
  for (let i = 0; i < 40; i++) {
    for (const feed of merge(toyRun(i + 1, 500), i + 1).batches) {
      bytes += feed.length
      port2.postMessage({ feed } satisfies FeedBatch, [feed.buffer])
    }
    try {
      stored = (await recorder.flush()).lastSeq
    } catch (error) {
      expect(error).toMatchObject({ code: 'disk' })
    }
  }
  await recorder.close()
  await expect.poll(() => acked).toBe(bytes) // nobody is kept waiting
  expect(failures).toHaveLength(1)
  expect(failures[0]).toMatch(/^disk: .*full/)
  const reader = new RunReader(file)
  expect(stored).toBeGreaterThan(500)
  expect(reader.lastSeq).toBeGreaterThanOrEqual(stored)
  expect(reader.summary(runId('toy'), false).status).toBe('interrupted')
  expect(reader.events({ from: stored, limit: 1, direction: 'forward' }).events).toHaveLength(1)
  reader.close()
})

test('a file that cannot be created is refused with its reason, and that is all that is heard of it', async () => {
  const failures: LabFailure[] = []
  const heard = { onFailure: (failure: LabFailure) => void failures.push(failure) }
  await expect(
    startRecorder({ file: path.join(folder, 'nowhere', 'x.synod'), header, feed: new MessageChannel().port1, ...heard }),
  ).rejects.toMatchObject({
    code: 'disk',
    hint: expect.stringContaining('folder'),
  })
  await expect(startRecorder({ file: whole.file, header, feed: new MessageChannel().port1 })).rejects.toMatchObject({
    code: 'disk',
    message: expect.stringContaining('exists'),
  })
  expect(failures).toEqual([])
})
