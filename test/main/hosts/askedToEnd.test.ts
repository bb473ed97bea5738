/** One press of Ctrl-C may be heard twice; only a press of its own ends a program at once. */
import { afterEach, expect, test, vi } from 'vitest'
import { askedToEnd } from '../../../main/ending.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const others = new Map(SIGNALS.map((signal) => [signal, process.listeners(signal)]))
const ours = (signal: (typeof SIGNALS)[number]) => process.listeners(signal).filter((one) => !others.get(signal)?.includes(one))
const hear = (signal: (typeof SIGNALS)[number]) => {
  for (const listener of ours(signal)) listener(signal)
}

afterEach(() => {
  vi.useRealTimers()
  for (const signal of SIGNALS) for (const listener of ours(signal)) process.off(signal, listener)
})

test.each(SIGNALS)('%s asks to end; heard again at once it is the same, a second later it is another', async (signal) => {
  vi.useFakeTimers({ toFake: ['performance'] })
  const giveUp = vi.fn()
  const asked = askedToEnd(giveUp)
  hear(signal)
  hear(signal)
  hear('SIGTERM')
  expect(await asked).toBe(signal)
  expect(giveUp).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1001)
  hear(signal)
  expect(giveUp).toHaveBeenCalledOnce()
})
