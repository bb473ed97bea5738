/**
 * What is about to be broken: the menu at the pointer and the form for faults with parameters. Any view opens them;
 * `panels/faults/BreakingHost.vue` shows them, once in the window.
 */
import { defineStore } from 'pinia'
import { shallowRef, watch } from 'vue'
import type { NetworkFault, NetworkFaultInput } from '../../protocols/core/fault.ts'
import type { EndpointId, NodeId } from '../../protocols/core/ids.ts'
import type { MachinePart } from '../model/machines.ts'
import { useRun } from './run.ts'
import { useSelection } from './selection.ts'

/** A thing that can be broken. */
export type Breakable =
  | { readonly kind: 'node'; readonly node: EndpointId }
  | { readonly kind: 'nodes'; readonly nodes: readonly NodeId[] }
  | { readonly kind: 'link'; readonly from: EndpointId; readonly to: EndpointId }

/** A fault as the form begins with it; its parts may be missing. */
export interface FaultDraft {
  readonly kind: NetworkFault['kind']
  readonly target?: NetworkFaultInput['target']
  readonly rule?: NetworkFaultInput['rule']
}

/** The clock or the disk of a simulated node, to be set in the form. */
export interface MachineDraft {
  readonly node: NodeId
  readonly part: MachinePart
}

/** One of the protocol's controls, to be filled in for a node; `lie` is the one that every protocol has. */
export interface TellingDraft {
  readonly node: NodeId
  readonly control: string
}

export const useBreaking = defineStore('breaking', () => {
  const run = useRun()
  const selection = useSelection()

  const subject = shallowRef<Breakable>()
  /** Where the menu stands, in client coordinates; it is open while this is set. */
  const menuAt = shallowRef<{ x: number; y: number }>()
  const draft = shallowRef<FaultDraft>()
  const machine = shallowRef<MachineDraft>()
  const told = shallowRef<TellingDraft>()

  watch(
    () => run.id,
    () => {
      menuAt.value = undefined
      closeForm()
    },
  )

  /** Where a thing is drawn, in client coordinates: told by the topology while it is there. */
  const placeOf = shallowRef<(of: Breakable) => { x: number; y: number } | undefined>()
  const pointOf = (of: Breakable): { x: number; y: number } | undefined => placeOf.value?.(of)

  function openMenu(of: Breakable, at: { x: number; y: number }): void {
    subject.value = of
    menuAt.value = at
  }

  /** Opens the form for a fault, filled in as far as is known. */
  function openForm(begin: FaultDraft): void {
    closeForm()
    draft.value = begin
  }

  function openMachine(begin: MachineDraft): void {
    closeForm()
    machine.value = begin
  }

  function openTelling(begin: TellingDraft): void {
    closeForm()
    told.value = begin
  }

  /** Closes the form once what it asked for is done: that form, not one that was opened while the answer was awaited. */
  async function closeAfter(asked: Promise<unknown>): Promise<void> {
    const open = () => draft.value ?? machine.value ?? told.value
    const form = open()
    if ((await asked) && form === open()) closeForm()
  }

  function closeForm(): void {
    draft.value = undefined
    machine.value = undefined
    told.value = undefined
  }

  /** What is selected, when it can be broken: a message stands for its link only where the caller knows it. */
  function selectedBreakable(): Breakable | undefined {
    const selected = selection.selected
    return selected?.kind === 'node' || selected?.kind === 'nodes' || selected?.kind === 'link' ? selected : undefined
  }

  return {
    ...{ subject, menuAt, draft, machine, told, placeOf, pointOf },
    ...{ openMenu, openForm, openMachine, openTelling, closeAfter, closeForm, selectedBreakable },
  }
})
