// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { FromLab, ToLab } from '../../../main/contract/client.ts'
import type { Change } from '../../../main/contract/stream.ts'
import { apiAddress, webSocketClient } from '../../../renderer/client/webSocketClient.ts'

/** A socket whose other end is the test. */
class Line extends EventTarget {
  readyState: number = WebSocket.CONNECTING
  readonly sent: ToLab[] = []
  send(text: string): void {
    this.sent.push(JSON.parse(text) as ToLab)
  }
  up(): void {
    this.readyState = WebSocket.OPEN
    this.dispatchEvent(new Event('open'))
  }
  down(): void {
    this.readyState = WebSocket.CLOSED
    this.dispatchEvent(new Event('close'))
  }
  say(message: FromLab): void {
    this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(message) }))
  }
}

let lines: Line[]
const open = () => {
  const line = new Line()
  lines.push(line)
  return line as unknown as WebSocket
}
const line = (): Line => lines.at(-1) as Line

beforeEach(() => {
  lines = []
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('answers find their calls, in whatever order they come', async () => {
  const client = webSocketClient('ws://x', open)
  line().up()
  const [first, second] = [client.call('runs.list', {}), client.call('lab.info', {})]
  const [one, two] = line().sent
  expect([one?.command, two?.command]).toEqual(['runs.list', 'lab.info'])
  line().say({ id: two?.id ?? 0, ok: true, response: 'second' })
  line().say({ id: one?.id ?? 0, ok: true, response: 'first' })
  expect(await first).toBe('first')
  expect(await second).toBe('second')
})

test('a failure comes as a LabError with its code and its next move', async () => {
  const client = webSocketClient('ws://x', open)
  line().up()
  const call = client.call('runs.list', {})
  line().say({ id: 1, ok: false, failure: { code: 'disk', message: 'The disk is full.', hint: 'Make room.' } })
  await expect(call).rejects.toMatchObject({ name: 'LabError', code: 'disk', message: 'The disk is full.', hint: 'Make room.' })
})

test('calls made before the connection stands are sent once it does', () => {
  const client = webSocketClient('ws://x', open)
  void client.call('runs.list', {})
  expect(line().sent).toEqual([])
  line().up()
  expect(line().sent).toHaveLength(1)
})

test('when the connection is lost, what was sent is rejected, and it connects again, ever more slowly', async () => {
  const client = webSocketClient('ws://x', open)
  const states: string[] = []
  client.onConnection((state) => states.push(state))
  line().up()
  const call = client.call('runs.list', {})
  line().down()
  await expect(call).rejects.toMatchObject({ code: 'internal', message: expect.stringContaining('lost') })
  vi.advanceTimersByTime(249)
  expect(lines).toHaveLength(1)
  vi.advanceTimersByTime(1)
  expect(lines).toHaveLength(2)
  line().down()
  vi.advanceTimersByTime(499)
  expect(lines).toHaveLength(2)
  vi.advanceTimersByTime(1)
  line().up()
  expect(states).toEqual(['connecting', 'open', 'lost', 'open'])
})

test('a call that was never sent outlives a connection that never stood', () => {
  const client = webSocketClient('ws://x', open)
  const failed = vi.fn()
  client.call('lab.info', {}).catch(failed)
  line().down()
  vi.advanceTimersByTime(250)
  line().up()
  expect(line().sent).toMatchObject([{ command: 'lab.info' }])
  expect(failed).not.toHaveBeenCalled()
})

test('a call made while the connection is lost waits for the next one', () => {
  const client = webSocketClient('ws://x', open)
  line().up()
  line().down()
  void client.call('lab.info', {})
  vi.advanceTimersByTime(250)
  line().up()
  expect(line().sent).toMatchObject([{ command: 'lab.info' }])
})

test('changes reach every listener until it stops listening', () => {
  const client = webSocketClient('ws://x', open)
  line().up()
  const heard: Change[] = []
  const stop = client.onChange((change) => heard.push(change))
  line().say({ change: { kind: 'runs', runs: [] } })
  stop()
  line().say({ change: { kind: 'runs', runs: [] } })
  expect(heard).toEqual([{ kind: 'runs', runs: [] }])
})

test.each([
  ['http://127.0.0.1:8080/?token=a%2Bb', 'ws://127.0.0.1:8080/api?token=a%2Bb'],
  ['http://127.0.0.1:8080/index.html?token=t#x', 'ws://127.0.0.1:8080/api?token=t'],
  ['https://lab.example/', 'wss://lab.example/api'],
])('the page %s speaks to %s', (page, address) => {
  expect(apiAddress(page)).toBe(address)
})
