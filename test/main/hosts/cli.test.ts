/** The command line as a person calls it: what it prints where, and the exit codes that scripts rely on. */
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunEvent, SendEvent } from '../../../protocols/core/event.ts'
import { type Called, callSynod, cliProgram as program, spawnSynod } from './program.ts'

const data = fs.mkdtempSync(path.join(os.tmpdir(), 'synod-cli-'))
const scenarioFile = path.join(data, 'small.yaml')

const synod = (...args: string[]) => callSynod(data, args)
const spawned = (...args: string[]) => spawnSynod(data, args)

const SCENARIO = `name: small
run: { nodes: 3, seed: 3, options: { electionMsMin: 500, electionMsMax: 1000 } } # who comes back hears the leader before it stands
limitMs: 30000
steps:
  - wait: leader
  - client: put x 1
  - crash: follower
    as: gone
  - client: get x
    expect: 1
  - restart: gone
  - wait: applied
expect: { leader: true, operations: ok, applied: equal, running: 3 }
`

let first: Called
beforeAll(async () => {
  fs.writeFileSync(scenarioFile, SCENARIO)
  first = await spawned('run', scenarioFile, '--json')
})
afterAll(() => fs.rmSync(data, { recursive: true, force: true }))

const firstRun = () => JSON.parse(first.out) as { run: string; file: string; summary: { events: number } }

test('run: progress on standard error, the verdict on standard output, and a run file', () => {
  expect(first).toMatchObject({ code: 0 })
  expect(first.err).toMatch(/1\/6 {2}wait leader/)
  expect(first.err).toMatch(/3\/6 {2}crash follower as gone: n[1-3]/)
  expect(JSON.parse(first.out)).toMatchObject({
    is: 'pass',
    verdict: { is: 'pass' },
    summary: { name: 'small', status: 'ended', verdict: 'pass', violations: 0 },
    expectations: [
      { text: 'a leader', is: 'pass' },
      { text: 'every running node has applied the same', is: 'pass' },
      { text: '3 nodes run', is: 'pass' },
      { text: 'all operations ok', is: 'pass' },
      { text: 'the invariants hold', is: 'pass' },
    ],
  })
  expect(fs.existsSync(firstRun().file)).toBe(true)
})

test('run: a scenario that does not come true exits 1 and says where', async () => {
  const file = path.join(data, 'wrong.yaml')
  fs.writeFileSync(file, 'name: wrong\nrun: { nodes: 1 }\nsteps:\n  - wait: leader\n  - client: get x\n    expect: 5\n')
  const result = await synod('run', file)
  expect(result.code).toBe(1)
  expect(result.out).toMatch(/^Verdict: fail: .*wrong\.yaml:5:5: client get x: expected 5, got ok: \(none\)$/m)
})

test('run: what is awaited in vain is unknown, never a pass', async () => {
  const file = path.join(data, 'vain.yaml')
  fs.writeFileSync(file, 'name: vain\nrun: { nodes: 1 }\nlimitMs: 1500\nsteps:\n  - wait: leader\n  - wait: no-leader\n')
  const result = await synod('run', file, '--json')
  expect(result.code).toBe(1)
  expect(JSON.parse(result.out)).toMatchObject({ is: 'unknown', summary: { verdict: 'unknown' } })
})

test('run: a scenario that no protocol has is answered with those that the protocol has', async () => {
  const result = await synod('run', 'paxos/duell')
  expect(result).toMatchObject({ code: 2, out: '' })
  expect(result.err).toMatch(/no protocol has a scenario of that name.*Built in are paxos\/[^,]*, .*paxos\/duel,/s)
  expect(result.err).not.toContain('raft/')
})

test('run: a wrong scenario exits 2 with line and column, and starts nothing', async () => {
  const file = path.join(data, 'bad.yaml')
  fs.writeFileSync(file, 'name: bad\nsteps:\n  - crush: n1\n')
  const before = JSON.parse((await synod('list', '--json')).out).length
  const result = await synod('run', file, '--json')
  expect(result.code).toBe(2)
  expect(result.err).toContain(`${file}:3:5: "crush" is no step`)
  expect(JSON.parse(result.out)).toMatchObject({ error: { code: 'bad-scenario' } })
  expect(JSON.parse((await synod('list', '--json')).out)).toHaveLength(before)
  expect(await synod('run', path.join(data, 'nothing.yaml'))).toMatchObject({ code: 2, err: expect.stringContaining('raft/leader-crash') })
})

const LONG = `name: long
run: { nodes: 1 }
steps:
  - wait: leader
  - load: { clients: 1, rate: 50 }
  - wait: { ms: 600000 }
`

test.skipIf(process.platform === 'win32').each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'run: %s to all its processes, heard twice, ends the run in good order and leaves no process',
  async (signal) => {
    const file = path.join(data, 'long.yaml')
    fs.writeFileSync(file, LONG)
    const child = spawn(process.execPath, [program, 'run', file, '--name', signal], {
      env: { ...process.env, SYNOD_HOME: data },
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    })
    const group = -(child.pid as number)
    const closed = new Promise<number | null>((resolve) => child.on('close', resolve))
    let err = ''
    await new Promise<void>((resolve) => {
      child.stderr.on('data', (chunk) => {
        err += chunk
        if (err.includes('3/3')) resolve()
      })
    })
    process.kill(group, signal)
    process.kill(-group, signal)
    expect(await closed).toBe(3)
    expect(err).toContain(`The run was ended by ${signal}`)
    expect(() => process.kill(group, 0)).toThrow('ESRCH')
    const runs = JSON.parse((await synod('list', '--json')).out) as { run: string; name: string }[]
    const run = runs.find((summary) => summary.name === signal)
    expect(run).toMatchObject({ status: 'ended', violations: 0 })
    expect(err).toContain(`synod check ${run?.run}`)
    expect((await synod('check', String(run?.run))).code).toBe(0)
  },
)

test('run: goes on when nobody reads its progress any more', async () => {
  const child = spawn(process.execPath, [program, 'run', scenarioFile, '--json', '--name', 'unread'], {
    env: { ...process.env, SYNOD_HOME: data },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.once('data', () => void child.stderr.destroy())
  const code = await new Promise((resolve) => child.on('close', resolve))
  expect(code, out).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ is: 'pass', summary: { name: 'unread', status: 'ended' } })
})

test('list: the library, as a table and as data', async () => {
  const { run } = firstRun()
  const listed = await synod('list', '--json')
  expect(listed.code).toBe(0)
  expect(JSON.parse(listed.out)).toEqual(
    expect.arrayContaining([expect.objectContaining({ run, name: 'small', protocol: 'raft', nodes: 3 })]),
  )
  expect((await synod('list')).out).toMatch(new RegExp(`^${run} +small +raft/kv +3 +ended +pass`, 'm'))
})

test('protocols: with options and scenarios', async () => {
  const { code, out } = await synod('protocols', '--json')
  expect(code).toBe(0)
  expect(JSON.parse(out)).toEqual(expect.arrayContaining([expect.objectContaining({ name: 'raft', epochName: 'term' })]))
  expect((await synod('protocols')).out).toContain('raft/leader-crash')
})

test('events: NDJSON, all of them in order, or those that match', async () => {
  const { run, summary } = firstRun()
  const all = await synod('events', run)
  const lines = all.out.trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line).seq)).toEqual(Array.from({ length: summary.events }, (_, index) => index + 1))
  const some = await synod('events', 'small', '--where', 'kind:node', '--limit', '2')
  expect(
    some.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).kind),
  ).toEqual(['node', 'node'])
})

test('events: several kinds and nodes; what this run cannot have is wrong usage, not an empty answer', async () => {
  const some = await synod('events', '--where', 'kind:node,action or kind:checkpoint', 'small')
  const kinds = some.out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).kind)
  expect(new Set(kinds)).toEqual(new Set(['node', 'action', 'checkpoint']))
  expect((await synod('events', 'small', '--where', 'node:n1,clients', '--limit', '1')).code).toBe(0)
  const { events } = firstRun().summary
  const wrong: [string[], string][] = [
    [['--where', 'type:AppendEntry'], 'Did you mean AppendEntries?'],
    [['--where', 'node:n9'], 'n1, n2, n3, clients'],
    [['--from', String(events + 2)], `Its last event is ${events}.`],
    [['--where', 'kind:drop and'], 'at character 11 (and): Something to look for is missing'],
  ]
  for (const [args, said] of wrong)
    expect(await synod('events', 'small', ...args), args.join(' ')).toMatchObject({ code: 2, out: '', err: expect.stringContaining(said) })
  expect(await synod('events', 'small', '--from', String(events + 1))).toMatchObject({ code: 0, out: '' })
})

test.skipIf(!fs.existsSync('/dev/full'))('events: an output that cannot be written is said, and is a failure', async () => {
  const full = fs.openSync('/dev/full', 'w')
  const child = spawn(process.execPath, [program, 'events', 'small', '--data', data], { stdio: ['ignore', full, 'pipe'] })
  fs.closeSync(full)
  let err = ''
  child.stderr?.on('data', (chunk) => {
    err += chunk
  })
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(3)
  expect(err).toContain('Standard output cannot be written')
})

test('events: a reader that goes away early is no failure', async () => {
  const child = spawn(process.execPath, [program, 'events', firstRun().run, '--data', data], { stdio: ['ignore', 'pipe', 'pipe'] })
  let err = ''
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  child.stdout.once('data', () => child.stdout.destroy())
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0)
  expect(err).toBe('')
})

test('replay: every node as it was at one event', async () => {
  const { run, summary } = firstRun()
  const { code, out } = await synod('replay', run.slice(0, -1), '--at', String(summary.events), '--json')
  expect(code).toBe(0)
  const shown = JSON.parse(out)
  expect(shown).toMatchObject({ run, seq: summary.events, moment: { ended: true } })
  const middle = JSON.parse((await synod('replay', run, '--at', String(Math.floor(summary.events / 2)), '--json')).out)
  expect(middle.nodes).toHaveLength(3)
  expect(middle.nodes.some((node: { state?: { currentTerm?: number } }) => (node.state?.currentTerm ?? 0) > 0)).toBe(true)
  expect(await synod('replay', run, '--at', String(summary.events + 1))).toMatchObject({
    code: 2,
    err: expect.stringContaining(String(summary.events)),
  })
})

test('replay: in words, what happened, what is out of order, and how every node stands', async () => {
  const { run } = firstRun()
  const events = (await synod('events', run)).out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RunEvent)
  const at = async (seq: number) => (await synod('replay', run, '--at', String(seq))).out
  const vote = events.find((event) => event.kind === 'send' && event.type === 'RequestVoteReply') as SendEvent
  const told = await at(vote.seq)
  expect(told).toContain(`: ${vote.from} sends RequestVoteReply to ${vote.to}, `)
  expect(told).toMatch(/^Messages in flight: .*\b1 RequestVoteReply\b.*\.\nFaults: none\.$/m)
  const heard = events.find((event) => event.kind === 'deliver' && event.message === vote.message) as RunEvent
  expect(await at(heard.seq)).toContain(`: ${vote.to} receives RequestVoteReply from ${vote.from} · `)
  expect(await at(events.length)).toMatch(/^n\d {2}up, leader in term \d+\n {2}voted for n\d, last index \d+, .*\bmembers n1 n2 n3\b/m)
})

test('replay: 0 is before the first event; past the last one and an unknown node are wrong usage', async () => {
  const { events } = firstRun().summary
  expect((await synod('replay', 'small', '--at', '0')).out).toContain(`Event 0 of ${events} at 0.000 s: before the first event`)
  expect(JSON.parse((await synod('replay', 'small', '--at', '0', '--json')).out)).toMatchObject({ seq: 0, event: null })
  const past = await synod('replay', 'small', '--at', String(events + 1))
  expect(past).toMatchObject({ code: 2, err: expect.stringContaining(`Its last event is ${events}.`) })
  expect(await synod('replay', 'small', '--node', 'n4')).toMatchObject({ code: 2, err: expect.stringContaining('n1, n2, n3') })
})

test('check: passes a good run, by id, by name and by file', async () => {
  const { run, file } = firstRun()
  for (const name of [run, 'small', file]) {
    const { code, out } = await synod('check', name, '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ is: 'pass', violations: [], history: { is: 'linearizable', operations: 2, unheard: 0 } })
  }
})

test('check: a file that is no run, or no whole one, is told apart', async () => {
  const foreign = path.join(data, 'foreign.synod')
  fs.writeFileSync(foreign, 'this is no database')
  expect(await synod('check', foreign)).toMatchObject({ code: 2, err: expect.stringContaining('foreign.synod') })
  const truncated = path.join(data, 'truncated.synod')
  const whole = fs.readFileSync(firstRun().file)
  fs.writeFileSync(truncated, whole.subarray(0, Math.floor(whole.length / 2)))
  const result = await synod('check', truncated)
  expect(result.code).toBe(2)
  expect(result.err).toContain('truncated.synod')
})

test('a run is named whole enough to be told from others', async () => {
  expect(await synod('check', '')).toMatchObject({ code: 2, err: expect.stringContaining('No run is called ""') })
  expect(await synod('check', firstRun().run.slice(0, 4))).toMatchObject({ code: 2, err: expect.stringContaining('could be any of') })
})

test('wrong usage exits 2, help exits 0', async () => {
  expect((await spawned('fly')).code).toBe(2)
  expect((await synod()).code).toBe(2)
  expect((await synod('replay', 'x', '--at', 'soon')).code).toBe(2)
  expect((await synod('check', 'no-such-run')).code).toBe(2)
  const help = await spawned('--help')
  expect(help.code).toBe(0)
  expect(help.out).toContain('Exit codes')
  for (const command of ['run', 'list', 'protocols', 'replay', 'events', 'check', 'serve']) {
    const { code, out } = await (command === 'serve' ? spawned : synod)(command, '--help')
    expect(code, command).toBe(0)
    expect(out, command).toContain('--json')
    expect(out, command).toContain('--data')
  }
})

test('the lab itself failing exits 3', async () => {
  const file = path.join(data, 'a-file')
  fs.writeFileSync(file, '')
  expect(await spawned('run', 'raft/leader-crash', '--data', path.join(file, 'library'))).toMatchObject({ code: 3 })
})

test('serve: prints where it is, refuses a port in use, a second lab and ends in good order', async () => {
  const folder = path.join(data, 'served')
  const child = spawn(process.execPath, [program, 'serve', '--port', '0', '--no-open', '--json', '--data', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve))
  const line = await new Promise<string>((resolve) => child.stdout.once('data', (chunk) => resolve(String(chunk))))
  const served = JSON.parse(line) as { url: string; port: number }
  expect(served.url).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${served.port}/\\?token=`))
  const second = await spawned('serve', '--port', String(served.port), '--no-open', '--data', path.join(data, 'other'))
  expect(second).toMatchObject({ code: 3, err: expect.stringContaining(`Port ${served.port}`) })
  const locked = await spawned('serve', '--port', '0', '--no-open', '--data', folder)
  expect(locked).toMatchObject({ code: 3, err: expect.stringContaining(folder) })
  expect((await synod('list', '--data', folder, '--json')).out.trim()).toBe('[]')
  child.kill('SIGTERM')
  expect(await closed).toBe(0)
})
