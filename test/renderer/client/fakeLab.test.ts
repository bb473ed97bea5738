import { expect, test } from 'vitest'
import type { RunEvent } from '../../../protocols/core/event.ts'
import { fakeLab } from '../../../renderer/client/fake/fakeLab.ts'
import { playOut } from '../../../renderer/client/fake/stock.ts'
import { World } from '../../../renderer/client/fake/world.ts'

function played(seed: number): World {
  const world = new World({ nodes: 5, seed, network: { delayMs: 14, jitterMs: 8 } })
  playOut(world)
  return world
}

test('the same seed plays the same run', () => {
  expect(JSON.stringify(played(11).events)).toBe(JSON.stringify(played(11).events))
})

test('what it plays keeps the order that recordings promise', () => {
  const { events } = played(7)
  const sent = new Set<number>()
  const delivered = new Set<number>()
  let before: RunEvent | undefined
  for (const [i, event] of events.entries()) {
    expect(event.seq).toBe(i + 1)
    expect(event.atUs).toBeGreaterThanOrEqual(before?.atUs ?? 0)
    if (event.kind === 'send') sent.add(event.message)
    if (event.kind === 'deliver' || event.kind === 'drop' || event.kind === 'hold') expect(sent).toContain(event.message)
    if (event.kind === 'deliver') delivered.add(event.message)
    if (event.kind === 'step' && 'message' in event.input) expect(delivered).toContain(event.input.message)
    before = event
  }
})

test('every step has the state that it led to', () => {
  const { events, states } = played(7)
  const steps = events.filter((event) => event.kind === 'step')
  expect(states.map(({ seq, node, life, step }) => ({ seq, node, life, step }))).toEqual(
    steps.map(({ seq, node, life, step }) => ({ seq, node, life, step })),
  )
})

test('it elects, loses and replaces leaders, at most one a term', () => {
  const leaders = played(7).marks.filter(({ kind }) => kind === 'leader')
  expect(leaders.length).toBeGreaterThan(2)
  expect(new Set(leaders.map(({ epoch }) => epoch)).size).toBe(leaders.length)
})

test('a request that does not fit is refused as the real lab would', async () => {
  const lab = fakeLab({ auto: false })
  await expect(lab.call('run.moment', { run: 'none', seq: 1 })).rejects.toMatchObject({ code: 'not-found' })
  await expect(lab.call('run.moment', { run: 'none', seq: -1 })).rejects.toMatchObject({ code: 'bad-request' })
})
