/** The Hasse diagram and its folded forms say what walking says: no edge too many, none too few, no order lost or invented. */
import { describe, expect, test } from 'vitest'
import { Columns } from '../../../protocols/causality/columns.ts'
import { type Folded, fold, ranksOf } from '../../../protocols/causality/fold.ts'
import { type Hasse, hasseOf } from '../../../protocols/causality/hasse.ts'
import { Messages } from '../../../protocols/causality/messages.ts'
import { draw, fraction } from '../../../protocols/core/prng.ts'
import { ChunkKind } from '../../../protocols/wire/chunk.ts'
import { seedsOf } from '../../support/seeds.ts'
import { simulatedRun } from '../../support/simulatedRun.ts'
import { Brute, columnsOf } from './brute.ts'

const seeds = seedsOf('hasse', 3)

/** A pair is an edge when the one leads to the other and to nothing that leads to it. */
function coversByWalking(brute: Brute, points: readonly number[]): string[] {
  const reach = points.map((point) => brute.distancesFrom(point))
  const leads = (a: number, b: number) => a !== b && (reach[a]?.has(points[b] as number) ?? false)
  const found: string[] = []
  for (const a of points.keys())
    for (const b of points.keys())
      if (leads(a, b) && !points.some((_, c) => leads(a, c) && leads(c, b))) found.push(`${points[a]} ${points[b]}`)
  return found.sort()
}

const pairs = ({ points, edges }: Hasse): string[] => edges.map(({ from, to }) => `${points[from]} ${points[to]}`).sort()

/** By node, all that it leads to. */
function reachOf({ nodes, edges }: Folded): Set<number>[] {
  const out = nodes.map((_, node) => edges.filter(({ from }) => from === node).map(({ to }) => to))
  return nodes.map((_, node) => {
    const seen = new Set<number>()
    const left = [...(out[node] ?? [])]
    for (let at = left.pop(); at !== undefined; at = left.pop()) {
      if (seen.has(at)) continue
      seen.add(at)
      left.push(...(out[at] ?? []))
    }
    return seen
  })
}

describe.each(seeds)('a run of seed %i', (seed) => {
  const run = simulatedRun(seed, 3000)
  const columns = columnsOf(run)
  /** The same run as if nobody had stamped it with a vector clock: rows, and what was sent to whom. */
  const bare = new Columns(columns.endpoints)
  for (let row = 1; row <= columns.count; row++) {
    const [kind, lane, to, type, atUs, cause] = [columns.kind, columns.lane, columns.to, columns.type, columns.atUs, columns.cause].map(
      (column) => column[row] as number,
    ) as [number, number, number, number, number, number]
    const stamped = kind === ChunkKind.step || kind === ChunkKind.send || kind === ChunkKind.invoke || kind === ChunkKind.return
    bare.add({ kind, lane, to, type, atUs, cause, stamp: stamped ? { lamport: 1, clock: [] } : undefined })
  }
  let coins = 0
  const below = (limit: number) => Math.floor(fraction(draw(seed, coins++)) * limit)
  const some = (of: Columns, how: 'window' | 'scattered'): number[] => {
    const first = 1 + below(of.points - 90)
    if (how === 'window') return Array.from({ length: 80 }, (_, i) => first + i)
    return [...new Set(Array.from({ length: 60 }, () => 1 + below(of.points)))].sort((a, b) => a - b)
  }

  test.each(['window', 'scattered'] as const)('its diagram of %s points has the edges of the definition', (how) => {
    for (const of of [columns, bare]) {
      const [brute, messages] = [new Brute(of), Messages.of(of)]
      for (let round = 0; round < 8; round++) {
        const points = some(of, how)
        const hasse = hasseOf(of, messages, points)
        expect(hasse.byClocks).toBe(of === columns)
        expect(pairs(hasse)).toEqual(coversByWalking(brute, points))
      }
    }
  })

  test('an edge is what it says: the next step of a lane, a message that went from one to the other, or neither', () => {
    const messages = Messages.of(columns)
    let seen = { program: 0, message: 0, through: 0 }
    for (let round = 0; round < 20; round++) {
      const { points, edges } = hasseOf(columns, messages, some(columns, round % 2 === 0 ? 'window' : 'scattered'))
      for (const { from, to, kind, sends } of edges) {
        seen = { ...seen, [kind]: seen[kind] + 1 }
        const [a, b] = [points[from] as number, points[to] as number]
        expect(kind === 'program').toBe(columns.pointLane[a] === columns.pointLane[b])
        expect(sends.length > 0).toBe(kind === 'message')
        for (const send of sends) {
          expect(columns.point[send]).toBe(a)
          expect(columns.to[send]).toBe(columns.pointLane[b])
        }
      }
    }
    expect(Math.min(seen.program, seen.message, seen.through)).toBeGreaterThan(0)
  })

  test.each(['chains', 'turns'] as const)(
    'folded by %s it has every step once, no order that was not there, and loses none between nodes',
    (by) => {
      const messages = Messages.of(columns)
      let saved = 0
      for (let round = 0; round < 10; round++) {
        const points = Array.from({ length: 300 }, (_, i) => i + 1 + below(5)).filter(
          (point, i, all) => i === 0 || point > (all[i - 1] as number),
        )
        const shift = below(Math.max(1, columns.points - 320))
        const hasse = hasseOf(
          columns,
          messages,
          points.map((point) => point + shift),
        )
        const alone = new Set([hasse.points[below(hasse.points.length)] as number])
        const folded = fold(hasse, { by, least: 2, alone, unfolded: new Set() })
        const flat = folded.nodes.flatMap((node) => node.points)
        expect([...flat].sort((a, b) => a - b)).toEqual(hasse.points)
        saved += hasse.points.length - folded.nodes.length
        for (const node of folded.nodes) {
          expect(new Set(node.points.map((point) => columns.pointLane[point]))).toEqual(new Set([node.lane]))
          if (node.points.some((point) => alone.has(point))) expect(node.points).toHaveLength(1)
        }
        // One node leads to another exactly when a point of it leads to a point of the other, in the diagram contracted.
        const nodeOf = new Map(folded.nodes.flatMap((node, index) => node.points.map((point) => [point, index] as const)))
        const contracted = {
          nodes: folded.nodes,
          edges: hasse.edges
            .map((edge) => ({
              ...edge,
              from: nodeOf.get(hasse.points[edge.from] as number) as number,
              to: nodeOf.get(hasse.points[edge.to] as number) as number,
            }))
            .filter(({ from, to }) => from !== to),
        }
        const reach = reachOf(folded)
        expect(reach).toEqual(reachOf(contracted))
        for (const [node, to] of reach.entries()) expect(to.has(node)).toBe(false)
        for (const { from, to } of folded.edges)
          expect(folded.edges.some((edge) => edge.from === from && edge.to !== to && reach[edge.to]?.has(to))).toBe(false)
        const ranks = ranksOf(folded)
        for (const { from, to } of folded.edges) expect(ranks[to]).toBeGreaterThan(ranks[from] as number)
      }
      expect(saved).toBeGreaterThan(0)
    },
  )

  test('a run of steps without messages is one node, and is itself again when it is unfolded', () => {
    const hasse = hasseOf(
      columns,
      Messages.of(columns),
      Array.from({ length: 400 }, (_, i) => i + 1),
    )
    const none = { least: 2, alone: new Set<number>(), unfolded: new Set<number>() }
    const folded = fold(hasse, { ...none, by: 'chains' })
    const chain = folded.nodes.find(({ points }) => points.length > 1)
    if (!chain) return // this run has no such steps so early
    const open = fold(hasse, { ...none, by: 'chains', unfolded: new Set([chain.points[0] as number]) })
    expect(open.nodes).toHaveLength(folded.nodes.length + chain.points.length - 1)
    expect(fold(hasse, { ...none, by: 'none' }).edges).toHaveLength(hasse.edges.length)
  })
})

test('a message and its answer imply that the second step of the sender followed the first', () => {
  const columns = new Columns(2)
  const step = (lane: number, clock: number[], cause = 0) =>
    columns.add({ kind: ChunkKind.step, lane, to: 0, type: 0, atUs: 0, cause, stamp: { lamport: 1, clock } })
  const pass = (lane: number, to: number, clock: number[]): number => {
    columns.add({ kind: ChunkKind.send, lane, to, type: 0, atUs: 0, cause: 0, stamp: { lamport: 1, clock } })
    columns.add({ kind: ChunkKind.deliver, lane: to, to: 0, type: 0, atUs: 0, cause: columns.count, stamp: undefined })
    return columns.count
  }
  step(0, [1, 0])
  const asked = pass(0, 1, [1, 0])
  step(1, [1, 1], asked)
  step(0, [2, 1], pass(1, 0, [1, 1]))
  step(0, [3, 1])
  const hasse = hasseOf(columns, Messages.of(columns), [1, 2, 3, 4])
  expect(hasse.edges.map(({ from, to, kind }) => `${from} ${kind} ${to}`)).toEqual(['0 message 1', '1 message 2', '2 program 3'])
})
