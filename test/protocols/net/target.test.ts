/** Which links a target means. */
import { expect, test } from 'vitest'
import type { LinkTarget } from '../../../protocols/core/fault.ts'
import { CLIENTS, endpointIds, nodeId, nodeIds } from '../../../protocols/core/ids.ts'
import { linksOf } from '../../../protocols/net/target.ts'

const endpoints = endpointIds(nodeIds(3))
const [n1, n2, n3, n9] = [nodeId('n1'), nodeId('n2'), nodeId('n3'), nodeId('n9')]
const names = (target: LinkTarget) => linksOf(target, endpoints).map(({ from, to }) => `${endpoints[from]}>${endpoints[to]}`)

test.each<[string, LinkTarget, string[]]>([
  ['one direction', { links: [[n1, n3]] }, ['n1>n3']],
  [
    'each link once',
    {
      links: [
        [n1, n2],
        [n2, n1],
        [n1, n2],
      ],
    },
    ['n1>n2', 'n2>n1'],
  ],
  [
    'no link to oneself, none to strangers',
    {
      links: [
        [n1, n1],
        [n1, n9],
        [n9, n1],
      ],
    },
    [],
  ],
  ['a partition, both ways, the clients untouched', { groups: [[n1], [n2, n3]] }, ['n1>n2', 'n1>n3', 'n2>n1', 'n3>n1']],
  ['the clients when named', { groups: [[n1], [CLIENTS]] }, ['n1>clients', 'clients>n1']],
  ['nobody outside the groups', { groups: [[n1], [n2]] }, ['n1>n2', 'n2>n1']],
])('%s', (_, target, want) => {
  expect(names(target)).toEqual(want)
})

test('all is every link, those of the clients too', () => {
  expect(names({ all: true })).toHaveLength(12)
})
