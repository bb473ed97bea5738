/** Freezes plain data all the way down, so that a step that writes into what it was given throws. */
import { isCollection } from 'immutable'

export function deepFreeze<T>(value: T, seen = new Set<unknown>()): T {
  if (typeof value !== 'object' || value === null || seen.has(value)) return value
  seen.add(value)
  if (isCollection(value)) {
    // Persistent collections look after themselves, but not after what they hold.
    for (const held of value.valueSeq()) deepFreeze(held, seen)
    return value
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== Array.prototype && prototype !== null) return value
  for (const held of Object.values(value)) deepFreeze(held, seen)
  return Object.freeze(value)
}
