/**
 * A node may say no to what a person told it, at once or after a while. All of that is heard here. It is said wherever it was told from, and can be told
 * again from there; what a node that comes or goes is refused stands beside the node instead: seats.ts.
 */
import { defineStore } from 'pinia'
import { watch } from 'vue'
import type { NodeId } from '../../protocols/core/ids.ts'
import type { Control } from '../../protocols/core/input.ts'
import type { Mark } from '../../protocols/core/mark.ts'
import { findProtocol } from '../../protocols/registry.ts'
import { refusalText } from '../model/refusalWords.ts'
import { useFaults } from './faults.ts'
import { useNotices } from './notices.ts'
import { useRun } from './run.ts'
import { useSeats } from './seats.ts'

export const useRefusals = defineStore('refusals', () => {
  const run = useRun()
  const faults = useFaults()
  const seats = useSeats()
  const notices = useNotices()

  /** What somebody was told of already. */
  const heard = new Set<string>()
  watch(
    () => run.id,
    () => heard.clear(),
  )
  // Who said no may be heard before it is known that it was told anything.
  watch([() => run.marks, () => faults.told, () => seats.changing], () => {
    for (const { seq, node, no } of run.marks) {
      const key = `${seq} ${no?.why}`
      if (node === undefined || no === undefined || heard.has(key)) continue
      const told = faults.told.get(node)
      const isTold = told !== undefined && seq > told.atSeq && isAbout(no, told.control)
      const isOfSeat = seats.hear(node, no, seq)
      if (!isTold && !isOfSeat) continue
      heard.add(key)
      if (isTold) faults.forget(node)
      if (isTold && !isOfSeat) tell(node, told.control, no)
    }
  })

  function tell(node: NodeId, control: Control, no: NonNullable<Mark['no']>): void {
    const { controls } = findProtocol(run.config?.protocol ?? '') ?? {}
    const label = controls?.find(({ name }) => name === control.name)?.label ?? control.name
    notices.tell(refusalText(node, label, no), { label: 'Tell it again', run: () => void faults.tell(node, control) })
  }

  return {}
})

/** Who does not say which control it means is asked whom it is about. */
function isAbout({ control, about }: NonNullable<Mark['no']>, told: Control): boolean {
  if (control !== undefined) return control === told.name
  const named = Object.values(told).flat()
  return about === undefined || about.some((node) => named.includes(node))
}
