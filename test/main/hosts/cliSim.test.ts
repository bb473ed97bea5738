/** `synod sim` as a person calls it: once and recorded, over many seeds, interrupted, and misused. */
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { callSynod, cliProgram, spawnSynod } from './program.ts'

const data = fs.mkdtempSync(path.join(os.tmpdir(), 'synod-cli-sim-'))
afterAll(() => fs.rmSync(data, { recursive: true, force: true }))

const synod = (args: readonly string[]) => callSynod(data, args)

test('sim --seed: a run of the library that check, list and replay know', async () => {
  const first = await synod(['sim', 'raft/leader-crash', '--seed', '7', '--json'])
  expect(first).toMatchObject({ code: 0, err: expect.stringContaining('wait new-leader') })
  const { run, file, is, summary } = JSON.parse(first.out)
  expect({ is, exists: fs.existsSync(file) }).toEqual({ is: 'pass', exists: true })
  const checked = await synod(['check', run])
  expect(checked).toMatchObject({
    code: 0,
    out: expect.stringMatching(/Run again, bit for bit as recorded: [1-9]\d* steps, [1-9]\d* messages/),
  })
  expect((await synod(['list'])).out).toContain(run)
  expect((await synod(['replay', run, '--at', String(Math.floor(summary.events / 2))])).code).toBe(0)
})

test('sim --seed: the same seed leaves the same events, and a name of its own', async () => {
  const simulated = async (name: string) => {
    expect((await synod(['sim', 'raft/leader-crash', '--seed', '7', '--name', name])).code).toBe(0)
    return (await synod(['events', name])).out
  }
  const events = await simulated('one')
  expect(events.split('\n').length).toBeGreaterThan(100)
  expect(await simulated('two')).toBe(events)
})

test('sim: a scenario that does not hold is exit code 1, and the run is kept', async () => {
  const file = path.join(data, 'wrong.yaml')
  fs.writeFileSync(
    file,
    'name: wrong\nrun: { nodes: 3 }\nsteps:\n  - wait: leader\n  - client: put x 1\n  - client: get x\n    expect: "2"\n',
  )
  const { code, out } = await synod(['sim', file])
  expect(code).toBe(1)
  expect(out).toMatch(/Verdict: fail: .*wrong\.yaml:6:/)
})

test('sim --seeds: a table, or the same as data', async () => {
  const { code, out, err } = await synod(['sim', 'raft/bad-afternoon', '--seeds', '1..4', '--jobs', '2'])
  expect(code).toBe(0)
  expect(err).toContain('4/4 seeds, 0 failed')
  expect(out).toMatch(/^runs +4$/m)
  expect(out).toMatch(/^failures +0$/m)
  const said = JSON.parse((await synod(['sim', 'raft/bad-afternoon', '--seeds', '3..4', '--json'])).out)
  expect(said).toMatchObject({ isWhole: true, seeds: { first: 3, last: 4 }, runs: 2, failures: [] })
})

test('sim --seeds: every sort of failure has its first seed and how to repeat it', async () => {
  const file = path.join(data, 'stuck.yaml')
  fs.writeFileSync(
    file,
    'name: stuck\nrun: { nodes: 3 }\nsteps:\n  - wait: leader\n  - partition: [[n1], [n2], [n3]]\n  - wait: progress\n    withinMs: 2000\n',
  )
  const { code, out } = await synod(['sim', file, '--seeds', '5..7'])
  expect(code).toBe(1)
  expect(out).toMatch(/^liveness +3 +5 +/m)
  expect(out).toContain(`synod sim ${file} --seed 5`)
  // The first of them was shrunk: a run of the library, with its scenario beside it.
  const [, scenario] = /^Repeat: synod sim (.*scenario\.yaml)$/m.exec(out) ?? []
  expect(out).toMatch(/^liveness: wait progress: shrunk from [0-9]+ events \(seed 5\) to [0-9]+\.$/m)
  const again = await synod(['sim', scenario as string, '--json'])
  expect(again.code).toBe(1)
  expect(JSON.parse(again.out)).toMatchObject({ is: 'fail', failure: 'liveness' })
  const left = await synod(['sim', file, '--seeds', '5..5', '--no-shrink', '--json'])
  expect(JSON.parse(left.out)).toMatchObject({ failures: [{ kind: 'liveness' }], shrunk: [] })
})

test('sim --seed --shrink: the smallest run is kept beside the whole one', async () => {
  const file = path.join(data, 'silent.yaml')
  fs.writeFileSync(
    file,
    'name: silent\nrun: { nodes: 3, seed: 3 }\nsteps:\n  - storm: { ms: 500 }\n  - heal\n  - partition: [[n1], [n2], [n3]]\n  - wait: progress\n    withinMs: 2000\n',
  )
  const { code, out } = await synod(['sim', file, '--shrink', '--json'])
  expect(code).toBe(1)
  const { run, shrunk } = JSON.parse(out)
  expect(shrunk).toEqual([expect.objectContaining({ from: { seed: 3, events: expect.any(Number) }, isMinimal: true })])
  expect(shrunk[0].run).not.toBe(run)
  expect(shrunk[0].text).not.toContain('storm')
  expect(fs.readFileSync(shrunk[0].scenario, 'utf8')).toBe(shrunk[0].text)
  expect((await synod(['list'])).out).toContain('shrunk from silent, seed 3')
})

test('sim --seeds: interrupted, it says what it has, and that it is not all', async () => {
  const { code, out } = await spawnSynod(data, ['sim', 'raft/bad-afternoon', '--seeds', '1..100000'], '/100000 seeds')
  expect(code).toBe(3)
  const [, runs] = /^runs +([1-9][0-9]*) of 100000$/m.exec(out) ?? []
  expect(out).toContain(`${runs} of 100000 seeds are done, and kept in ${path.join(data, 'sweeps')}`)
  expect(out.trimEnd().split('\n').at(-1)).toBe('Resume: synod sim raft/bad-afternoon --seeds 1..100000 --resume')

  // What it found counts in the next one, which simulates the rest.
  const last = Number(runs) + 1
  const rest = await synod(['sim', 'raft/bad-afternoon', '--seeds', `1..${last}`, '--resume'])
  expect(rest).toMatchObject({ code: 0, err: expect.stringContaining(`${runs} of ${last} seeds are done already, 0 failed.`) })
  expect(rest.out).toMatch(new RegExp(`^runs +${last}$`, 'm'))
  const again = await synod(['sim', 'raft/bad-afternoon', '--seeds', `1..${last}`, '--resume', '--json'])
  expect(JSON.parse(again.out)).toMatchObject({ isWhole: true, runs: last, file: expect.stringContaining(data) })
})

test('sim --seeds: says what was seen of the protocol, and what never was', async () => {
  const file = path.join(data, 'calm.yaml')
  fs.writeFileSync(file, 'name: calm\nrun: { nodes: 3 }\nsteps:\n  - wait: leader\n  - client: put x 1\n')
  const { out } = await synod(['sim', file, '--seeds', '1..2'])
  expect(out).toMatch(/^inputs +start 6, message RequestVote [0-9]+,/m)
  expect(out).toMatch(/^transitions +becomeCandidate [0-9]+,/m)
  expect(out).toMatch(/^never seen .*input durable,/ms)
  expect(out).toContain('transition stepDown')
  const { coverage } = JSON.parse((await synod(['sim', file, '--seeds', '1..2', '--json'])).out)
  expect(coverage).toMatchObject({
    inputs: { start: 6 },
    transitions: { stepDown: 0 },
    neverSeen: expect.arrayContaining(['transition stepDown']),
  })
})

// A limit on the size of files stands for a disk that is full: what is written up to it is there, and no more.
test.skipIf(process.platform === 'win32')('sim --seeds: results that cannot be written end the sweep, which says what it has', async () => {
  const limited = `trap '' XFSZ; ulimit -f 16; exec "$0" "$@"`
  const args = [cliProgram, 'sim', 'raft/leader-crash', '--seeds', '1..100000']
  const child = spawn('sh', ['-c', limited, process.execPath, ...args], { env: { ...process.env, SYNOD_HOME: data } })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(3)
  expect(err).toContain('The sweep ended: The results of the sweep cannot be kept any more')
  const [, runs] = /^runs +([1-9][0-9]*) of 100000$/m.exec(out) ?? []
  // The last one was found, and its line was too long by then.
  const rest = await synod(['sim', 'raft/leader-crash', '--seeds', `1..${runs}`, '--resume'])
  expect(rest).toMatchObject({ code: 0, err: expect.stringContaining(`${Number(runs) - 1} of ${runs} seeds are done already`) })
})

test('sim: misuse is exit code 2 and says what was meant', async () => {
  expect(await synod(['sim', 'raft/nothing'])).toMatchObject({ code: 2, err: expect.stringContaining('raft/bad-afternoon') })
  expect(await synod(['sim', 'raft/bad-afternoon', '--seeds', '7'])).toMatchObject({ code: 2, err: expect.stringContaining('1..200') })
  const both = await synod(['sim', 'raft/bad-afternoon', '--seed', '1', '--seeds', '1..2'])
  expect(both).toMatchObject({ code: 2, err: expect.stringContaining('not both') })
  const alone = await synod(['sim', 'raft/bad-afternoon', '--resume'])
  expect(alone).toMatchObject({ code: 2, err: expect.stringContaining('Only a sweep (--seeds)') })
  expect((await synod(['sim', '--help'])).out).toContain('--jobs')
})
