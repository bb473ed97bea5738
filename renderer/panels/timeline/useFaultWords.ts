/** A fault's band in words: from the fault itself where it is still known, else as its mark says. */
import { faultText } from '../../../protocols/words/faultText.ts'
import type { Band } from '../../model/marks.ts'
import { useRun } from '../../stores/run.ts'

export function useFaultWords() {
  const run = useRun()
  return {
    of(band: Band): string {
      const mark = run.marks.find(({ seq, kind }) => seq === band.seq && kind === 'fault')
      const fault = [...(run.now?.faults.values() ?? [])].find(({ id }) => id === mark?.fault)
      return fault ? faultText(fault) : band.text
    },
  }
}
