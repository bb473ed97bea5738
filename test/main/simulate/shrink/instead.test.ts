/** What befell a node befalls its links instead. */
import { expect, test } from 'vitest'
import type { Step } from '../../../../main/scenario/format.ts'
import { Dice } from '../../../../main/simulate/shrink/dice.ts'
import { instead } from '../../../../main/simulate/shrink/instead.ts'
import type { Trial } from '../../../../main/simulate/shrink/trial.ts'
import { bench, trialOf } from './trials.ts'

const many = (trial: Trial): Trial[] => {
  const dice = new Dice(1)
  return Array.from({ length: 200 }, () => instead(trial, dice, bench, []) as Trial)
}

test('a node that stands still is heard late, or never, or hears nothing: one deed, and now and then its end', () => {
  const paused = trialOf({ do: 'pause', pause: 'n2', atMs: 100 }, { do: 'resume', resume: 'n2', atMs: 300 })
  for (const { steps } of many(paused)) {
    const [first, ...rest] = steps
    if (first?.do !== 'arm' || first.arm.kind !== 'delay') throw new Error(`no delay: ${JSON.stringify(first)}`)
    const { links } = first.arm.target as { links: [string, string][] }
    expect(links.length).toBeGreaterThan(0)
    for (const link of links) expect(link).toContain('n2')
    const delayMs = Number(first.arm.delayMs)
    expect(delayMs === 60_000 || (delayMs >= 140 && delayMs <= 260)).toBe(true)
    expect(rest.map((step) => step.do)).toEqual(rest.length === 2 ? ['lift', 'watch'] : ['watch'])
  }
})

test('what befalls others stays, and of two absences one at a time goes', () => {
  const down: Step[] = [
    { do: 'crash', crash: 'n1', atMs: 10 },
    { do: 'restart', restart: 'n1', atMs: 20 },
  ]
  const other: Step[] = [
    { do: 'pause', pause: 'n2', atMs: 30 },
    { do: 'crash', crash: 'n3', atMs: 40 },
  ]
  const seen = new Set<string>()
  for (const { steps } of many(trialOf(...down, ...other))) {
    const kept = (some: readonly Step[]) => some.filter((step) => steps.includes(step)).length
    expect([kept(down), kept(other)]).toEqual(kept(down) === 0 ? [0, 2] : [2, 1])
    if (kept(down) === 0) seen.add(steps.map((step) => step.do).join(' '))
  }
  expect(seen).toContain('pause resume pause crash watch')
  expect(seen).toContain('arm pause crash watch')
})

test('nothing to replace, nobody who would notice', () => {
  const dice = new Dice(1)
  expect(instead(trialOf(), dice, bench, [])).toBeUndefined()
  const alone = trialOf({ do: 'crash', crash: 'n1', atMs: 10 })
  expect(instead({ ...alone, run: { ...alone.run, nodes: 1 } }, dice, bench, [])).toBeUndefined()
})
