import { expect, test } from 'vitest'
import { faultId } from '../../../../protocols/core/ids.ts'
import { FALL_MS, isStretched, LOST_AT, sight, type Travel, trailUs, VISIBLE_MS } from '../../../../renderer/panels/topology/timing.ts'

const message = (part: Partial<Travel> = {}): Travel => ({
  sentAtUs: 1_000_000,
  endAtUs: 2_000_000,
  fate: 'delivered',
  held: undefined,
  heldAtUs: undefined,
  ...part,
})
const at = (atUs: number, speed = 1) => ({ atUs, speed })

test('a message travels for as long as it really travelled, at the play speed', () => {
  for (const speed of [0.1, 1, 2]) {
    expect(sight(message(), at(1_000_000, speed))).toEqual({ is: 'travelling', fraction: 0 })
    expect(sight(message(), at(1_250_000, speed))).toEqual({ is: 'travelling', fraction: 0.25 })
    expect(sight(message(), at(1_999_999, speed))).toMatchObject({ is: 'travelling' })
    expect(sight(message(), at(2_000_000, speed))).toBeUndefined()
  }
})

test('what is too short to be seen is shown long enough, and said to be stretched', () => {
  const short = message({ endAtUs: 1_000_300 })
  const halfShown = (VISIBLE_MS * 1000) / 2
  expect(sight(short, at(1_000_000 + halfShown))).toEqual({ is: 'travelling', fraction: 0.5 })
  expect(sight(short, at(1_000_000 + VISIBLE_MS * 1000))).toBeUndefined()
  expect(isStretched(short, at(0))).toBe(true)
  expect(isStretched(message(), at(0))).toBe(false)
  // At a tenth of the speed the same stretch of the person's time is a tenth of the run's.
  expect(sight(short, at(1_000_000 + halfShown / 10, 0.1))).toEqual({ is: 'travelling', fraction: 0.5 })
  expect(trailUs(1)).toBe((VISIBLE_MS + FALL_MS) * 1000)
})

test('nothing is seen of a message before it is sent', () => {
  expect(sight(message(), at(999_999))).toBeUndefined()
})

test('a lost message goes half way, falls and is gone', () => {
  const lost = message({ fate: 'lost' })
  expect(sight(lost, at(1_500_000))).toEqual({ is: 'travelling', fraction: LOST_AT / 2 })
  expect(sight(lost, at(2_000_000 + FALL_MS * 500))).toEqual({ is: 'falling', fraction: 0.5 })
  expect(sight(lost, at(2_000_000 + FALL_MS * 1000))).toBeUndefined()
})

test('a held message waits until it ends, then goes on from the gate', () => {
  const held = message({ held: faultId('f1'), heldAtUs: 1_000_100 })
  expect(sight(held, at(1_900_000))).toEqual({ is: 'waiting' })
  const after = sight(held, at(2_000_000 + VISIBLE_MS * 500))
  expect(after).toMatchObject({ is: 'travelling' })
  expect(after?.is === 'travelling' && after.fraction).toBeGreaterThan(0.6)
  expect(sight(held, at(2_000_000 + VISIBLE_MS * 1000))).toBeUndefined()
})

test('a message whose end is not known comes ever closer and never arrives', () => {
  const open = message({ endAtUs: undefined, fate: undefined })
  let before = -1
  for (const ms of [0, 50, 180, 1000, 60_000]) {
    const seen = sight(open, at(1_000_000 + ms * 1000))
    expect(seen?.is).toBe('travelling')
    const fraction = seen?.is === 'travelling' ? seen.fraction : 0
    expect(fraction).toBeGreaterThan(before)
    expect(fraction).toBeLessThan(1)
    before = fraction
  }
})

test('where time stands still a message lies where it truly is, off both rims', () => {
  expect(sight(message(), at(1_400_000, 0))).toEqual({ is: 'travelling', fraction: 0.4 })
  expect(sight(message(), at(1_000_000, 0))).toEqual({ is: 'travelling', fraction: 0.14 })
  expect(sight(message(), at(1_999_999, 0))).toEqual({ is: 'travelling', fraction: 0.86 })
  expect(sight(message({ held: faultId('f1') }), at(1_500_000, 0))).toEqual({ is: 'waiting' })
  expect(isStretched(message({ endAtUs: 1_000_300 }), at(0, 0))).toBe(false)
})
