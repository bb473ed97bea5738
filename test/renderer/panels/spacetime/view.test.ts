import { expect, test } from 'vitest'
import { acrossOf, edgeOf, laneAt, scrollMax, type View } from '../../../../renderer/panels/spacetime/view.ts'

test('over the first lane and under the last there is room for words, however low the window and wherever it is scrolled to', () => {
  for (let lanes = 1; lanes <= 9; lanes++)
    for (const height of [90, 160, 220, 260, 400, 900]) {
      const bare: View = { from: 0, to: 1, width: 800, height, down: false, lanes, scroll: 0, ribbons: 32 }
      const what = `${lanes} lanes in ${height} pixels`
      expect(acrossOf(0, bare) - edgeOf(bare), what).toBeGreaterThanOrEqual(26)
      const view = { ...bare, scroll: scrollMax(bare) }
      expect(height - acrossOf(lanes - 1, view), what).toBeGreaterThanOrEqual(26 - 1e-9)
      for (let lane = 0; lane < lanes; lane++) expect(laneAt(acrossOf(lane, view), view), what).toBe(lane)
    }
})
