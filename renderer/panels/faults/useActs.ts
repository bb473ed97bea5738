/** What the menus of breaking do, over the stores. */
import { computed } from 'vue'
import { useBreaking } from '../../stores/breaking.ts'
import { useFaults } from '../../stores/faults.ts'
import { useRun } from '../../stores/run.ts'
import { useSeats } from '../../stores/seats.ts'
import type { Acts } from './menu.ts'

export function useActs() {
  const run = useRun()
  const faults = useFaults()
  const breaking = useBreaking()
  const seats = useSeats()
  const machine: Acts['machine'] = { form: (node, part) => breaking.openMachine({ node, part }), cure: faults.setRight }
  const seating: Acts['seats'] = {
    ...{ isMember: seats.isMember, add: seats.add, join: seats.join, remove: seats.remove, end: seats.end, again: seats.again },
    letBe: seats.letBe,
    change: (node) => seats.changing.get(node)?.is,
  }
  return computed<Acts>(() => ({
    ...{ node: faults.actOnNode, arm: faults.arm, lift: faults.lift, release: faults.release, form: breaking.openForm },
    controls: run.protocol?.controls ?? [],
    tell: faults.tell,
    telling: (node, control) => breaking.openTelling({ node, control }),
    machine: run.isSimulated ? machine : undefined,
    seats: run.protocol?.membership ? seating : undefined,
  }))
}
