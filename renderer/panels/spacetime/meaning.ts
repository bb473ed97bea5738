/** What the signs of the diagram mean, one sentence each. */
import { isNoted, type MarkShape, shapeOf } from './markScene.ts'

export const MEANING: Record<MarkShape, string> = {
  message: 'A disc: the process took in a message, and what it sends in answer is part of the same step.',
  timer: 'A diamond: a timer went off. Nobody told the process to act, time alone did.',
  start: 'A triangle: the process started, with what was on its disk.',
  durable: 'A small dot: what it wrote is on its disk; what waited for that may go out now.',
  invoke: 'A hollow square: a client asked for an operation.',
  return: 'A full square: a client learned what became of its operation.',
  other: 'A small dot: a client sent something.',
}

export function meaningOf(kind: number, type: number): string {
  const noted = isNoted(kind, type) ? ' The ring: it noted something, such as a vote granted.' : ''
  return `${MEANING[shapeOf(kind, type)]}${noted}`
}

export const AXES = {
  time: {
    text: 'Real time',
    help: 'Where things stand by the machine’s one monotonic clock. What is drawn later happened later, whether or not one caused the other.',
  },
  lamport: {
    text: 'Lamport time',
    help: 'Each step counts one more than all that it knows of, so every arrow goes forward by at least one. The converse does not hold: a smaller time does not mean before. Lamport 1978.',
  },
  rank: {
    text: 'Causal rank',
    help: 'How many steps the longest chain of causes has that ends in a step: the tightest picture in which every arrow points forward. What stands at one rank is concurrent.',
  },
} as const

export const SOURCE =
  'Happened-before: Lamport 1978, “Time, Clocks, and the Ordering of Events”. That vector clocks tell it exactly: Fidge 1988 and Mattern 1988, independently.'
export const CUT_SOURCE =
  'A cut is consistent when it contains, with every event, all that happened before it: Chandy and Lamport 1985, Mattern 1988.'
