/**
 * What ends a duel of proposers (PMS §2.4): who was outbid waits, for a time drawn at random from a range that grows with every
 * ballot in a row that it had to give up, so that sooner or later one of them is alone for long enough. Safety does not depend on it.
 */
import { setTimer, type Turn } from './state.ts'

export function backOff(turn: Turn): void {
  const { options, outbids } = turn.state
  setTimer(turn, 'retry', options.backOffMs, Math.min(options.backOffMsMax, options.backOffMs * 2 ** outbids))
}
