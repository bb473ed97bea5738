/**
 * Nodes that come and go while a run goes on. A person says add or remove; the rest follows from the moment as it becomes: a new process
 * that is up is told to join, and one that was told to leave is ended once the protocol says that it is out. Each step is recorded by itself.
 */
import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { EndpointId, NodeId } from '../../protocols/core/ids.ts'
import type { Control } from '../../protocols/core/input.ts'
import type { Observation } from '../../protocols/core/machine.ts'
import type { Mark } from '../../protocols/core/mark.ts'
import { emptyIn } from '../../protocols/core/moment.ts'
import { findProtocol } from '../../protocols/registry.ts'
import { headline } from '../model/headline.ts'
import { useFaults } from './faults.ts'
import { useLab } from './lab.ts'
import { useNotices } from './notices.ts'
import { useRun } from './run.ts'

/** What is under way with a node. */
export interface SeatChange {
  readonly is: 'joins' | 'leaves'
  /** Who was told of it, in which epoch of its own, and what the last event was before. */
  readonly told?: { readonly node: NodeId; readonly epoch: number | undefined; readonly atSeq: number }
  /** What it said to that. `askAtUs`: it is asked again then, for it said that it may be another time. */
  readonly refused?: { readonly by: NodeId; readonly why: string; readonly askAtUs?: number }
}

/** Microseconds of the run until somebody who said "not yet" is asked again. */
const ASK_AGAIN_US = 500_000

export const useSeats = defineStore('seats', () => {
  const lab = useLab()
  const run = useRun()
  const faults = useFaults()
  const notices = useNotices()

  const changing = shallowRef<ReadonlyMap<NodeId, SeatChange>>(new Map())
  /** Something was asked of the lab, and its answer is awaited: nothing is asked twice. */
  const asking = new Set<NodeId>()
  const membership = computed(() => findProtocol(run.config?.protocol ?? '')?.membership)
  /** Nodes of this run's protocol can be added and removed, and the run goes on. */
  const canChange = computed(() => faults.canAct && membership.value !== undefined)
  /** Seats that are empty at the live end, in order. */
  const empty = computed<readonly NodeId[]>(() =>
    [...(run.now?.nodes ?? [])].flatMap(([id, { status }]) => (status === 'empty' ? [id] : [])),
  )

  watch(
    () => run.id,
    () => {
      changing.value = new Map()
      asking.clear()
    },
  )
  watch([() => run.now, changing], () => {
    for (const [node, change] of changing.value) void goOn(node, change)
  })

  const isEmpty = (endpoint: EndpointId): boolean => emptyIn(run.now)(endpoint)

  /** What the nodes that run show at the live end. */
  function shown(): ReadonlyMap<NodeId, Observation> {
    const shown = new Map<NodeId, Observation>()
    for (const [id, { status, observation }] of run.now?.nodes ?? []) if (status === 'up' && observation) shown.set(id, observation)
    return shown
  }

  /** Undefined when that cannot be told. */
  const isMember = (node: NodeId): boolean | undefined => membership.value?.isMember?.(node, shown())
  const waitsFor = computed(() => (changing.value.size > 0 ? membership.value?.waitsFor?.(shown()) : undefined))

  function set(node: NodeId, change: SeatChange | undefined): void {
    const next = new Map(changing.value)
    if (change) next.set(node, change)
    else next.delete(node)
    changing.value = next
  }

  /** Starts the process of an empty seat; it joins as soon as it is up. */
  async function add(node: NodeId): Promise<void> {
    if (!(await act(node, 'add'))) return
    faults.remember(`Undo adding ${node}`, () => remove(node))
    notices.speak(`Added ${node}.`)
    set(node, { is: 'joins' })
  }

  /** A node that runs and is no member becomes one. */
  const join = (node: NodeId): void => set(node, { is: 'joins' })

  /** It leaves the group, and its process is ended once it is out. */
  async function remove(node: NodeId): Promise<void> {
    set(node, { is: 'leaves' })
    notices.speak(`${node} is told to leave.`)
  }

  /** Its process is ended now, whether or not it is out. */
  async function end(node: NodeId): Promise<void> {
    if (!(await act(node, 'remove'))) return
    set(node, undefined)
    faults.remember(`Undo removing ${node}`, () => add(node))
    notices.speak(`${node} is gone: its process has ended.`)
  }

  /** Whoever is to know is told once more: it may have had other things to do. */
  function again(node: NodeId): void {
    const change = changing.value.get(node)
    if (change) set(node, { is: change.is })
  }

  /** It stays what it is: nobody is asked any more. */
  const letBe = (node: NodeId): void => set(node, undefined)

  /** Somebody said no, at an event. True when it was to what a node that comes or goes asked for. */
  function hear(by: NodeId, { about = [by], why, later }: NonNullable<Mark['no']>, seq: number): boolean {
    for (const node of about) {
      const change = changing.value.get(node)
      if (change?.told === undefined || change.told.node !== by || seq <= change.told.atSeq) continue
      if (change.refused !== undefined) return true
      set(node, { ...change, refused: { by, why, ...(later ? { askAtUs: run.lengthUs + ASK_AGAIN_US } : {}) } })
      if (!later) notices.tell(`${node} ${change.is === 'joins' ? 'does not join' : 'stays'}: ${by === node ? 'it' : by} refuses, ${why}.`)
      return true
    }
    return false
  }

  async function goOn(node: NodeId, change: SeatChange): Promise<void> {
    const status = run.now?.nodes.get(node)?.status
    if (asking.has(node) || !canChange.value || status === undefined) return
    asking.add(node)
    try {
      if (change.is === 'joins') await goOnJoining(node, change, status)
      else await goOnLeaving(node, change, status)
    } finally {
      asking.delete(node)
    }
  }

  async function goOnJoining(node: NodeId, change: SeatChange, status: string): Promise<void> {
    if (status === 'empty' && change.told) return set(node, undefined) // removed since
    if (status !== 'up' || !membership.value) return
    if (isMember(node) === true) {
      set(node, undefined)
      if (change.told) notices.speak(`${node} is a member now.`)
    } else await tell(node, change, membership.value.join(node))
  }

  async function goOnLeaving(node: NodeId, change: SeatChange, status: string): Promise<void> {
    if (status === 'empty') return set(node, undefined)
    const isOut = isMember(node) === false
    if (isOut || (change.told !== undefined && !membership.value?.isMember) || !membership.value) return end(node)
    await tell(node, change, membership.value.leave(node))
  }

  /** Whoever is to know, unless it knows already: again when it said that it may be another time, and when somebody else leads, or the same one anew. */
  async function tell(node: NodeId, { is, told, refused }: SeatChange, control: Control): Promise<void> {
    const to = listener(node)
    if (to === undefined || waitsFor.value !== undefined) return
    const { epoch } = shown().get(to) ?? {}
    const isAnother = told === undefined || told.node !== to || (membership.value?.told === 'leader' && told.epoch !== epoch)
    const isTime = refused?.askAtUs !== undefined && run.lengthUs >= refused.askAtUs
    if (!isAnother && !isTime) return
    set(node, { is, told: { node: to, epoch, atSeq: run.lastSeq } }) // before it is told: it may say no at once
    const isTold = await faults.tell(to, control)
    // Who says nothing of its members is believed.
    if (!isTold || (is === 'joins' && !membership.value?.isMember)) set(node, undefined)
  }

  /** Who is told: the node itself while it runs, or whoever leads. */
  function listener(node: NodeId): NodeId | undefined {
    if (membership.value?.told === 'leader') return headline(run.now, run.speech).leader
    return run.now?.nodes.get(node)?.status === 'up' ? node : undefined
  }

  async function act(node: NodeId, action: 'add' | 'remove'): Promise<boolean> {
    const id = run.id
    if (id === undefined) return false
    return (await notices.attempt(() => lab.call('run.node', { run: id, node, action }).then(() => true))) ?? false
  }

  return { canChange, changing, waitsFor, empty, isEmpty, isMember, add, join, remove, end, again, letBe, hear }
})
