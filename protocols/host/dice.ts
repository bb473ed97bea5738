/**
 * The draws that whoever runs a machine makes for it: a node's process, the simulator and the replay make the same ones,
 * so that a step can be taken again anywhere with what it was given.
 */
import { between, draw, Purpose } from '../core/prng.ts'

/** The coin that comes with a step's input. `endpoint` is the node's index. */
export const coinOf = (seed: number, endpoint: number, life: number, step: number): number => draw(seed, Purpose.coin, endpoint, life, step)

/** Run milliseconds from the range that a step asked for. A 32-bit float, because that is what is recorded of it. */
export function timerMs(seed: number, endpoint: number, life: number, step: number, timer: number, msMin: number, msMax: number): number {
  return Math.fround(between(draw(seed, Purpose.timer, endpoint, life, step, timer), msMin, msMax))
}
