/** Branches stand below what they left, in the order of the list, and nothing is lost. */
import { expect, test } from 'vitest'
import type { RunSummary } from '../../../main/contract/commands.ts'
import { treeOf } from '../../../renderer/model/tree.ts'

const run = (id: string, of?: string): RunSummary =>
  ({ run: id, name: id, ...(of === undefined ? {} : { branch: { of, at: 1, atUs: 1 } }) }) as unknown as RunSummary
const shown = (runs: RunSummary[]): string[] => treeOf(runs).map(({ summary, depth }) => `${'-'.repeat(depth)}${summary.run}`)

test('branches of branches are further in; those whose parent is gone stand for themselves', () => {
  const runs = [run('d', 'b'), run('c', 'a'), run('b', 'a'), run('lost', 'gone'), run('a')]
  expect(shown(runs)).toEqual(['lost', 'a', '-c', '-b', '--d'])
})

test('files that claim to descend from each other are all shown', () => {
  expect(shown([run('x', 'y'), run('y', 'x'), run('z', 'z')]).sort()).toEqual(['x', 'y', 'z'])
})
