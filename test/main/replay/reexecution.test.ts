/**
 * Real equals simulated: runs of real processes, with crashes, pauses, cuts and load, are run again from their recordings,
 * and every recorded effect comes out again bit for bit. What was persisted is not recorded: it is compared with the disks.
 */
import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Compared, Verdict } from '../../../main/contract/commands.ts'
import { decodeFile } from '../../../main/node/diskFormat.ts'
import { RunReader } from '../../../main/recorder/reader.ts'
import { Execution } from '../../../main/replay/execution.ts'
import { Judge } from '../../../main/replay/judge.ts'
import { loadSchema, type RunConfigInput } from '../../../protocols/core/config.ts'
import type { RunEvent, SendEvent } from '../../../protocols/core/event.ts'
import { type NodeId, nodeId } from '../../../protocols/core/ids.ts'
import type { AnyProtocol } from '../../../protocols/core/machine.ts'
import { raft } from '../../../protocols/raft/index.ts'
import type { findProtocol } from '../../../protocols/registry.ts'
import { openLab, type TestLab, type TestRun } from '../lab/openLab.ts'
import { forgeTerm } from '../recorder/forged.ts'

let lab: TestLab
beforeAll(async () => {
  lab = await openLab()
})
afterAll(async () => await lab.close())

interface Judged {
  readonly verdict: Verdict
  readonly judge: Judge
  readonly events: readonly RunEvent[]
}

function runAgain(file: string, protocols?: typeof findProtocol): Judged {
  const reader = new RunReader(file)
  const judge = new Judge(reader, Execution.of(reader.header, protocols))
  judge.advance(reader.lastSeq, Number.POSITIVE_INFINITY)
  const { events } = reader.events({ from: 1, limit: reader.lastSeq, direction: 'forward' })
  const verdict = judge.verdict()
  reader.close()
  return { verdict, judge, events }
}

/** What the recording has of all that can be compared. */
function recorded(events: readonly RunEvent[]): Omit<Compared, 'unsent'> {
  const steps = events.filter((event) => event.kind === 'step')
  const sum = (of: (step: (typeof steps)[number]) => number) => steps.reduce((total, step) => total + of(step), 0)
  return {
    steps: steps.length,
    messages: events.filter((event) => event.kind === 'send' && event.from !== 'clients').length,
    timers: sum((step) => step.timers.length),
    notes: sum((step) => step.notes.length),
    observations: sum((step) => (step.observation ? 1 : 0)),
    records: sum((step) => step.persisted),
    checkpoints: events.filter((event) => event.kind === 'checkpoint').length,
  }
}

async function troubled(config: RunConfigInput): Promise<{ run: TestRun; file: string }> {
  const run = await lab.start(config)
  const { run: id } = run
  const act = (node: NodeId, action: 'crash' | 'restart' | 'pause' | 'resume') => lab.call('run.node', { run: id, node, action })
  const answered = (text: string) => lab.call('run.client', { run: id, text })
  const first = await run.untilLeader()
  await lab.call('run.load', { run: id, load: loadSchema.parse({ clients: 4, rate: 0 }) })
  await answered('put x 1')
  await act(first, 'crash')
  const second = await run.untilLeader(first)
  await answered('put x 2')
  const cut = await lab.call('run.arm', { run: id, fault: { kind: 'cut', target: { links: [[second, first]] } } })
  await act(first, 'restart')
  await run.until('the restart', ({ nodes }) => nodes.get(first)?.status === 'up' && nodes.get(first)?.life === 2)
  await lab.call('run.arm', { run: id, fault: { kind: 'delay', target: { all: true }, delayMs: 3, jitterMs: 3 } })
  await answered('put x 3')
  await lab.call('run.lift', { run: id, fault: cut.id }) // or the two that are left could not elect anybody
  const third = await run.untilLeader()
  await act(third, 'pause')
  await run.untilLeader(third)
  await act(third, 'resume')
  await lab.call('run.heal', { run: id })
  await answered('get x')
  await act(nodeId('n1'), 'crash') // with whatever it had said and not sent
  await lab.call('runs.stop', { run: id })
  return { run, file: lab.lab.fileOf(id) }
}

function expectAllOfIt({ verdict, judge, events }: Judged, file: string): void {
  expect(verdict.divergence).toBeUndefined()
  expect(verdict).toMatchObject({ is: 'pass', judgedSeq: events.length })
  const { unsent, ...compared } = verdict.compared as Compared
  const all = recorded(events)
  // A life's first state is where the comparison of states begins.
  expect({ ...compared, checkpoints: 0 }).toEqual({ ...all, checkpoints: 0 })
  expect(compared.checkpoints).toBeGreaterThan(0)
  expect(compared.messages).toBeGreaterThan(200)
  const reported = events.reduce((sum, event) => sum + (event.kind === 'step' ? event.sends.count : 0), 0)
  expect(reported - compared.messages).toBe(unsent)
  for (const [node, records] of judge.disks) {
    const disk = path.join(file.replace(/\.synod$/, ''), node, 'wal')
    const found = decodeFile(fs.readFileSync(disk), disk, { run: path.basename(file, '.synod'), node }).records
    expect(found.length).toBeGreaterThan(0)
    // A node that is killed between its report and its disk, as n1 may have been, has reported more than it kept.
    expect(JSON.stringify(records.slice(0, found.length)), `the disk of ${node}`).toBe(JSON.stringify(found))
    if (node !== 'n1') expect(records.length, `the disk of ${node}`).toBe(found.length)
  }
}

let file = ''

test('a run with crashes, restarts, a pause, a cut, delays and load comes out again bit for bit', async () => {
  file = (await troubled({ nodes: 3, seed: 5 })).file
  const again = runAgain(file)
  expectAllOfIt(again, file)
}, 60_000)

test('so does one whose disks are not synced and whose time is stretched', async () => {
  const { file: other } = await troubled({ nodes: 5, seed: 6, sync: 'never', timeScale: 1.5 })
  expectAllOfIt(runAgain(other), other)
}, 60_000)

test('one byte of one recorded message changed is noticed, at that message', () => {
  const { events } = runAgain(file)
  const target = events.findLast((event): event is SendEvent => event.kind === 'send' && event.type === 'AppendEntriesReply')
  if (!target) throw new Error('nobody answered an AppendEntries')
  const { seq } = target
  const { verdict } = runAgain(forgeTerm(file, events, target))
  expect(verdict.is).toBe('unknown')
  expect(verdict.divergence).toMatch(new RegExp(`^Event ${seq} .*AppendEntriesReply to n\\d says .*differ at term`))
})

const differing = (differs: (machine: ReturnType<AnyProtocol['machine']>) => ReturnType<AnyProtocol['machine']>) => () =>
  ({ ...raft, machine: (service) => differs(raft.machine(service)) }) as AnyProtocol

test.each([
  [
    'sets another timer',
    /sets the timers/,
    differing((machine) => ({
      ...machine,
      step: (state, input) => {
        const { state: next, effects } = machine.step(state, input)
        return {
          state: next,
          effects: effects.map((effect) => (effect.kind === 'setTimer' ? { ...effect, msMax: effect.msMax + 1 } : effect)),
        }
      },
    })),
  ],
  [
    'answers a client otherwise',
    /ClientReply to clients says/,
    differing((machine) => ({
      ...machine,
      step: (state, input) => {
        const { state: next, effects } = machine.step(state, input)
        return {
          state: next,
          effects: effects.map((effect) =>
            effect.kind === 'reply' ? { ...effect, outcome: { kind: 'unknown', why: 'whim' } as const } : effect,
          ),
        }
      },
    })),
  ],
  [
    'shows another fact',
    /it shows/,
    (() => ({ ...raft, observe: (state) => ({ ...raft.observe(state as never), epoch: -1 }) }) as AnyProtocol) as () => AnyProtocol,
  ],
])('a protocol that %s is noticed, with the event', (_, what, protocols) => {
  const { verdict } = runAgain(file, protocols)
  expect(verdict.is).toBe('unknown')
  expect(verdict.divergence).toMatch(/^Event \d+ \(step \d+ of n\d/)
  expect(verdict.divergence).toMatch(what)
})
