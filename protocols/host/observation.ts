/** Whether two observations show the same: they are small and flat, and are recorded only when they differ. */
import type { Observation } from '../core/machine.ts'

export function sameObservation(a: Observation, b: Observation): boolean {
  if (a.role !== b.role || a.epoch !== b.epoch || a.leader !== b.leader || a.lies !== b.lies) return false
  const names = Object.keys(a.facts)
  if (names.length !== Object.keys(b.facts).length) return false
  for (const name of names) if (a.facts[name] !== b.facts[name]) return false
  return true
}
