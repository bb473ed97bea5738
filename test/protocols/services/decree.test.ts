import { expect, test } from 'vitest'
import { type DecreeOperation, decree } from '../../../protocols/services/decree.ts'

const op = (text: string): DecreeOperation => {
  const parsed = decree.parse(text)
  if ('error' in parsed) throw new Error(parsed.error)
  return parsed.op
}

test('the first value that is proposed is everybody’s answer', () => {
  let state = decree.init()
  const answers = ['learn', 'propose X', 'propose Y', 'learn'].map((line) => {
    const applied = decree.apply(state, op(line))
    state = applied.state
    return decree.formatResult(op(line), applied.result)
  })
  expect(answers).toEqual(['(nothing)', 'X', 'X', 'X'])
  expect(decree.decode(decree.encode(state))).toBe(state)
})

test('what is read is written the same way, and what cannot be read says what would be right', () => {
  for (const line of ['learn', 'propose X', 'propose "two words"', 'propose ""']) expect(decree.format(op(line))).toBe(line)
  expect(decree.formatResult(op('learn'), '(nothing)')).toBe('"(nothing)"')
  for (const line of ['', 'propose', 'propose X Y', 'learn X', 'put x 1']) expect(decree.parse(line)).toHaveProperty('error')
})

test('a load proposes values that nobody else proposes, and learns', () => {
  let coin = 0
  const coins = () => {
    coin = (coin + 0x10000000) >>> 0
    return coin
  }
  const drawn = Array.from({ length: 32 }, (_, serial) =>
    decree.draw({ readMix: 1, writeMix: 1, casMix: 0, keys: 1, valueBytes: 1 }, coins, serial),
  )
  const proposed = drawn.flatMap((each) => (each.op === 'propose' ? [each.value] : []))
  expect(proposed.length).toBeGreaterThan(4)
  expect(proposed.length).toBeLessThan(28)
  expect(new Set(proposed).size).toBe(proposed.length)
})
