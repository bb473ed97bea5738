import { describe, expect, test } from 'vitest'
import { checked, closingLine, countPlaywright, countVitest, total } from '../../main/setup/count.mjs'

const vitest = (more: object = {}) => ({ passed: 3, failed: 0, skipped: 0, failures: [], ...more })
const playwright = (more: object = {}) => ({ stats: { expected: 2, unexpected: 0, flaky: 0, skipped: 0, ...more } })

describe('unit tests', () => {
  test('what passed and failed is what the report says', () => {
    expect(countVitest(vitest(), 0)).toMatchObject({ passed: 3, failed: 0 })
    expect(countVitest(vitest({ failed: 2 }), 1)).toMatchObject({ passed: 3, failed: 2 })
  })

  test('a bad exit without a failed test is a failure', () => {
    expect(countVitest(vitest(), 1)).toMatchObject({ passed: 3, failed: 1 })
  })

  test('no test at all is a failure', () => {
    expect(countVitest(vitest({ passed: 0 }), 0)).toMatchObject({ passed: 0, failed: 1, note: 'it ran no test' })
    expect(countVitest(undefined, 0)).toMatchObject({ passed: 0, failed: 1 })
  })

  test('skipped tests are told', () => {
    expect(countVitest(vitest({ skipped: 2 }), 0).note).toBe('2 skipped')
  })
})

describe('the journey', () => {
  test('what passed and failed is what the report says', () => {
    expect(countPlaywright(playwright(), 0)).toMatchObject({ passed: 2, failed: 0 })
    expect(countPlaywright(playwright({ unexpected: 1 }), 1)).toMatchObject({ passed: 2, failed: 1 })
  })

  test('a test that passes only sometimes has failed', () => {
    expect(countPlaywright(playwright({ flaky: 1 }), 0).failed).toBe(1)
  })

  test('a skipped test has failed', () => {
    expect(countPlaywright(playwright({ skipped: 2 }), 0)).toMatchObject({ failed: 2 })
  })

  test('no test at all is a failure', () => {
    expect(countPlaywright(playwright({ expected: 0 }), 0).failed).toBe(1)
    expect(countPlaywright(undefined, 1).failed).toBe(1)
  })
})

test('the closing line adds all stages up', () => {
  const sum = total([checked(0), checked(1), countVitest(vitest(), 0), countPlaywright(playwright(), 0)])
  expect(closingLine(sum)).toBe('6 passed, 1 failed')
})
