/**
 * Long work that can be put down now and then: a generator that stops every few hundred things. Whoever must stay responsive takes it up
 * piece by piece, and gives it up by not taking it up again; whoever has the time runs it to its end.
 */
export type Pieces<T> = Generator<void, T, void>

/** So many things between two stops: well under a millisecond. */
export const PIECE = 256

export function finished<T>(work: Pieces<T>): T {
  for (;;) {
    const turn = work.next()
    if (turn.done) return turn.value
  }
}
