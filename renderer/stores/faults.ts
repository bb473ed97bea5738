/**
 * Breaking things and putting them right. Everything here happens at the live end of the run, wherever the playhead
 * stands, and each act can be taken back with `undo` while the run lives.
 */
import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { ArmedFault, ClockSetting, NetworkFault, NetworkFaultInput, NodeAction, SyncMs } from '../../protocols/core/fault.ts'
import type { FaultId, MessageId, NodeId, RunId } from '../../protocols/core/ids.ts'
import type { Control } from '../../protocols/core/input.ts'
import { TRUE_CLOCK } from '../../protocols/sim/clock.ts'
import { faultName } from '../../protocols/words/faultText.ts'
import { type Ailment, ailmentsOf, type MachinePart } from '../model/machines.ts'
import { useLab } from './lab.ts'
import { useNotices } from './notices.ts'
import { usePlayback } from './playback.ts'
import { useRun } from './run.ts'

interface Undo {
  readonly text: string
  readonly back: () => Promise<unknown>
}

/** What is done to a process. That nodes come and go is another matter: seats.ts. */
type ProcessAction = Exclude<NodeAction, 'add' | 'remove'>

/** What takes an action on a node back. A crash gives way to a restart; a wiped disk stays empty. */
const OPPOSITE: Partial<Record<ProcessAction, ProcessAction>> = {
  crash: 'restart',
  restart: 'crash',
  pause: 'resume',
  resume: 'pause',
}
const DONE: Record<ProcessAction, string> = {
  crash: 'Crashed',
  restart: 'Restarted',
  pause: 'Paused',
  resume: 'Resumed',
  wipe: 'Wiped the disk of',
}

/** What a node was told last, and what the last event was before. */
export interface Told {
  readonly control: Control
  readonly atSeq: number
}

/** From now on it says what it should. */
export const HONEST: Control = { name: 'lie', lies: [] }

export const useFaults = defineStore('faults', () => {
  const lab = useLab()
  const run = useRun()
  const playback = usePlayback()
  const notices = useNotices()

  // Moments share their faults while none changes: what is made of them is made anew only then.
  const faultsHere = computed(() => playback.moment?.faults)
  const faultsNow = computed(() => run.now?.faults)
  /** Faults at the playhead. */
  const armed = computed<readonly ArmedFault[]>(() => [...(faultsHere.value?.values() ?? [])])
  /** Faults at the live end: what can be lifted. */
  const armedNow = computed<readonly ArmedFault[]>(() => [...(faultsNow.value?.values() ?? [])])
  /** Clocks and disks at the playhead. Nodes change with every step, their clocks seldom: the same sentences are the same list. */
  const ailing = computed<readonly Ailment[]>((before) => {
    const next = ailmentsOf(playback.moment)
    return before && next.length === before.length && next.every(({ text }, i) => text === before[i]?.text) ? before : next
  })
  const canAct = computed(() => run.isLive)
  const undoStack = shallowRef<readonly Undo[]>([])
  /** What nodes were told, while they may say no to it. */
  const told = shallowRef<ReadonlyMap<NodeId, Told>>(new Map())
  const undoText = computed(() => undoStack.value.at(-1)?.text)
  /** Something stands out of order at the live end. */
  const anythingBroken = computed(
    () =>
      armedNow.value.length > 0 ||
      [...(run.now?.nodes.values() ?? [])].some(({ status, clock, syncMs }) => status === 'down' || status === 'paused' || clock || syncMs),
  )

  watch(
    () => run.id,
    () => {
      undoStack.value = []
      told.value = new Map()
    },
  )

  const isAilingNow = (node: NodeId, part: MachinePart): boolean => {
    const it = run.now?.nodes.get(node)
    return (part === 'clock' ? it?.clock : it?.syncMs) !== undefined
  }
  const isArmedNow = (fault: FaultId): boolean => run.now?.faults.has(fault) ?? false

  /** For what other stores did to the cluster, too. */
  function remember(text: string, back: () => Promise<unknown>): void {
    undoStack.value = [...undoStack.value.slice(-49), { text, back }]
  }

  async function arm(fault: NetworkFaultInput): Promise<ArmedFault | undefined> {
    const id = run.id
    if (id === undefined) return undefined
    const done = await notices.attempt(() => lab.call('run.arm', { run: id, fault }))
    if (done) remember(`Undo ${faultName(fault)}`, () => lab.call('run.lift', { run: id, fault: done.id }))
    return done
  }

  async function lift(fault: FaultId): Promise<void> {
    const id = run.id
    if (id === undefined) return
    const was = run.now?.faults.get(fault)
    await notices.attempt(async () => {
      await lab.call('run.lift', { run: id, fault })
      if (was) remember(`Undo lifting ${faultName(was)}`, () => lab.call('run.arm', { run: id, fault: withoutId(was) }))
    })
  }

  /** Lifts every fault, sets clocks and disks right, resumes and restarts every node. Undoing breaks links and machines again; nodes stay up. */
  async function heal(): Promise<void> {
    const id = run.id
    if (id === undefined) return
    const were = armedNow.value.map((fault) => () => lab.call('run.arm', { run: id, fault: withoutId(fault) }))
    const ailed = [...(run.now?.nodes ?? [])].flatMap(([node, { clock, syncMs }]) => [
      ...(clock ? [() => lab.call('run.clock', { run: id, node, ...clock })] : []),
      ...(syncMs ? [() => lab.call('run.disk', { run: id, node, syncMs })] : []),
    ])
    const back = [...were, ...ailed]
    await notices.attempt(async () => {
      await lab.call('run.heal', { run: id })
      if (back.length > 0) remember('Undo heal all', () => Promise.all(back.map((act) => act())))
    })
  }

  /** Of a simulated node. True when it was done. */
  async function setClock(node: NodeId, setting: ClockSetting): Promise<boolean> {
    const was = run.now?.nodes.get(node)?.clock ?? TRUE_CLOCK
    return await set(`clock of ${node}`, setting, was, (run, to) => lab.call('run.clock', { run, node, ...to }))
  }

  /** Null: as fast as usual. Of a simulated node; true when it was done. */
  async function setSync(node: NodeId, syncMs: SyncMs | null): Promise<boolean> {
    const was = run.now?.nodes.get(node)?.syncMs ?? null
    return await set(`disk of ${node}`, syncMs, was, (run, to) => lab.call('run.disk', { run, node, syncMs: to }))
  }

  async function set<T>(what: string, to: T, was: T, put: (run: RunId, value: T) => Promise<unknown>): Promise<boolean> {
    const id = run.id
    if (id === undefined) return false
    const done = await notices.attempt(async () => {
      await put(id, to)
      remember(`Undo ${what}`, () => put(id, was))
      return true
    })
    return done ?? false
  }

  const setRight = (node: NodeId, part: MachinePart): Promise<boolean> =>
    part === 'clock' ? setClock(node, TRUE_CLOCK) : setSync(node, null)

  /** Tells a node one of the protocol's controls. What was told cannot be taken back, but by telling it something else: `back`. Of a lie that is the truth. True when it was done. */
  async function tell(node: NodeId, control: Control, back?: { readonly text: string; readonly control: Control }): Promise<boolean> {
    const id = run.id
    if (id === undefined) return false
    const atSeq = run.lastSeq
    const done = await notices.attempt(async () => {
      await lab.call('run.tell', { run: id, node, control })
      if (run.id === id) told.value = new Map(told.value).set(node, { control, atSeq })
      const undoing = control.name === 'lie' ? { text: `lies of ${node}`, control: HONEST } : back
      if (undoing) remember(`Undo ${undoing.text}`, () => lab.call('run.tell', { run: id, node, control: undoing.control }))
      return true
    })
    return done ?? false
  }

  /** It has said what it has to say to what it was told. */
  function forget(node: NodeId): void {
    told.value = new Map([...told.value].filter(([id]) => id !== node))
  }

  async function actOnNode(node: NodeId, action: ProcessAction): Promise<void> {
    const id = run.id
    if (id === undefined) return
    await notices.attempt(async () => {
      await lab.call('run.node', { run: id, node, action })
      const back = OPPOSITE[action]
      if (back) remember(`Undo ${action} of ${node}`, () => lab.call('run.node', { run: id, node, action: back }))
      notices.speak(`${DONE[action]} ${node}.`)
    })
  }

  /** Lets one held message through, or all of the fault's. */
  async function release(fault: FaultId, message?: MessageId): Promise<void> {
    const id = run.id
    if (id === undefined) return
    await notices.attempt(() => lab.call('run.release', { run: id, fault, ...(message === undefined ? {} : { message }) }))
  }

  async function setTimeScale(scale: number): Promise<void> {
    const id = run.id
    if (id === undefined) return
    const was = run.now?.timeScale
    await notices.attempt(async () => {
      await lab.call('run.timeScale', { run: id, scale })
      if (was !== undefined) remember('Undo time scale', () => lab.call('run.timeScale', { run: id, scale: was }))
    })
  }

  async function undo(): Promise<void> {
    const last = undoStack.value.at(-1)
    if (!last || !canAct.value) return
    undoStack.value = undoStack.value.slice(0, -1)
    await notices.attempt(last.back)
  }

  return {
    ...{ armed, armedNow, ailing, canAct, anythingBroken, isArmedNow, isAilingNow, undoText, told },
    ...{ remember, arm, lift, heal, tell, forget, actOnNode, setClock, setSync, setRight, release, setTimeScale, undo },
  }
})

function withoutId(fault: ArmedFault): NetworkFault {
  const { id: _, ...rest } = fault
  return rest as NetworkFault
}
