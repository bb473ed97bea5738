import { expect, test, vi } from 'vitest'
import { nodeIds } from '../../../../protocols/core/ids.ts'
import { rank } from '../../../../renderer/model/finding.ts'
import type { Acts } from '../../../../renderer/panels/faults/menu.ts'
import { breakCommands } from '../../../../renderer/panels/palette/breaking.ts'

const acts = (): Acts => ({
  node: vi.fn(),
  arm: vi.fn(),
  lift: vi.fn(),
  release: vi.fn(),
  form: vi.fn(),
  controls: [],
  tell: vi.fn(),
  telling: vi.fn(),
})
const find = (sought: string, does: Acts = acts()) => rank(breakCommands(undefined, nodeIds(3), does), sought, ({ title }) => title)

test('every node and link is broken by its name', () => {
  const does = acts()
  find('crash n2', does)[0]?.run()
  expect(does.node).toHaveBeenCalledWith('n2', 'crash')
  find('cut n1 n3', does)[0]?.run()
  expect(does.arm).toHaveBeenCalledWith({ kind: 'cut', target: { links: [['n1', 'n3']] } })
  find('n3 → n1: delay', does)[0]?.run()
  expect(does.form).toHaveBeenCalledWith({ kind: 'delay', target: { links: [['n3', 'n1']] } })
})

test('away from its menu an entry names what it breaks, and no two are called the same', () => {
  const titles = breakCommands(undefined, nodeIds(3), acts()).map(({ title }) => title)
  expect(titles).toContain('Links of n1: delay…')
  expect(titles).toContain('Cut n1 ⇄ n3')
  expect(titles.every((title) => /n\d/.test(title))).toBe(true)
  expect(new Set(titles).size).toBe(titles.length)
})
