import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { Verdict } from '../../../main/contract/commands.ts'
import { RunReader } from '../../../main/recorder/reader.ts'
import { Replay, type ReplayOptions } from '../../../main/replay/replay.ts'
import { startReplay } from '../../../main/replay/thread.ts'
import type { NodeId } from '../../../protocols/core/ids.ts'
import { runId } from '../../../protocols/core/ids.ts'
import type { Json } from '../../../protocols/core/json.ts'
import type { AnyProtocol } from '../../../protocols/core/machine.ts'
import { raft } from '../../../protocols/raft/index.ts'
import type { RaftMessage } from '../../../protocols/raft/messages.ts'
import { seedOf } from '../../support/seeds.ts'
import { canGiveWay, yieldingThreads } from '../../support/yieldingThreads.ts'
import { dice } from '../recorder/toyRun.ts'
import { play } from './playedRun.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'synod-replay-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let files = 0
const freshFile = () => path.join(folder, `run-${++files}.synod`)

function replayOf(file: string, options: Partial<ReplayOptions> = {}): Replay {
  return new Replay(runId('played'), new RunReader(file), { onVerdict: () => {}, ...options })
}

const seed = seedOf('replay')
const played = play({ protocol: raft, file: freshFile(), seed, steps: 4000, crashes: 150 })

test('a replayed state is the recorded one, for every node after any event', () => {
  console.log(`seed ${seed}`)
  const replay = replayOf(played.file)
  const roll = dice(seed)
  const { lastSeq } = replay.recording
  let compared = 0
  for (let i = 0; i < 80; i++) {
    // Anywhere, and then a little on and back, as a person steps.
    const seq = i % 4 === 0 ? roll(lastSeq) + 1 : Math.max(1, (roll(lastSeq) % 40) + Math.floor(lastSeq / 2))
    const moment = replay.recording.moment(seq)
    const states = replay.states(seq)
    expect(states.seq).toBe(seq)
    for (const [index, node] of moment.nodes.entries()) {
      const given = states.nodes[index]
      expect(given?.node).toBe(node.id)
      expect(given?.status).toBe(node.status)
      expect(given?.problem, `${node.id} at event ${seq}`).toBeUndefined()
      if (node.status === 'down' || node.step === 0) {
        expect(given?.state).toBeUndefined()
        continue
      }
      expect(given?.state, `${node.id} at event ${seq}`).toEqual(played.states.get(`${node.id} ${node.life} ${node.step}`))
      const step = replay.recording.event(given?.stepSeq as number)
      expect(step).toMatchObject({ kind: 'step', node: node.id, life: node.life, step: node.step })
      compared++
    }
  }
  expect(compared).toBeGreaterThan(100)
  replay.close()
})

test('what the last step changed is what differs between the states before and after it', () => {
  const replay = replayOf(played.file)
  const at = (tree: Json | undefined, where: string) =>
    where.split('.').reduce<Json | undefined>((value, key) => (value as { [key: string]: Json } | undefined)?.[key], tree)
  const { lastSeq } = replay.recording
  const roll = dice(seed + 3)
  let changes = 0
  for (let i = 0; i < 60; i++) {
    const seq = 1 + roll(lastSeq)
    for (const { node, changed, state } of replay.states(seq).nodes) {
      const { life, step } = replay.recording.moment(seq).nodes.find(({ id }) => id === node) as { life: number; step: number }
      const before = played.states.get(`${node} ${life} ${step - 1}`)
      if (before === undefined || state === undefined) {
        expect(changed).toEqual([])
        continue
      }
      for (const where of changed) expect(at(state, where), `${node} ${where}`).not.toEqual(at(before, where))
      expect(changed.length > 0).toBe(JSON.stringify(before) !== JSON.stringify(state))
      changes += changed.length
    }
  }
  expect(changes).toBeGreaterThan(20)
  replay.close()
})

test('a good run passes, restarts and all, judged to its last event', async () => {
  const replay = replayOf(played.file)
  const verdict = await replay.check()
  expect(verdict).toMatchObject({ is: 'pass', judgedSeq: replay.recording.lastSeq, lastSeq: replay.recording.lastSeq, violations: [] })
  expect(verdict.divergence).toBeUndefined()
  expect(verdict.invariants.map(({ name }) => name)).toEqual(raft.invariants.map(({ name }) => name))
  replay.close()
})

/** Raft whose candidates take a refused vote for a granted one: two leaders in one term will come. */
const careless: AnyProtocol = {
  ...raft,
  machine(service) {
    const machine = raft.machine(service)
    const misread = (message: RaftMessage): RaftMessage =>
      message.kind === 'RequestVoteReply' ? { ...message, voteGranted: true } : message
    return {
      ...machine,
      step: (state, input) => machine.step(state, input.kind === 'message' ? { ...input, message: misread(input.message) } : input),
    }
  },
}

test('a protocol that counts refused votes is found out, at the event where it happened', async () => {
  const protocols = () => careless
  // Few of them do.
  for (let attempt = 1; attempt <= 200; attempt++) {
    const run = play({ protocol: careless, file: freshFile(), seed: seed + attempt, nodes: 5, steps: 600, crashes: 40 })
    const replay = replayOf(run.file, { protocols })
    const verdict = await replay.check()
    replay.close()
    expect(verdict.divergence).toBeUndefined()
    if (verdict.is !== 'fail') continue
    const [first] = verdict.violations
    expect(first?.text).not.toBe('')
    expect(replay.recording.lastSeq).toBeGreaterThanOrEqual(first?.seq as number)
    expect(verdict.invariants.find(({ name }) => name === first?.invariant)?.violations).toBeGreaterThan(0)
    return
  }
  expect.fail('no run of the careless protocol broke an invariant')
})

test('a replay that leaves the recording says so, and the verdict is unknown', async () => {
  const run = play({ protocol: raft, file: freshFile(), seed, steps: 900, wrongHashFrom: 200 })
  const replay = replayOf(run.file)
  const verdict = await replay.check()
  expect(verdict.is).toBe('unknown')
  expect(verdict.divergence).toMatch(/step 200 of n1/)
  expect(verdict.why).toContain('did not follow')
  replay.close()
  const other = replayOf(run.file, {
    protocols: () => ({ ...raft, machine: (service) => careless.machine(service), observe: raft.observe }) as AnyProtocol,
  })
  expect((await other.check()).is).not.toBe('pass')
  other.close()
})

test('what cannot be run again is unknown, with the reason, and its events can be read all the same', async () => {
  const newer = play({ protocol: raft, file: freshFile(), seed, steps: 50, version: raft.version + 1 })
  const replay = replayOf(newer.file)
  expect(await replay.check()).toMatchObject({
    is: 'unknown',
    judgedSeq: 0,
    why: expect.stringContaining(`version ${raft.version + 1} of`),
  })
  const states = replay.states(40)
  // What was written down is shown, and that it is old.
  for (const { problem, state } of states.nodes)
    if (state !== undefined) expect(problem).toMatch(/version.*Shown is the state of event \d+, .*recorded/)
  expect(states.nodes.some(({ problem }) => problem !== undefined)).toBe(true)
  expect(replay.recording.events({ from: 1, limit: 10, direction: 'forward' }).events).toHaveLength(10)
  replay.close()
  const stranger = replayOf(newer.file, { protocols: () => undefined })
  expect(await stranger.check()).toMatchObject({ is: 'unknown', why: expect.stringContaining('does not know the protocol') })
  stranger.close()
})

test('the thread answers, judges in the background, and says what is wrong with a file', async () => {
  const told: Verdict[] = []
  let heard: (() => void) | undefined
  const thread = await startReplay({
    onVerdict: (_run, verdict) => {
      told.push(verdict)
      if (verdict.judgedSeq === verdict.lastSeq) heard?.()
    },
    onFailure: (error) => expect.fail(error.message),
  })
  await expect(thread.open(runId('x'), path.join(folder, 'nowhere.synod'))).rejects.toMatchObject({ name: 'LabError', code: 'not-found' })
  const view = await thread.open(runId('played'), played.file)
  const overview = await view.overview(false)
  expect(overview).toMatchObject({ nodes: ['n1', 'n2', 'n3'], summary: { status: 'ended', run: 'played' } })
  expect((await view.states(overview.lastSeq)).nodes.map(({ node }) => node)).toEqual(['n1', 'n2', 'n3'] as NodeId[])
  expect(await view.seek(overview.lengthUs)).toEqual({ seq: overview.lastSeq })
  expect(await view.event(3)).toMatchObject({ seq: 3 })
  const end = new Promise<void>((resolve) => {
    heard = resolve
  })
  view.follow(true)
  view.follow(false) // it has ended: judged to the end
  await end
  expect(told.at(-1)).toMatchObject({ is: 'pass', judgedSeq: overview.lastSeq })
  expect(await view.check()).toMatchObject({ is: 'pass', judgedSeq: overview.lastSeq })
  view.close()
  await expect(view.moment(1)).rejects.toMatchObject({ code: 'not-found' })
  await thread.close()
  await expect(view.moment(1)).rejects.toMatchObject({ name: 'LabError' })
})

test('a thread that is to give way does so from its start, where the system knows how; others never do', async () => {
  for (const givesWay of [false, true]) {
    const thread = await startReplay({ givesWay })
    const view = await thread.open(runId('played'), played.file)
    await expect.poll(yieldingThreads).toBe(givesWay && canGiveWay ? 1 : 0)
    expect(await view.check()).toMatchObject({ is: 'pass' })
    await thread.close()
  }
})
