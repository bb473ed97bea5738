/**
 * What there is to draw at one moment, messages aside: nodes with their rings and numbers, links with the faults that stand on them,
 * and the lines of partitions. Plain data from the moment alone, so that any moment of any run draws the same way.
 */
import type { ArmedFault } from '../../../protocols/core/fault.ts'
import { CLIENTS, type EndpointId, type FaultId, type NodeId } from '../../../protocols/core/ids.ts'
import type { Observation, Role } from '../../../protocols/core/machine.ts'
import { isOut, type NodeStatus } from '../../../protocols/core/moment.ts'
import { percent, rangeText } from '../../../protocols/words/faultText.ts'
import { type SeatStanding, seatCaption } from '../../model/seatWords.ts'
import type { Snapshot } from '../../model/snapshot.ts'
import { linkKey, linksOf, sidesOf } from '../../model/targets.ts'

export interface NodeMark {
  readonly id: EndpointId
  readonly status: NodeStatus
  readonly role: Role
  /** What the protocol calls it. */
  readonly called: string
  /** The leadership number, in the node's middle. */
  readonly epoch: string
  /** Below the name: "leader · commit 41", "down", "paused". */
  readonly caption: string
  readonly wiped: boolean
  /** Its lies; empty when it has lied and does no more. */
  readonly lies?: string
}

/** What stands on one directed link. A fault with a rule is drawn as a dashed mark: it touches only some messages. */
export interface LinkMark {
  readonly from: EndpointId
  readonly to: EndpointId
  cut: 'no' | 'some' | 'all'
  /** "200 ± 50 ms". */
  delay: string | undefined
  /** "10 %". */
  loss: string | undefined
  /** "×2", "⇅ 30 %". */
  notes: string[]
  hold: FaultId | undefined
  readonly faults: FaultId[]
}

export interface Scene {
  readonly nodes: readonly NodeMark[]
  readonly links: ReadonlyMap<string, LinkMark>
  /** Sides that are kept apart, of the youngest partition that covers nodes of the run. */
  readonly partition: readonly (readonly EndpointId[])[] | undefined
}

export interface SceneWords {
  readonly epochName: string
  /** What the protocol calls who shows this. */
  readonly called: (shown: Observation) => string
  /** The fact that says how far a node has come, with its label: `commitIndex`, "commit". */
  readonly progress: { readonly name: string; readonly label: string } | undefined
  /** What is under way with a node that comes or goes. */
  readonly changing?: ReadonlyMap<NodeId, SeatStanding>
  /** Nodes can be added now. */
  readonly canAdd?: boolean
}

export function buildScene(moment: Snapshot | undefined, nodes: readonly NodeId[], words: SceneWords): Scene {
  const marks: NodeMark[] = nodes.map((id) => nodeMark(id, moment, words))
  marks.push({ id: CLIENTS, status: 'up', role: 'other', called: '', epoch: '', caption: loadCaption(moment), wiped: false })
  const links = new Map<string, LinkMark>()
  let partition: Scene['partition']
  for (const fault of moment?.faults.values() ?? []) {
    const sides = sidesOf(fault)
    if (sides) partition = sides
    for (const [from, to] of linksOf(fault.target, nodes)) {
      if (from === to) continue
      const key = linkKey(from, to)
      let mark = links.get(key)
      if (!mark) {
        mark = { from, to, cut: 'no', delay: undefined, loss: undefined, notes: [], hold: undefined, faults: [] }
        links.set(key, mark)
      }
      mark.faults.push(fault.id)
      add(mark, fault)
    }
  }
  return { nodes: marks, links, partition }
}

function nodeMark(id: NodeId, moment: Snapshot | undefined, words: SceneWords): NodeMark {
  const node = moment?.nodes.get(id)
  const seen = node?.observation
  const status = node?.status ?? 'starting'
  const isThere = !isOut(status)
  const changing = isThere ? words.changing?.get(id) : undefined
  const change = changing && seatCaption(changing)
  const role = !isThere || !seen ? 'other' : seen.role
  return {
    ...{ id, status, role, called: status === 'up' && seen ? words.called(seen) : status },
    epoch: !isThere || !seen ? '' : String(seen.epoch),
    // A host that somebody else recorded shows nothing of itself, and is up once something happened there.
    caption: status === 'up' && !seen && (node?.step ?? 0) > 0 ? '' : caption(status, seen, words, node?.wiped ?? false, change),
    wiped: node?.wiped ?? false,
    ...(seen?.lies === undefined ? {} : { lies: seen.lies }),
  }
}

function caption(status: NodeStatus, seen: Observation | undefined, words: SceneWords, wiped: boolean, change: string | undefined): string {
  if (status === 'empty') return words.canAdd ? 'add' : 'empty seat'
  if (status === 'down') return wiped ? 'down, disk empty' : 'down'
  if (status === 'starting' || !seen) return 'starting'
  const parts: string[] = change === undefined ? [] : [change]
  if (status === 'paused') parts.push('paused')
  else if (seen.role !== 'other' && seen.role !== 'follower') parts.push(words.called(seen))
  const progress = words.progress && seen.facts[words.progress.name]
  if (words.progress && progress !== undefined && progress !== null) parts.push(`${words.progress.label} ${progress}`)
  if (seen.lies !== undefined) parts.push(seen.lies === '' ? 'has lied' : 'lies')
  return parts.join(' · ')
}

function loadCaption(moment: Snapshot | undefined): string {
  const load = moment?.load
  if (!load) return ''
  return load.rate === 0 ? 'full load' : `${load.rate} ops/s`
}

function add(mark: LinkMark, fault: ArmedFault): void {
  const part = fault.rule !== undefined
  switch (fault.kind) {
    case 'cut':
      mark.cut = part && mark.cut !== 'all' ? 'some' : 'all'
      return
    case 'delay':
      mark.delay = rangeText(fault.delayMs, fault.jitterMs)
      return
    case 'loss':
      mark.loss = percent(fault.probability)
      return
    case 'duplicate':
      mark.notes.push(`×${fault.copies + 1} ${percent(fault.probability)}`)
      return
    case 'reorder':
      mark.notes.push(`⇅ ${percent(fault.probability)}`)
      return
    case 'hold':
      mark.hold = fault.id
      return
    default:
      return fault satisfies never
  }
}

/** The fact that says how far a node has come: the protocol's commit index, or what it shows that sounds like one. */
export function progressFact(facts: readonly { readonly name: string; readonly label: string }[] | undefined): SceneWords['progress'] {
  const found = facts?.find(({ name }) => /commit/i.test(name)) ?? facts?.find(({ name }) => /applied|decided|executed/i.test(name))
  return found && { name: found.name, label: /commit/i.test(found.name) ? 'commit' : found.label.toLowerCase() }
}

/** Links from and to seats in which nobody is: they are not drawn. */
export function vacantLinks({ nodes }: Scene): Set<string> {
  const empty = nodes.filter(({ status }) => status === 'empty').map(({ id }) => id)
  return new Set(empty.flatMap((one) => nodes.flatMap(({ id }) => (id === one ? [] : [linkKey(one, id), linkKey(id, one)]))))
}
