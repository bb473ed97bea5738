/** Majorities. Votes are collected in sets keyed by sender, never in counters. */

/** The smallest number that is more than half of `size`. */
export const majority = (size: number): number => Math.floor(size / 2) + 1

/** True when `members` of a cluster of `size` are a strict majority. */
export const isMajority = (members: number, size: number): boolean => members >= majority(size)
