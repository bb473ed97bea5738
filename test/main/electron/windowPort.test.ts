/** The engine's end of a window's port: it answers every call, and whatever else a page could say harms nobody. */
import { EventEmitter } from 'node:events'
import { beforeEach, expect, test } from 'vitest'
import { serveWindow } from '../../../main/hosts/electron/windowPort.ts'
import { type FakeLab, fakeLab } from '../hosts/fakeLab.ts'

class FakePort extends EventEmitter {
  readonly #waiting: ((word: unknown) => void)[] = []
  readonly sent: unknown[] = []

  start(): void {}

  postMessage(word: unknown): void {
    const next = this.#waiting.shift()
    if (next) next(word)
    else this.sent.push(word)
  }

  say(data: unknown): void {
    this.emit('message', { data, ports: [] })
  }

  async heard(): Promise<unknown> {
    return this.sent.shift() ?? (await new Promise((resolve) => this.#waiting.push(resolve)))
  }
}

let lab: FakeLab
let port: FakePort

beforeEach(() => {
  lab = fakeLab()
  port = new FakePort()
  serveWindow(lab, port as unknown as Parameters<typeof serveWindow>[1])
})

test('calls are answered, failures and bugs as data', async () => {
  port.say({ id: 1, command: 'runs.list', request: {} })
  expect(await port.heard()).toEqual({ id: 1, ok: true, response: { echo: 'runs.list' } })
  port.say({ id: 2, command: 'fail', request: {} })
  expect(await port.heard()).toMatchObject({ id: 2, ok: false, failure: { code: 'node-down', hint: 'Restart it.' } })
  port.say({ id: 3, command: 'break' })
  expect(await port.heard()).toMatchObject({ id: 3, ok: false, failure: { code: 'internal' } })
})

test.each([
  [undefined, -1],
  [null, -1],
  ['close', -1],
  [7, -1],
  [[], -1],
  [{ seen: 'often' }, -1],
  [{ id: 4 }, 4],
  [{ id: 5, command: undefined, request: {} }, 5],
  [{ id: 6, command: { toString: 'x' }, request: {} }, 6],
  [{ id: 'x', command: 'runs.list' }, -1],
])('%j is no call: that is the answer, and the lab hears nothing of it', async (data, id) => {
  port.say(data)
  expect(await port.heard()).toMatchObject({ id, ok: false, failure: { code: 'bad-request' } })
  expect(lab.calls).toEqual([])
  port.say({ id: 9, command: 'lab.info', request: {} })
  expect(await port.heard()).toMatchObject({ id: 9, ok: true })
})

test('a window that does not say that it saw is behind, and saying it too often makes it no quicker', () => {
  const ready = () => [...lab.listeners].every((listener) => listener.ready?.())
  for (let i = 0; i < 20; i++) port.say({ seen: true })
  let told = 0
  while (ready() && told < 100) {
    lab.publish({ kind: 'runs', runs: [] })
    told++
  }
  expect(told).toBe(4)
  port.say({ seen: true })
  expect(ready()).toBe(true)
})

test('a window that is gone is let go', () => {
  port.emit('close')
  expect(lab.listeners.size).toBe(0)
})
