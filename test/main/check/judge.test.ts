/** The judge in its thread: histories from files and from the events of runs, what it says of bad ones, and that it shows how far it is. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { judgeFile, judgeRun } from '../../../main/check/index.ts'
import type { JudgeProgress } from '../../../main/contract/history.ts'
import type { InvokeEvent, ReturnEvent, RunEvent } from '../../../protocols/core/event.ts'
import type { Json } from '../../../protocols/core/json.ts'
import { longHistory } from '../../protocols/check/longHistory.ts'

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'synod-history-'))
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

function write(name: string, text: string): string {
  const file = path.join(folder, name)
  fs.writeFileSync(file, text)
  return file
}

const stale = [
  { client: 'a', operation: 'write', input: 1, invoke: 0, return: 1 },
  { client: 'a', operation: 'write', input: 2, invoke: 2, return: 3 },
  { client: 'b', operation: 'read', output: 1, invoke: 9, return: 10 },
]
const lines = (objects: readonly object[]): string => objects.map((object) => `${JSON.stringify(object)}\n`).join('')

describe('a file', () => {
  test('NDJSON: the verdict with the operations in words and their lines', async () => {
    const report = await judgeFile(write('stale.ndjson', lines(stale)), 'register')
    expect(report).toMatchObject({ is: 'violated', model: 'register', operations: 3, unheard: 0, parts: 1 })
    expect(report.violations).toMatchObject([
      {
        certain: { at: 3, client: 'b', text: 'read', answer: '1', invoke: 9, return: 10 },
        explained: {
          window: { operations: [{ at: 2, text: 'write 2' }, { at: 3 }], from: 2, to: 10, smallest: true },
          attempts: [{ length: 2, tail: [{ at: 1 }, { at: 2 }], state: '2' }],
          sequential: 'holds',
          staleReads: { is: 'holds', by: 6 },
        },
      },
    ])
  })

  test('NDJSON: a good one comes with its order', async () => {
    const report = await judgeFile(write('good.ndjson', lines(stale.slice(0, 2))), 'register')
    expect(report).toMatchObject({
      is: 'linearizable',
      order: [
        { id: 1, at: 0 },
        { id: 2, at: 2 },
      ],
      violations: [],
    })
  })

  test.each(['records.edn', 'records without a name that says so'])("Jepsen's EDN: %s", async (name) => {
    const text = `{:process 0, :type :invoke, :f :write, :value 1}\n{:process 0, :type :ok, :f :write, :value 1}
{:process 1, :type :invoke, :f :read, :value nil}\n{:process 1, :type :ok, :f :read, :value nil}\n`
    expect(await judgeFile(write(name, text), 'register')).toMatchObject({ is: 'violated', violations: [{ certain: { at: 3 } }] })
  })

  test.each<[string, string, RegExp]>([
    ['a broken line', `${lines(stale)}{"client":\n`, /broken:4: this line is not JSON/],
    ['an unknown operation', lines([{ client: 'a', operation: 'push', invoke: 0 }]), /broken:1: "push" is no operation/],
    ['a damaged EDN file', '{:process 0, :type :invoke,\n :f :read', /broken:2:10: the file ends before the }/],
  ])('%s: an error with its line, no verdict', async (_, text, message) => {
    await expect(judgeFile(write('broken', text), 'register')).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringMatching(message),
    })
  })

  test('no file, and a folder', async () => {
    await expect(judgeFile(path.join(folder, 'none'), 'register')).rejects.toMatchObject({ code: 'not-found' })
    await expect(judgeFile(folder, 'register')).rejects.toMatchObject({ code: 'not-found' })
  })

  test('a limit gives unknown; on the way it says how far it is', async () => {
    const { operations } = longHistory({ seed: 4, keys: 1, clients: 30, operations: 4000, unknownIn: 3 })
    const text = lines(
      operations.map(({ client, input: { op, key, ...input }, invoke, return: end, outcome }) => ({
        client,
        operation: op,
        key,
        input,
        invoke,
        return: end,
        outcome: outcome.is,
        ...(outcome.is === 'ok' ? { output: outcome.output } : {}),
      })),
    )
    const seen: JudgeProgress[] = []
    const report = await judgeFile(write('hard.ndjson', text), 'kv', { limitMs: 1500, onProgress: (progress) => void seen.push(progress) })
    expect(report).toMatchObject({ is: 'unknown', undecided: 1, violations: [] })
    expect(report.why).toMatch(/limit|memory/)
    expect(report.order).toBeUndefined()
    expect(seen.some((progress) => progress.doing === 'judging' && progress.total === operations.length)).toBe(true)
  })
})

describe('a run', () => {
  let seq = 0
  const stamp = { life: 1, step: 1, lamport: 1, clock: [] }
  const invoke = (operation: number, client: string, op: Json, atUs: number): InvokeEvent => ({
    kind: 'invoke',
    seq: ++seq,
    atUs,
    operation,
    client,
    op,
    ...stamp,
  })
  const end = (operation: number, client: string, outcome: ReturnEvent['outcome'], atUs: number): ReturnEvent => ({
    kind: 'return',
    seq: ++seq,
    atUs,
    operation,
    client,
    outcome,
    ...stamp,
  })
  async function* pages(...events: RunEvent[]): AsyncGenerator<readonly RunEvent[]> {
    for (let i = 0; i < events.length; i += 2) yield events.slice(i, i + 2)
  }
  const ok = (result: Json): ReturnEvent['outcome'] => ({ is: 'ok', result })

  test('its operations are judged as recorded; a violation names their events', async () => {
    seq = 100
    const report = await judgeRun(
      pages(
        invoke(1, 'c1', { op: 'put', key: 'x', value: '1' }, 0),
        end(1, 'c1', ok(null), 10),
        invoke(2, 'c2', { op: 'cas', key: 'x', expect: '1', value: '2' }, 20),
        end(2, 'c2', ok(true), 30),
        invoke(3, 'c1', { op: 'append', key: 'x', value: '!' }, 40),
        end(3, 'c1', { is: 'unknown', why: 'nobody answered' }, 50),
        invoke(4, 'c1', { op: 'delete', key: 'x' }, 60),
        end(4, 'c1', { is: 'refused', why: 'not now' }, 70),
        invoke(5, 'c1', { op: 'get', key: 'x' }, 80),
        end(5, 'c1', ok('1'), 90),
        invoke(6, 'c1', { op: 'put', key: 'y', value: '1' }, 95),
      ),
      'kv',
    )
    expect(report).toMatchObject({ is: 'violated', operations: 6, unheard: 2, parts: 2 })
    expect(report.violations).toMatchObject([
      {
        part: 'x',
        certain: { id: 5, at: 109, text: 'get x', answer: '1' },
        explained: { window: { operations: [{ id: 2, at: 103 }, { id: 5 }] } },
      },
    ])
  })

  test('where the order is asked for, the longest orders tried come with their points', async () => {
    const events = [
      invoke(1, 'c1', { op: 'put', key: 'x', value: '1' }, 0),
      invoke(2, 'c2', { op: 'put', key: 'x', value: '2' }, 5),
      end(2, 'c2', ok(null), 10),
      end(1, 'c1', ok(null), 20),
      invoke(3, 'c1', { op: 'get', key: 'x' }, 30),
      end(3, 'c1', ok(null), 40),
    ]
    const without = await judgeRun(pages(...events), 'kv')
    expect(without.violations[0]?.explained?.attempts[0]).not.toHaveProperty('points')
    const { violations } = await judgeRun(pages(...events), 'kv', { order: true })
    const attempts = violations[0]?.explained?.attempts ?? []
    expect(attempts.map(({ length, points }) => [length, points])).toEqual([
      [
        2,
        [
          { id: 2, at: 5 },
          { id: 1, at: 5 },
        ],
      ],
      [
        2,
        [
          { id: 1, at: 0 },
          { id: 2, at: 5 },
        ],
      ],
    ])
  })

  test('a person who asks again before the answer is there', async () => {
    const report = await judgeRun(
      pages(
        invoke(1, 'you', { op: 'put', key: 'x', value: '1' }, 0),
        invoke(2, 'you', { op: 'get', key: 'x' }, 5),
        end(2, 'you', ok('1'), 10),
        invoke(3, 'you', { op: 'get', key: 'x' }, 15),
        end(1, 'you', ok(null), 20),
        end(3, 'you', ok('1'), 30),
      ),
      'kv',
    )
    expect(report).toMatchObject({ is: 'linearizable', operations: 3 })
  })

  test('a recording whose operations are none of the service', async () => {
    await expect(judgeRun(pages(invoke(1, 'c1', { op: 'steal', key: 'x' }, 0)), 'kv')).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringMatching(/"steal" is no operation/),
    })
  })

  test('a reader that fails ends the thread', async () => {
    async function* failing(): AsyncGenerator<readonly RunEvent[]> {
      yield []
      throw new Error('the file is damaged')
    }
    await expect(judgeRun(failing(), 'kv')).rejects.toThrow('the file is damaged')
  })
})
