/**
 * Nodes that come and go while a run goes on. A person says add or remove; the rest follows from the moment as it becomes: a new process
 * that is up is told to join, and one that was told to leave is ended once the protocol says that it is out. Each step is recorded by itself.
 */
import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { NodeId } from '../../protocols/core/ids.ts'
import type { Observation } from '../../protocols/core/machine.ts'
import { findProtocol } from '../../protocols/registry.ts'
import { headline } from '../model/headline.ts'
import { useFaults } from './faults.ts'
import { useLab } from './lab.ts'
import { useNotices } from './notices.ts'
import { useRun } from './run.ts'

/** What is under way with a node, and who was told of it. */
export interface SeatChange {
  readonly is: 'joins' | 'leaves'
  readonly told?: NodeId
}

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

  const isEmpty = (node: NodeId): boolean => run.now?.nodes.get(node)?.status === 'empty'

  /** By what the nodes that run show at the live end; undefined when that cannot be told. */
  function isMember(node: NodeId): boolean | undefined {
    const shown = new Map<NodeId, Observation>()
    for (const [id, { status, observation }] of run.now?.nodes ?? []) if (status === 'up' && observation) shown.set(id, observation)
    return membership.value?.isMember?.(node, shown)
  }

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

  async function goOnJoining(node: NodeId, { told }: SeatChange, status: string): Promise<void> {
    if (status !== 'up') return
    const to = listener(node)
    if (isMember(node) === true) {
      set(node, undefined)
      if (told) notices.speak(`${node} is a member now.`)
    } else if (to !== undefined && to !== told) {
      const control = membership.value?.join(node)
      const isTold = control && (await faults.tell(to, control))
      set(node, isTold && membership.value?.isMember ? { is: 'joins', told: to } : undefined)
    }
  }

  async function goOnLeaving(node: NodeId, { told }: SeatChange, status: string): Promise<void> {
    if (status === 'empty') return set(node, undefined)
    const isOut = isMember(node) === false
    if (isOut || (told !== undefined && !membership.value?.isMember) || !membership.value) return end(node)
    const to = listener(node)
    if (to === undefined || to === told) return
    set(node, (await faults.tell(to, membership.value.leave(node))) ? { is: 'leaves', told: to } : undefined)
  }

  /** Who is told: the node itself while it runs, or whoever leads. */
  function listener(node: NodeId): NodeId | undefined {
    if (membership.value?.told === 'leader') return headline(run.now, '').leader
    return run.now?.nodes.get(node)?.status === 'up' ? node : undefined
  }

  async function act(node: NodeId, action: 'add' | 'remove'): Promise<boolean> {
    const id = run.id
    if (id === undefined) return false
    return (await notices.attempt(() => lab.call('run.node', { run: id, node, action }).then(() => true))) ?? false
  }

  return { canChange, changing, empty, isEmpty, isMember, add, join, remove, end, again }
})
