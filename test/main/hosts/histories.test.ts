/** `synod check --history` as a person calls it: words, JSON, exit codes. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { models } from '../../../protocols/check/models/index.ts'
import { callSynod } from './program.ts'

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'synod-histories-'))
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

const check = (...args: string[]) => callSynod(folder, ['check', ...args])

function history(name: string, operations: readonly object[]): string {
  const file = path.join(folder, name)
  fs.writeFileSync(file, operations.map((operation) => `${JSON.stringify(operation)}\n`).join(''))
  return file
}

const put = { client: 'a', operation: 'put', key: 'x', input: '1', invoke: 0, return: 5 }
const miss = { client: 'b', operation: 'get', key: 'x', output: null, invoke: 6, return: 9 }

test('linearizable exits 0', async () => {
  const { code, out } = await check('--history', history('good', [put, { ...miss, output: '1' }]), '--model', 'kv')
  expect(out).toBe('History: linearizable (kv, 2 operations in 1 part)\n')
  expect(code).toBe(0)
})

test('violated exits 1 and shows the smallest window; so does --json', async () => {
  const file = history('bad', [put, miss])
  const { code, out } = await check('--history', file, '--model', 'kv')
  expect(code).toBe(1)
  expect(out).toContain('x cannot be linearized: certain at line 2, get x.')
  expect(out).toMatch(
    /The smallest window that contradicts itself, 0 to 9:\n {2}line 1 {2}a {2}put x 1 {2}-> ok {6}0 \.\. 5\n {2}line 2 {2}b {2}get x {4}-> \(none\) {2}6 \.\. 9\n/,
  )
  expect(out).toContain('Sequentially consistent: yes; explained by reads that lag by up to 1\n')
  expect(out).toContain('History: violated (kv, 2 operations in 1 part)')
  const json = await check('--history', file, '--model', 'kv', '--json')
  expect(json.code).toBe(1)
  expect(JSON.parse(json.out)).toMatchObject({
    is: 'violated',
    violations: [{ part: 'x', explained: { window: { operations: [{ at: 1 }, { at: 2 }] } } }],
  })
})

test('unknown says why and is no pass', async () => {
  const { code, out } = await check('--history', history('limited', [put]), '--model', 'kv', '--limit-ms', '0')
  expect(out).toBe('History: unknown: the time limit came first (kv, 1 operation in 1 part, no verdict on 1)\n')
  expect(code).toBe(1)
})

test.each<[string, () => string[], RegExp]>([
  ['no model', () => ['--history', history('h', [put])], /A history needs a model/],
  ['an unknown model', () => ['--history', history('h', [put]), '--model', 'tree'], /There is no model "tree"/],
  ['a run as well', () => ['run', '--history', history('h', [put]), '--model', 'kv'], /Either the run run is judged, or --history/],
  ['neither', () => [], /Name a run, or a file with --history/],
  ['no such file', () => ['--history', path.join(folder, 'none'), '--model', 'kv'], /There is no file/],
  [
    'a bad line',
    () => ['--history', history('bad line', [put, { ...miss, operation: 'peek' }]), '--model', 'kv'],
    /bad line:2: "peek" is no operation of the model kv/,
  ],
])('%s exits 2', async (_, args, message) => {
  const { code, out, err } = await check(...args())
  expect(err).toMatch(message)
  expect(out).toBe('')
  expect(code).toBe(2)
})

test('help names the models', async () => {
  const { out } = await check('--help')
  for (const { name } of models) expect(out).toContain(name)
})
