/** What can be done to a node, a link or a group of nodes: the entries of the fault menu, each saying what will happen. */
import {
  BugPlay,
  Clock,
  Copy,
  Eraser,
  Hand,
  HardDrive,
  Hourglass,
  MessageSquareWarning,
  OctagonX,
  Pause,
  Play,
  Power,
  Scissors,
  Shuffle,
  Split,
  Undo2,
  UserMinus,
  UserPlus,
  VenetianMask,
  Waves,
} from '@lucide/vue'
import type { ArmedFault, NetworkFaultInput, NodeAction } from '../../../protocols/core/fault.ts'
import { CLIENTS, type EndpointId, type FaultId, type NodeId } from '../../../protocols/core/ids.ts'
import type { Control } from '../../../protocols/core/input.ts'
import type { ControlSpec } from '../../../protocols/core/machine.ts'
import { emptyIn } from '../../../protocols/core/moment.ts'
import { faultText, sidesText } from '../../../protocols/words/faultText.ts'
import type { MenuEntry } from '../../components/menu.ts'
import { ailmentsOf, type MachinePart } from '../../model/machines.ts'
import type { Snapshot } from '../../model/snapshot.ts'
import { touchesEndpoint, touchesLink } from '../../model/targets.ts'
import type { Breakable, FaultDraft } from '../../stores/breaking.ts'
import { HONEST } from '../../stores/faults.ts'

/** What the entries do. */
export interface Acts {
  node(node: NodeId, action: NodeAction): unknown
  arm(fault: NetworkFaultInput): unknown
  lift(fault: FaultId): unknown
  release(fault: FaultId): unknown
  form(draft: FaultDraft): unknown
  /** Clocks and disks of simulated nodes; absent where nodes are real processes. */
  /** What nodes of this protocol can be told; a control without fields is told at once, `lie` and the others open a form. */
  readonly controls: readonly Omit<ControlSpec, 'schema'>[]
  tell(node: NodeId, control: Control): unknown
  telling(node: NodeId, control: string): unknown
  /** Nodes that come and go; absent where the protocol cannot change who is a member. */
  readonly seats?: Seating | undefined
  readonly machine?: { form(node: NodeId, part: MachinePart): unknown; cure(node: NodeId, part: MachinePart): unknown } | undefined
}

export interface Seating {
  isMember(node: NodeId): boolean | undefined
  change(node: NodeId): 'joins' | 'leaves' | undefined
  add(node: NodeId): unknown
  join(node: NodeId): unknown
  remove(node: NodeId): unknown
  end(node: NodeId): unknown
  again(node: NodeId): unknown
  letBe(node: NodeId): unknown
}

export function menuFor(subject: Breakable, now: Snapshot | undefined, nodes: readonly NodeId[], acts: Acts): MenuEntry[] {
  switch (subject.kind) {
    case 'node':
      return subject.node === CLIENTS ? clientsMenu(now, nodes, acts) : nodeMenu(subject.node, now, nodes, acts)
    case 'nodes':
      return groupMenu(subject.nodes, now, nodes, acts)
    case 'link':
      return linkMenu(subject.from, subject.to, now, nodes, acts)
    default:
      return subject satisfies never
  }
}

export function menuTitle(subject: Breakable): string {
  if (subject.kind === 'node') return subject.node
  return subject.kind === 'nodes' ? subject.nodes.join(', ') : `${subject.from} → ${subject.to}`
}

function nodeMenu(node: NodeId, now: Snapshot | undefined, nodes: readonly NodeId[], acts: Acts): MenuEntry[] {
  const status = now?.nodes.get(node)?.status ?? 'up'
  const { seats } = acts
  if (status === 'empty')
    return seats ? [{ text: `Add ${node}`, icon: UserPlus, run: () => seats.add(node) }] : [{ heading: 'An empty seat' }]
  const others = nodes.filter((other) => other !== node)
  const both = (from: EndpointId) =>
    others.flatMap((to): [EndpointId, EndpointId][] => [
      [from, to],
      [to, from],
    ])
  const act = (text: string, action: NodeAction, icon: typeof Pause): MenuEntry => ({
    text: `${text} ${node}`,
    icon,
    run: () => acts.node(node, action),
  })
  const process: MenuEntry[] =
    status === 'down'
      ? [act('Restart', 'restart', Power), { text: `Wipe the disk of ${node}`, icon: Eraser, run: () => acts.node(node, 'wipe') }]
      : status === 'paused'
        ? [act('Resume', 'resume', Play), act('Crash', 'crash', OctagonX)]
        : [act('Crash', 'crash', OctagonX), act('Pause', 'pause', Pause)]
  const links = { links: both(node) } as const
  return [
    ...process,
    '-',
    {
      text: `Isolate ${node}`,
      icon: Split,
      run: () => acts.arm({ kind: 'cut', target: { groups: [[node], others] } }),
      disabled: others.length === 0,
    },
    ...machine(node, now, acts),
    ...told(node, now, acts),
    ...seated(node, status, acts),
    ...parametrised(links, acts, `the links of ${node}`),
    ...lifts(now, acts, (fault) => touchesEndpoint(fault, node, nodes)),
  ]
}

/** Only a simulation sets clocks and disks; elsewhere the entries say where they are to be had. */
function machine(node: NodeId, now: Snapshot | undefined, acts: Acts): MenuEntry[] {
  const part = (text: string, of: MachinePart, icon: typeof Pause): MenuEntry => {
    if (!acts.machine) return { text, icon, disabled: true, detail: 'in simulations' }
    const { form } = acts.machine
    return { text, icon, run: () => form(node, of) }
  }
  const cures = ailmentsOf(now)
    .filter((ailment) => ailment.node === node)
    .map(({ part, cure }): MenuEntry => ({ text: cure, icon: Undo2, run: () => acts.machine?.cure(node, part) }))
  return [part(`Clock of ${node}…`, 'clock', Clock), part(`Disk of ${node}…`, 'disk', HardDrive), ...cures]
}

/** What the protocol's nodes can be told: each control by its own words, and lying, which any node can. */
function told(node: NodeId, now: Snapshot | undefined, acts: Acts): MenuEntry[] {
  const it = now?.nodes.get(node)
  const hears = it?.status === 'up'
  const own = acts.controls.map(({ name, label, fields }): MenuEntry => {
    const isLie = name === 'lie'
    const icon = isLie ? VenetianMask : MessageSquareWarning
    const text = isLie ? `Make ${node} lie…` : `${label}${fields.length > 0 ? '…' : ''}`
    const run = () => (isLie || fields.length > 0 ? acts.telling(node, name) : acts.tell(node, { name }))
    return { text, icon, run, disabled: !hears }
  })
  const lies = it?.observation?.lies
  const truth: MenuEntry[] = lies
    ? [{ text: `Let ${node} speak the truth`, icon: Undo2, disabled: !hears, run: () => acts.tell(node, HONEST) }]
    : []
  return [...own, ...truth]
}

/** Into the group and out of it. */
function seated(node: NodeId, status: string, { seats }: Acts): MenuEntry[] {
  if (!seats) return []
  const change = seats.change(node)
  if (change) {
    return [
      {
        text: change === 'joins' ? `Ask again for ${node} to join` : `Ask again for ${node} to leave`,
        icon: UserPlus,
        run: () => seats.again(node),
      },
      { text: change === 'joins' ? `Let ${node} stay out` : `Let ${node} stay`, icon: Undo2, run: () => seats.letBe(node) },
      { text: `End the process of ${node} now`, icon: UserMinus, run: () => seats.end(node) },
    ]
  }
  if (seats.isMember(node) === false && status === 'up')
    return [
      { text: `Let ${node} join the group`, icon: UserPlus, run: () => seats.join(node) },
      { text: `End the process of ${node} for good`, icon: UserMinus, run: () => seats.end(node) },
    ]
  return [{ text: `Remove ${node} from the group`, icon: UserMinus, run: () => seats.remove(node) }]
}

function clientsMenu(now: Snapshot | undefined, nodes: readonly NodeId[], acts: Acts): MenuEntry[] {
  const links = nodes.flatMap((node): [EndpointId, EndpointId][] => [
    [CLIENTS, node],
    [node, CLIENTS],
  ])
  return [
    { text: 'Cut the clients off', icon: Scissors, run: () => acts.arm({ kind: 'cut', target: { links } }) },
    ...parametrised({ links }, acts, 'the links of the clients'),
    ...lifts(now, acts, (fault) => touchesEndpoint(fault, CLIENTS, nodes)),
  ]
}

function groupMenu(group: readonly NodeId[], now: Snapshot | undefined, nodes: readonly NodeId[], acts: Acts): MenuEntry[] {
  const rest = nodes.filter((node) => !group.includes(node))
  const crash = group.map((node): MenuEntry => ({ text: `Crash ${node}`, icon: OctagonX, run: () => acts.node(node, 'crash') }))
  return [
    {
      text: `Partition ${rest.length > 0 ? sidesText([group, rest], emptyIn(now)) : `${group.join(', ')} | nobody`}`,
      icon: Split,
      disabled: rest.length === 0,
      run: () => acts.arm({ kind: 'cut', target: { groups: [[...group], rest] } }),
    },
    ...(rest.length === 0 ? [] : parametrised({ groups: [[...group], rest] }, acts, 'the links between')),
    '-',
    { text: `Crash all ${group.length}`, icon: OctagonX, run: () => Promise.all(group.map((node) => acts.node(node, 'crash'))) },
    ...(group.length <= 3 ? crash : []),
  ]
}

function linkMenu(from: EndpointId, to: EndpointId, now: Snapshot | undefined, nodes: readonly NodeId[], acts: Acts): MenuEntry[] {
  const one: NetworkFaultInput['target'] = { links: [[from, to]] }
  return [
    { text: `Cut ${from} → ${to}`, icon: Scissors, run: () => acts.arm({ kind: 'cut', target: one }) },
    {
      text: `Cut ${from} ⇄ ${to}`,
      icon: Scissors,
      run: () =>
        acts.arm({
          kind: 'cut',
          target: {
            links: [
              [from, to],
              [to, from],
            ],
          },
        }),
    },
    ...parametrised(one, acts, undefined),
    ...lifts(now, acts, (fault) => touchesLink(fault, from, to, nodes)),
  ]
}

/** Faults that have numbers open the form; a hold needs none. */
function parametrised(target: NetworkFaultInput['target'], acts: Acts, heading: string | undefined): MenuEntry[] {
  const form = (text: string, kind: FaultDraft['kind'], icon: typeof Pause): MenuEntry => ({
    text,
    icon,
    run: () => acts.form({ kind, target }),
  })
  return [
    ...(heading === undefined ? (['-'] as const) : (['-', { heading }] as const)),
    form('Delay…', 'delay', Hourglass),
    form('Loss…', 'loss', Waves),
    form('Duplicate…', 'duplicate', Copy),
    form('Reorder…', 'reorder', Shuffle),
    { text: 'Hold at a gate', icon: Hand, run: () => acts.arm({ kind: 'hold', target }) },
    { text: 'Drop by a rule…', icon: BugPlay, run: () => acts.form({ kind: 'cut', target, rule: { count: 1 } }) },
  ]
}

function lifts(now: Snapshot | undefined, acts: Acts, touches: (fault: ArmedFault) => boolean): MenuEntry[] {
  const here = [...(now?.faults.values() ?? [])].filter(touches).slice(-6)
  if (here.length === 0) return []
  return [
    '-',
    ...here.flatMap((fault): MenuEntry[] => [
      ...(fault.kind === 'hold' ? [{ text: 'Let all held messages through', icon: Play, run: () => acts.release(fault.id) }] : []),
      { text: `Lift: ${faultText(fault, emptyIn(now))}`, icon: Undo2, run: () => acts.lift(fault.id) },
    ]),
  ]
}
