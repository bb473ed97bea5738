/** When the proxy stays awake, by a clock that the test holds in its hand. */
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Vigil } from '../../../main/proxy/vigil.ts'

let nowMs = 0
beforeEach(() => {
  nowMs = 1000
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs)
})
afterEach(() => vi.restoreAllMocks())

/** For 30 ms, a read of so many bytes every so many milliseconds. */
function reads(bytes: number, everyMs: number): Vigil {
  const vigil = new Vigil()
  for (const endMs = nowMs + 30; nowMs < endMs; nowMs += everyMs) vigil.read(bytes)
  return vigil
}

test('it stays awake while little comes often, and sleeps when nothing has come for a moment', async () => {
  const vigil = reads(200, 0.1)
  expect(vigil.isWatching).toBe(true)
  nowMs += 0.01
  await turn()
  expect(vigil.isWatching).toBe(true)
  nowMs += 0.2
  await turn()
  expect(vigil.isWatching).toBe(false)
  vigil.read(200)
  expect(vigil.isWatching).toBe(true)
  nowMs += 1
  await turn()
  expect(vigil.isWatching).toBe(false)
})

test.for([
  { what: 'much comes', bytes: 2000, everyMs: 0.1 },
  { what: 'something comes now and then', bytes: 200, everyMs: 1 },
  { what: 'something comes rarely', bytes: 200, everyMs: 25 },
])('it sleeps at once where $what', ({ bytes, everyMs }) => {
  expect(reads(bytes, everyMs).isWatching).toBe(false)
})

test('it sleeps at once again when more comes', async () => {
  const vigil = reads(200, 0.1)
  await turn()
  for (let read = 0; read < 300; read++, nowMs += 0.1) vigil.read(2000)
  await turn()
  vigil.read(2000)
  expect(vigil.isWatching).toBe(false)
})
