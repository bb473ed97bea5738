/** A storm is data: the same for the same seed, in order, and nothing that heal could not undo is left behind. */
import { expect, test } from 'vitest'
import { networkFaultSchema } from '../../../protocols/core/fault.ts'
import { type NodeId, nodeIds } from '../../../protocols/core/ids.ts'
import type { PlannedDeed } from '../../../protocols/sim/misfortune.ts'
import { drawPlan } from '../../../protocols/sim/plan.ts'

const seeds = Array.from({ length: 200 }, (_, index) => index + 1)
const plan = (seed: number, nodes = 5) => drawPlan({ seed, nodes: nodeIds(nodes), ms: 10_000 })

test('the same seed draws the same storm, and others others', () => {
  expect(plan(7)).toEqual(plan(7))
  expect(new Set(seeds.map((seed) => JSON.stringify(plan(seed)))).size).toBe(seeds.length)
})

test('deeds come in order, within the storm, and their faults are faults', () => {
  for (const seed of seeds) {
    let before = 0
    for (const { atMs, deed } of plan(seed)) {
      expect(atMs).toBeGreaterThanOrEqual(before)
      expect(atMs).toBeLessThanOrEqual(10_000)
      before = atMs
      if (deed.do === 'arm') expect(networkFaultSchema.parse(deed.fault)).toEqual(deed.fault)
    }
  }
})

test('a node is only done what can be done to it', () => {
  for (const seed of seeds) {
    const status = new Map<string, string>()
    for (const { deed } of plan(seed)) {
      if (deed.do !== 'node') continue
      const is = status.get(deed.node) ?? 'up'
      const needs = { crash: 'up', pause: 'up', restart: 'down', resume: 'paused', wipe: 'down', add: 'empty', remove: 'never' }[deed.what]
      expect(is, `seed ${seed}: ${deed.what} ${deed.node}`).toBe(needs)
      status.set(
        deed.node,
        { crash: 'down', pause: 'paused', restart: 'up', resume: 'up', wipe: 'down', add: 'up', remove: 'empty' }[deed.what],
      )
    }
  }
})

test('clocks are right and disks as usual when it is over', () => {
  for (const seed of seeds) {
    const left = new Map<string, unknown>()
    for (const { deed } of plan(seed)) {
      if (deed.do === 'clock') left.set(`clock ${deed.node}`, deed.setting.skewMs === 0 && deed.setting.driftPpm === 0)
      if (deed.do === 'disk') left.set(`disk ${deed.node}`, deed.syncMs === undefined)
    }
    expect(
      [...left.values()].every((isRight) => isRight === true),
      `seed ${seed}`,
    ).toBe(true)
  }
})

test('every kind of misfortune comes, and the smallest cluster bears being planned for', () => {
  const kinds = new Set(
    seeds.flatMap((seed) => plan(seed).map(({ deed }) => (deed.do === 'arm' ? deed.fault.kind : deed.do === 'node' ? deed.what : deed.do))),
  )
  for (const kind of ['crash', 'restart', 'pause', 'resume', 'cut', 'loss', 'duplicate', 'reorder', 'delay', 'clock', 'disk'])
    expect(kinds).toContain(kind)
  for (const seed of seeds) plan(seed, 1)
})

test('liars are drawn besides all else: some seeds have none, no seed has more than it may, and each lies in a way that it can', () => {
  const lies = ['silent', 'replay', 'equivocate']
  const withLiars = (seed: number) => drawPlan({ seed, nodes: nodeIds(7), ms: 10_000, liars: { most: 2, lies } })
  const counts = seeds.map((seed) => {
    const told = withLiars(seed).flatMap(({ deed }) => (deed.do === 'tell' ? [deed] : []))
    for (const { control } of told) {
      expect(control.name).toBe('lie')
      for (const { lie } of control.lies as unknown as readonly { lie: string }[]) expect(lies).toContain(lie)
    }
    return new Set(told.map(({ node }) => node)).size
  })
  expect(new Set(counts)).toEqual(new Set([0, 2]))
  expect(plan(7).some(({ deed }) => deed.do === 'tell')).toBe(false)
})

test('where seats are empty nodes come and go besides; all else is the storm that it always was', () => {
  const [n4, n5] = nodeIds(5).slice(3) as [NodeId, NodeId]
  const changes = {
    join: (server: NodeId) => ({ name: 'add', server }),
    leave: (server: NodeId) => ({ name: 'drop', server }),
    told: 'leader' as const,
  }
  const withSpares = (seed: number, spares: NodeId[]) => drawPlan({ seed, nodes: nodeIds(5), ms: 10_000, changes: { ...changes, spares } })
  let [added, told, left, gone] = [0, 0, 0, 0]
  for (const seed of seeds) {
    expect(withSpares(seed, [])).toEqual(plan(seed))
    const isChange = ({ deed }: PlannedDeed) =>
      deed.do === 'tell' || (deed.do === 'node' && (deed.what === 'add' || deed.what === 'remove'))
    const deeds = withSpares(seed, [n4, n5])
    expect(deeds.filter((planned) => !isChange(planned))).toEqual(plan(seed))
    const dropped = new Set<unknown>()
    for (const { deed } of deeds.filter(isChange)) {
      if (deed.do === 'node' && deed.what === 'add') added += 1
      if (deed.do === 'node' && deed.what === 'remove') {
        expect(dropped, `seed ${seed}: only who was told to leave goes`).toContain(deed.node)
        gone += 1
      }
      if (deed.do !== 'tell') continue
      expect(deed.node).toBe('leader')
      if (deed.control.name === 'add') told += 1
      else dropped.add(deed.control.server)
    }
    left += dropped.size
  }
  expect(gone).toBeGreaterThan(left)
  expect(added).toBeGreaterThan(seeds.length)
  expect(told).toBeGreaterThan(added)
  expect(left).toBeGreaterThan(0)
  expect(left).toBeLessThan(added)
})
