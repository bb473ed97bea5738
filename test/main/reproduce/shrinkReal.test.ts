/** How a script that fails now and then is shrunk: tried as often as it takes, with rates that are counted. The attempts here are made up. */
import { expect, test } from 'vitest'
import { type ShrinkRealOptions, shrinkReal, triesFor } from '../../../main/reproduce/shrinkReal.ts'
import { parseScenario } from '../../../main/scenario/parse.ts'
import { written } from '../../../main/simulate/shrink/write.ts'
import { raft } from '../../../protocols/raft/index.ts'

/** Fails when it has both `a` and `b`, in so many of ten attempts; which of them is fixed beforehand. */
function flaky(share: number) {
  const runs = new Set<string>()
  let count = 0
  const options: Pick<ShrinkRealOptions, 'attempt' | 'forget'> = {
    attempt: async (text) => {
      const run = `run-${++count}`
      runs.add(run)
      return { run, failed: /put a/.test(text) && /put b/.test(text) && (count * 7) % 10 < share * 10 }
    },
    forget: async (run) => void runs.delete(run),
  }
  return { options, runs }
}

const asks = (...keys: string[]) => {
  const steps = keys.map((key, index) => `  - { ask: put ${key} 1, atMs: ${10 * index} }`)
  const { run, steps: placed, expect: expected, limitMs } = parseScenario(`name: x\nrun: { nodes: 3 }\nsteps:\n${steps.join('\n')}\n`)
  return { run, steps: placed.map(({ step }) => step), expect: expected, limitMs }
}
const textOf: ShrinkRealOptions['textOf'] = (script) => written(script, raft, 'x')

test('what fails now and then is tried as often as it takes, and its rate is honest', async () => {
  const { options, runs } = flaky(0.7)
  const shrunk = await shrinkReal({ ...options, script: asks('c', 'a', 'd', 'e', 'b', 'f'), times: 10, textOf })
  expect(shrunk.whole).toEqual({ reproduced: 7, of: 10 })
  expect(shrunk.smallest).toEqual({ reproduced: 7, of: 10 })
  expect(shrunk.deeds).toEqual({ from: 6, to: 2 })
  expect(shrunk.text).toMatch(/put a.*\n.*put b/)
  expect([...runs]).toEqual([shrunk.run])
})

test('what never fails again is not shrunk, and says so', async () => {
  const { options, runs } = flaky(0)
  const shrunk = await shrinkReal({ ...options, script: asks('a', 'b', 'c'), times: 5, textOf })
  expect(shrunk).toMatchObject({ whole: { reproduced: 0, of: 5 }, run: undefined, deeds: { from: 3, to: 3 }, isMinimal: false })
  expect(runs.size).toBe(0)
})

test('the rarer it fails, the more often it is tried', () => {
  expect(triesFor({ reproduced: 10, of: 10 })).toBe(2)
  expect(triesFor({ reproduced: 7, of: 10 })).toBe(3)
  expect(triesFor({ reproduced: 1, of: 10 })).toBe(17)
})
