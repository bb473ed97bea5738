import { expect, test } from 'vitest'
import { anchor } from '../../../protocols/core/anchor.ts'

test('a process that is put aside between two readings does not shift its clock', () => {
  // each reading takes 1; every reading but those of the tenth try is followed by an interruption
  let nowUs = 0
  let readings = 0
  const read = (offset: number) => () => {
    nowUs += 1
    readings += 1
    const seen = nowUs + offset
    if (Math.floor((readings - 1) / 3) !== 9) nowUs += 8000 * (1 + (readings % 5))
    return seen
  }
  expect(anchor(read(0), read(1_000_000))).toBe(1_000_000)
})
