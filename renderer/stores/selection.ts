/** What the person looks at: one selection for all views, and what the pointer is over. */
import { defineStore } from 'pinia'
import { shallowRef, watch } from 'vue'
import type { EndpointId, MessageId, NodeId } from '../../protocols/core/ids.ts'
import { useRun } from './run.ts'

export type Selected =
  | { readonly kind: 'node'; readonly node: EndpointId }
  /** Several nodes, of a lasso. */
  | { readonly kind: 'nodes'; readonly nodes: readonly NodeId[] }
  | { readonly kind: 'link'; readonly from: EndpointId; readonly to: EndpointId }
  /** `seq`: the event that sent it, when known. */
  | { readonly kind: 'message'; readonly message: MessageId; readonly seq?: number }
  | { readonly kind: 'event'; readonly seq: number }
  | { readonly kind: 'operation'; readonly operation: number }

export const useSelection = defineStore('selection', () => {
  const run = useRun()
  const selected = shallowRef<Selected>()
  const hovered = shallowRef<Selected>()

  /** Selecting what is selected again changes nothing. */
  function select(next: Selected | undefined): void {
    if (!sameSelection(selected.value, next)) selected.value = next
  }

  function hover(next: Selected | undefined): void {
    if (!sameSelection(hovered.value, next)) hovered.value = next
  }

  const selectNode = (node: EndpointId): void => select({ kind: 'node', node })
  const isNode = (node: EndpointId): boolean => selected.value?.kind === 'node' && selected.value.node === node

  watch(
    () => run.id,
    () => {
      selected.value = undefined
      hovered.value = undefined
    },
  )

  return { selected, hovered, select, hover, selectNode, isNode }
})

export function sameSelection(a: Selected | undefined, b: Selected | undefined): boolean {
  if (a === b) return true
  if (!a || !b || a.kind !== b.kind) return false
  return JSON.stringify(a) === JSON.stringify(b)
}
