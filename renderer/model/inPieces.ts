/** Takes long work up piece by piece, so that the window draws and answers in between. */
import type { Pieces } from '../../protocols/causality/pieces.ts'

/** At a stretch, ms: half a frame is left for all else. */
const BUDGET_MS = 8

export interface Ways {
  /** Asked after each stretch; what is given up stays undone. */
  readonly isGivenUp: () => boolean
  /** Called before each pause with how long it has taken so far, ms. */
  readonly onPause?: (tookMs: number) => void
}

/** Undefined: it was given up. What takes no longer than one stretch is done when this returns its promise. */
export async function inPieces<T>(work: Pieces<T>, { isGivenUp, onPause }: Ways): Promise<T | undefined> {
  const beganMs = performance.now()
  for (;;) {
    const untilMs = performance.now() + BUDGET_MS
    do {
      const turn = work.next()
      if (turn.done) return turn.value
    } while (performance.now() < untilMs)
    onPause?.(performance.now() - beganMs)
    await new Promise((resolve) => setTimeout(resolve))
    if (isGivenUp()) return undefined
  }
}
