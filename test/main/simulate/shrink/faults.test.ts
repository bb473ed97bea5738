/** Changes to what befalls messages, and to when clients come. */
import { expect, test } from 'vitest'
import type { Step } from '../../../../main/scenario/format.ts'
import { astray } from '../../../../main/simulate/shrink/aim.ts'
import { askedLater, changed } from '../../../../main/simulate/shrink/change.ts'
import { Dice } from '../../../../main/simulate/shrink/dice.ts'
import { certain, stray } from '../../../../main/simulate/shrink/faults.ts'
import type { Sent } from '../../../../main/simulate/shrink/letters.ts'
import type { Trial } from '../../../../main/simulate/shrink/trial.ts'
import { loadSchema } from '../../../../protocols/core/config.ts'
import { bench, run, trialOf } from './trials.ts'

const arm = (fault: object): Step => ({ do: 'arm', arm: fault as never, atMs: 0 })

test('a cut or a loss becomes what never arrives, on the same links and messages; delays stay, and heals may go', () => {
  const dice = new Dice(1)
  const [links, rule] = [{ links: [['n1', 'n2']] }, { types: ['RequestVote'] }]
  const delay = arm({ kind: 'delay', delayMs: 5, target: { all: true } })
  const lossy = trialOf(arm({ kind: 'cut', target: links, rule }), arm({ kind: 'loss', probability: 0.5, target: links }), delay)
  const healed = trialOf(...lossy.steps.slice(0, -1), { do: 'heal', heal: true, atMs: 50 })
  const seen = new Set<string>()
  for (let count = 0; count < 200; count++) {
    const { steps } = stray(healed, dice, bench, []) as Trial
    const kinds = steps.map((step) => (step.do === 'arm' ? step.arm.kind : step.do))
    seen.add(kinds.join(' '))
    expect(steps).toContainEqual(delay)
    if (kinds[0] === 'reorder') expect(steps[0]).toEqual(arm({ ...astray, target: links, rule }))
  }
  expect([...seen].sort()).toEqual(
    ['cut reorder delay', 'reorder loss delay', 'reorder reorder delay'].flatMap((kinds) => [`${kinds} heal watch`, `${kinds} watch`]),
  )
  expect(stray(trialOf(delay), dice, bench, [])).toBeUndefined()
})

test('what befalls messages by chance befalls one that is sent, for certain', () => {
  const dice = new Dice(2)
  const sent = [{ from: 'n1', to: 'n2', type: 'RequestVote', atMs: 3, before: 1, body: {}, lostBy: undefined }] as unknown as Sent[]
  const late = { kind: 'reorder', probability: 0.1, windowMs: 97, target: { all: true } }
  const [step] = (certain(trialOf(arm(late)), dice, bench, sent) as Trial).steps
  const rule = { types: ['RequestVote'], skip: 1, count: 1 }
  expect(step).toEqual(arm({ ...late, probability: 1, target: { links: [['n1', 'n2']] }, rule }))
  expect(certain(trialOf(arm({ kind: 'cut', target: { all: true } })), dice, bench, sent)).toBeUndefined()
  expect(certain(trialOf(arm(late)), dice, bench, [])).toBeUndefined()
})

test('who asks from the beginning on comes at some time of the run, and asks as much', () => {
  const load = loadSchema.parse({ clients: 2, operations: 3 })
  const loaded: Trial = { ...trialOf(), run: { ...run, load } }
  const { run: left, steps } = askedLater(loaded, new Dice(3), bench, []) as Trial
  expect(left.load).toBeUndefined()
  expect(steps).toEqual([
    { do: 'load', load, atMs: expect.any(Number) },
    { do: 'watch', watch: { ms: 100 } },
  ])
  expect(askedLater(trialOf(), new Dice(3), bench, [])).toBeUndefined()
})

test('what it must fail of stays, whoever goes', () => {
  const last: Step = { do: 'wait', wait: { fact: 'role', of: 'n3', is: '=', value: 'leader' } as never, withinMs: 500 }
  const trial: Trial = { ...trialOf(), steps: [{ do: 'crash', crash: 'n3', atMs: 10 }, last] }
  const dice = new Dice(4)
  for (let count = 0; count < 500; count++) expect(changed(trial, dice, bench, []).steps.at(-1)?.do).toBe('wait')
})
