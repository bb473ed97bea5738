/** Whatever is asked of the lab in a wrong way is answered with the path of what is wrong, before anything happens. */
import { expect, test } from 'vitest'
import { requests } from '../../../main/contract/commands.ts'
import { LabError } from '../../../main/contract/errors.ts'
import { asLabError, dispatch, type Handlers } from '../../../main/labBorder.ts'
import { choose } from '../../../main/labChoice.ts'
import { runConfigSchema } from '../../../protocols/core/config.ts'

const calls: { command: string; request: unknown }[] = []
const handlers = Object.fromEntries(
  Object.keys(requests).map((command) => [
    command,
    (request: unknown) => {
      calls.push({ command, request })
      return null
    },
  ]),
) as unknown as Handlers<undefined>

async function refusal(command: string, request: unknown): Promise<LabError> {
  const before = calls.length
  const error = await dispatch(handlers, command, request, undefined).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(LabError)
  expect(calls).toHaveLength(before)
  return error as LabError
}

test.each([
  ['runs.start', { config: { nodes: 'three' } }, 'config.nodes'],
  ['runs.start', { config: { nodes: 99 } }, 'config.nodes'],
  ['runs.start', { config: { colour: 'red' } }, '"colour"'],
  ['runs.start', {}, 'config'],
  ['runs.start', null, 'the request'],
  ['run.node', { run: 'r', node: 'x1', action: 'crash' }, 'node'],
  ['run.node', { run: 'r', node: 'n1', action: 'explode' }, 'action'],
  ['run.arm', { run: 'r', fault: { kind: 'loss', target: { all: true }, probability: 3 } }, 'fault.probability'],
  ['run.arm', { run: 'r', fault: { kind: 'fire' } }, 'fault.kind'],
  ['run.events', { run: 'r', from: -1, limit: 10 }, 'from'],
  ['run.events', { run: 'r', from: 1, limit: 1e9 }, 'limit'],
  ['run.timeScale', { run: 'r', scale: 0 }, 'scale'],
  ['run.client', { run: 'r', text: 'x'.repeat(100_001) }, 'text'],
  ['lab.info', { extra: 1 }, '"extra"'],
])('%s with %j names %s', async (command, request, path) => {
  const error = await refusal(command, request)
  expect(error.code).toBe('bad-request')
  expect(error.message).toContain(command)
  expect(error.message).toContain(path)
})

test('options that a protocol does not have are named, with those that it has', () => {
  const wrong = () => choose(runConfigSchema.parse({ options: { heartbeat: 5 } }))
  expect(wrong).toThrow(
    expect.objectContaining({ code: 'bad-request', message: expect.stringContaining('config.options: unknown "heartbeat".') }),
  )
  expect(wrong).toThrow(expect.objectContaining({ hint: expect.stringContaining('heartbeatMs') }))
})

test.each(['nothing', '', '__proto__', 'toString', 'constructor'])('there is no command %j', async (command) => {
  const error = await refusal(command, {})
  expect(error.code).toBe('bad-request')
  expect(error.hint).toContain('runs.start')
})

test('defaults are filled in on the way', async () => {
  await dispatch(handlers, 'run.events', { run: 'r', from: 1, limit: 5 }, undefined)
  expect(calls.at(-1)).toEqual({ command: 'run.events', request: { run: 'r', from: 1, limit: 5, direction: 'forward' } })
})

test('whatever goes wrong behind the border leaves as a LabError', async () => {
  const failing = { ...handlers, 'lab.info': () => Promise.reject(new TypeError('a bug')) } as unknown as Handlers<undefined>
  await expect(dispatch(failing, 'lab.info', {}, undefined)).rejects.toMatchObject({ name: 'LabError', code: 'internal', message: 'a bug' })
  expect(asLabError(Object.assign(new Error('ENOSPC: write'), { code: 'ENOSPC' }))).toMatchObject({
    code: 'disk',
    hint: expect.any(String),
  })
  expect(asLabError(Object.assign(new Error('EROFS: open'), { code: 'EROFS' }))).toMatchObject({ code: 'disk', hint: expect.any(String) })
  expect(asLabError(undefined)).toMatchObject({ code: 'internal' })
})
