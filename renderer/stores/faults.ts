/**
 * Breaking things and putting them right. Everything here happens at the live end of the run, wherever the playhead
 * stands, and each act can be taken back with `undo` while the run lives.
 */
import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { ArmedFault, NetworkFault, NetworkFaultInput, NodeAction } from '../../protocols/core/fault.ts'
import type { FaultId, MessageId, NodeId } from '../../protocols/core/ids.ts'
import { useLab } from './lab.ts'
import { useNotices } from './notices.ts'
import { usePlayback } from './playback.ts'
import { useRun } from './run.ts'

interface Undo {
  readonly text: string
  readonly back: () => Promise<unknown>
}

/** What takes an action on a node back. A crash gives way to a restart; a wiped disk stays empty. */
const OPPOSITE: Partial<Record<NodeAction, NodeAction>> = { crash: 'restart', restart: 'crash', pause: 'resume', resume: 'pause' }
const DONE: Record<NodeAction, string> = {
  crash: 'Crashed',
  restart: 'Restarted',
  pause: 'Paused',
  resume: 'Resumed',
  wipe: 'Wiped the disk of',
}

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
  const canAct = computed(() => run.isLive)
  const undoStack = shallowRef<readonly Undo[]>([])
  const undoText = computed(() => undoStack.value.at(-1)?.text)
  /** Something stands out of order at the live end. */
  const anythingBroken = computed(
    () => armedNow.value.length > 0 || [...(run.now?.nodes.values() ?? [])].some(({ status }) => status === 'down' || status === 'paused'),
  )

  watch(
    () => run.id,
    () => {
      undoStack.value = []
    },
  )

  const isArmedNow = (fault: FaultId): boolean => run.now?.faults.has(fault) ?? false

  function remember(text: string, back: () => Promise<unknown>): void {
    undoStack.value = [...undoStack.value.slice(-49), { text, back }]
  }

  async function arm(fault: NetworkFaultInput): Promise<ArmedFault | undefined> {
    const id = run.id
    if (id === undefined) return undefined
    const done = await notices.attempt(() => lab.call('run.arm', { run: id, fault }))
    if (done) remember(`Undo ${fault.kind}`, () => lab.call('run.lift', { run: id, fault: done.id }))
    return done
  }

  async function lift(fault: FaultId): Promise<void> {
    const id = run.id
    if (id === undefined) return
    const was = run.now?.faults.get(fault)
    await notices.attempt(async () => {
      await lab.call('run.lift', { run: id, fault })
      if (was) remember(`Undo lifting ${was.kind}`, () => lab.call('run.arm', { run: id, fault: withoutId(was) }))
    })
  }

  /** Lifts every fault, resumes and restarts every node. Undoing arms the faults again; nodes stay up. */
  async function heal(): Promise<void> {
    const id = run.id
    if (id === undefined) return
    const were = armedNow.value
    await notices.attempt(async () => {
      await lab.call('run.heal', { run: id })
      if (were.length > 0) {
        remember('Undo heal all', () => Promise.all(were.map((fault) => lab.call('run.arm', { run: id, fault: withoutId(fault) }))))
      }
    })
  }

  async function actOnNode(node: NodeId, action: NodeAction): Promise<void> {
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

  return { armed, armedNow, canAct, anythingBroken, isArmedNow, undoText, arm, lift, heal, actOnNode, release, setTimeScale, undo }
})

function withoutId(fault: ArmedFault): NetworkFault {
  const { id: _, ...rest } = fault
  return rest as NetworkFault
}
