/** What is said of a node that comes or goes. */
import { expect, test } from 'vitest'
import { nodeId } from '../../../protocols/core/ids.ts'
import { seatCaption, seatText } from '../../../renderer/model/seatWords.ts'

const [n1, n5] = [nodeId('n1'), nodeId('n5')]

test('whom it waits for, who said no, why, and what to do', () => {
  const text = (standing: Parameters<typeof seatText>[1], waitsFor?: string, isBroken = false) => seatText(n5, standing, waitsFor, isBroken)
  expect(text({ is: 'joins' }, 'nobody leads', true)).toBe(
    'Is to join the group. Nobody was told yet: nobody leads. If it does not go on, heal what is broken.',
  )
  const told = { node: n1 }
  expect(text({ is: 'leaves', told }, 'entry 7 needs a majority of n1 n2 n3')).toBe(
    'Is to leave the group: n1 was told, and entry 7 needs a majority of n1 n2 n3.',
  )
  expect(text({ is: 'joins', told: { node: n5 } })).toBe('Is to join the group: it was told.')
  expect(text({ is: 'joins', told, refused: { by: n1, why: 'n4 is still catching up', askAtUs: 9 } })).toBe(
    'Is to join the group. n1 says not yet: n4 is still catching up. It is asked again.',
  )
  const refused = { by: n1, why: 'n5 is too slow' }
  expect(text({ is: 'joins', told, refused })).toMatch(/^Does not join: n1 refuses, n5 is too slow\. .*ask again, or end its process\.$/)
  expect(text({ is: 'leaves', told, refused })).toMatch(/^Stays: n1 refuses, .*let it stay/)
  expect([seatCaption({ is: 'joins', told, refused }), seatCaption({ is: 'leaves', told })]).toEqual(['join refused', 'leaves'])
})
