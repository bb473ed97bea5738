/** Which promise a history met, in one word. */
import type { HistoryVerdict } from './linearizability.ts'

/** From the strongest to the weakest; `none`: not even that. Of sequential consistency each part by itself. */
export type Guarantee = 'linearizable' | 'sequential' | 'eventual' | 'none' | 'unknown'

/** What every violated part still meets. */
export function guaranteeOf({ is, violations, undecided }: HistoryVerdict): Guarantee {
  if (is !== 'violated') return is
  const explained = violations.map((violation) => violation.explained)
  if (undecided > 0) return 'unknown'
  if (explained.every((each) => each?.sequential.is === 'holds')) return 'sequential'
  if (explained.every((each) => each?.eventual?.is === 'holds')) return 'eventual'
  return explained.some((each) => each?.sequential.is === 'fails' && each.eventual?.is === 'fails') ? 'none' : 'unknown'
}
