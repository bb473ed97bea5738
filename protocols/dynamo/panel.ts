/** The ring with its virtual nodes, the preference lists of its partitions, and the versions of every key at every node. */
import type { NodeId } from '../core/ids.ts'
import type { Panel, RingView } from '../core/panel.ts'
import type { RingCopy, RingOfNode } from '../core/ringPicture.ts'
import { withStatus } from './members.ts'
import type { DynamoMessage } from './messages.ts'
import { analysis } from './options.ts'
import { positionOf, RING, tokensOf } from './ring.ts'
import { type DynamoState, layout } from './state.ts'
import { entriesOf } from './storage.ts'
import { digestOf, type Siblings, valuesOf } from './versions.ts'

const ring: RingView<DynamoState> = {
  kind: 'ring',
  name: 'ring',
  title: 'Ring',
  help: 'Where the virtual nodes stand, who keeps which partition, and what every node has of every key. Copies that differ are told of; they become equal in the end. §4.2, §4.3, §4.7.',
  token: {
    name: 'token',
    label: 'token',
    help: 'A virtual node: a place on the ring. Each node has several, so that load spreads evenly. §4.2.',
  },
  arc: {
    name: 'partition',
    label: 'partition',
    help: 'One of the equal parts of the ring. Its keys are kept by whom a walk clockwise from its end meets first. §6.2, strategy 2.',
  },
  list: {
    name: 'preference',
    label: 'preference list',
    help: 'The N different nodes that keep a key, in order. Whoever comes after them stands in. §4.3.',
  },
  several: {
    name: 'siblings',
    label: 'siblings',
    help: 'Versions that know nothing of each other: a client that reads them merges them. §4.4.',
  },
  kept: { name: 'hint', label: 'hint', help: 'Kept for a node that did not answer, and handed over when it does. §4.6.' },
  differ: 'The copies are not equal. Read repair, handoff or anti-entropy will make them so. §4.6, §4.7, §5.',
  of: ringOfNode,
}

function ringOfNode(state: DynamoState): RingOfNode {
  const { members, quorum, options } = state
  const { partitions, tokens, sloppy } = options
  return {
    version: Object.values(members).reduce((sum, { version }) => sum + version, quorum.version),
    tokens: tokensOf(withStatus(members, 'in', 'leaving'), tokens).map(({ at, node }) => ({ at: at / RING, node })),
    arcs: layout(state).map(({ homes }, index) => ({ from: index / partitions, to: (index + 1) / partitions, list: homes })),
    copies: [
      ...entriesOf(state.store).map(([, key, siblings]) => copy(key, siblings)),
      ...entriesOf(state.hints).map(([target, key, siblings]) => copy(key, siblings, target)),
    ],
    says: analysis({ ...quorum, sloppy }).map(({ text }) => text),
  }
}

const copy = (key: string, siblings: Siblings, target?: NodeId): RingCopy => ({
  ...{ key, at: positionOf(key) / RING, values: valuesOf(siblings).map((value) => value ?? '(deleted)'), identity: digestOf(siblings) },
  ...(target === undefined ? {} : { for: target }),
})

export const panel: Panel<DynamoState, DynamoMessage> = { title: 'Ring', views: [ring] }
