/**
 * How fast runs are recorded and read back. The recorder's thread is fed as the proxy feeds it, beside a bare loop that
 * inserts as many rows of the same contents, one a message, with the same durability, in the same run.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { MessageChannel } from 'node:worker_threads'
import Database from 'better-sqlite3'
import { RunReader } from '../../main/recorder/reader.ts'
import { startRecorder } from '../../main/recorder/thread.ts'
import { runConfigSchema } from '../../protocols/core/config.ts'
import { nodeIds, runId } from '../../protocols/core/ids.ts'
import { FEED_UNACKED_BYTES_MAX, type FeedAck, type FeedBatch } from '../../protocols/wire/feed.ts'
import { median, percentile, remark, report } from './figures.ts'
import { Traffic } from './load/traffic.ts'

const NODES = 5
const BODY_BYTES = 150
const SECONDS = 6
const ROUNDS = 3

const folder = mkdtempSync(path.join(os.tmpdir(), 'synod-bench-recorder-'))
const header = {
  run: runId('bench'),
  name: 'Bench',
  config: runConfigSchema.parse({ nodes: NODES }),
  protocolVersion: 1,
  nodes: nodeIds(NODES),
  messageTypes: ['Ask'],
  timers: ['tick'],
  createdAt: new Date().toISOString(),
  epochUs: 0,
  appVersion: '0.0.0',
}

interface Recorded {
  readonly file: string
  readonly messages: number
  readonly perSecond: number
  readonly lost: number
  readonly backlogBytes: number
  readonly rssBytes: readonly number[]
}

/** Feeds the recorder for `seconds`, as fast as it acknowledges, and waits until everything is in the file. */
async function record(round: number, seconds: number): Promise<Recorded> {
  const file = path.join(folder, `run-${round}.synod`)
  const { port1, port2 } = new MessageChannel()
  const recorder = await startRecorder({
    feed: port1,
    file,
    header,
    onFailure: (failure) => {
      throw new Error(failure.message)
    },
  })
  const traffic = new Traffic(NODES, BODY_BYTES)
  let unacked = 0
  let backlogBytes = 0
  let room: (() => void) | undefined
  port2.on('message', ({ ackedBytes }: FeedAck) => {
    unacked -= ackedBytes
    room?.()
  })
  const rssBytes: number[] = []
  const began = performance.now()
  for (let nextLook = 500; performance.now() - began < seconds * 1000; ) {
    while (unacked < FEED_UNACKED_BYTES_MAX && performance.now() - began < seconds * 1000) {
      const feed = traffic.batch()
      unacked += feed.length
      backlogBytes = Math.max(backlogBytes, unacked)
      port2.postMessage({ feed } satisfies FeedBatch, [feed.buffer])
      if (traffic.messages % (NODES * 4000) === 0) await new Promise((resume) => setImmediate(resume))
    }
    if (unacked >= FEED_UNACKED_BYTES_MAX) await new Promise<void>((resume) => (room = resume))
    if (performance.now() - began > nextLook) {
      rssBytes.push(process.memoryUsage.rss())
      nextLook += 500
    }
  }
  const { lastSeq } = await recorder.flush()
  const perSecond = traffic.messages / ((performance.now() - began) / 1000)
  await recorder.close()
  return { file, messages: traffic.messages, perSecond, lost: traffic.messages * 3 - lastSeq, backlogBytes, rssBytes }
}

/** One row a message: what a recorder without an idea would write. Rows a second. */
function bareLoop(round: number, seconds: number): number {
  const db = new Database(path.join(folder, `bare-${round}.db`))
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = NORMAL')
  db.exec(
    'CREATE TABLE message (seq INTEGER PRIMARY KEY, sent REAL, handed REAL, sender INT, receiver INT, type INT, number INT, life INT, step INT, lamport INT, clock BLOB, body BLOB)',
  )
  const insert = db.prepare('INSERT INTO message VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const clock = Buffer.alloc(4 * (NODES + 1))
  const body = Buffer.alloc(BODY_BYTES, 'x')
  let rows = 0
  const began = performance.now()
  while (performance.now() - began < seconds * 1000) {
    db.exec('BEGIN')
    for (let i = 0; i < 1000; i++) {
      rows++
      clock.writeUInt32LE(rows, 0)
      insert.run(rows, rows * 10.5, rows * 10.5 + 3, rows % NODES, (rows + 1) % NODES, 0, rows, 1, rows, rows, clock, body)
    }
    db.exec('COMMIT')
  }
  const perSecond = rows / ((performance.now() - began) / 1000)
  db.close()
  return perSecond
}

function timed(times: number, work: (i: number) => void): number[] {
  const took: number[] = []
  for (let i = 0; i < times; i++) {
    const began = performance.now()
    work(i)
    took.push(performance.now() - began)
  }
  return took.sort((a, b) => a - b)
}

function readBack(file: string): void {
  const opened = performance.now()
  const reader = new RunReader(file)
  report({ name: 'open a recorded run', value: performance.now() - opened, unit: 'ms' })
  const { lastSeq, lengthUs } = reader
  remark(`reading a run of ${lastSeq} events`)
  const somewhere = (i: number) => 1 + ((i * 7_919_993) % lastSeq)
  const figures: [string, number[]][] = [
    ['seek to a time', timed(200, (i) => reader.seek((lengthUs * ((i * 61) % 200)) / 200))],
    ['moment at any event', timed(200, (i) => reader.moment(somewhere(i)))],
    ['1000 events from anywhere', timed(100, (i) => reader.events({ from: somewhere(i), limit: 1000, direction: 'forward' }))],
    ['overview of the whole run', timed(10, () => reader.overview(runId('bench'), false))],
  ]
  for (const [name, took] of figures) {
    report({ name: `${name}, p50`, value: percentile(took, 0.5), unit: 'ms' })
    report({ name: `${name}, p99`, value: percentile(took, 0.99), unit: 'ms' })
  }
  reader.close()
}

try {
  const runs: Recorded[] = []
  const bare: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    runs.push(await record(round, SECONDS))
    bare.push(bareLoop(round, 2))
  }
  const last = runs.at(-1) as Recorded
  report({
    name: 'recorder, messages (step + send + delivery), sustained',
    value: median(runs.map((run) => run.perSecond)),
    unit: 'messages/s',
    peer: 'bare insert loop, one row a message',
    peerValue: median(bare),
  })
  report({ name: 'recorder, events lost', value: runs.reduce((lost, run) => lost + run.lost, 0), unit: 'events' })
  const bytes = statSync(last.file).size / last.messages
  report({ name: `on disk, ${BODY_BYTES}-byte bodies`, value: bytes, unit: 'bytes/message', peer: 'limit', peerValue: 250 })
  const backlog = Math.max(...runs.map((run) => run.backlogBytes))
  report({
    name: 'recorder, most that waited for it',
    value: backlog / 2 ** 20,
    unit: 'MiB',
    peer: 'limit',
    peerValue: 64,
  })
  const half = Math.floor(last.rssBytes.length / 2)
  // What matters here is that it does not grow from one half of the run to the other.
  report({
    name: 'recorder and its feeder, resident in the second half',
    value: median(last.rssBytes.slice(half)) / 2 ** 20,
    unit: 'MiB',
    peer: 'first half',
    peerValue: median(last.rssBytes.slice(0, half)) / 2 ** 20,
  })
  readBack(last.file)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
