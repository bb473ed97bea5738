/**
 * How a program without a window is asked to end, and what it does when nobody reads what it says any more. One press of
 * Ctrl-C can arrive twice, from the terminal and from the program that started us, and a signal to a whole group does; so
 * what follows at once belongs to the first. A second press later ends without waiting for good order.
 */
const SAME_PRESS_MS = 1000

/** Resolves to the first signal that asks this process to end. A later one makes it `giveUp`. */
export function askedToEnd(giveUp: () => void): Promise<NodeJS.Signals> {
  let firstMs: number | undefined
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (firstMs !== undefined && performance.now() - firstMs > SAME_PRESS_MS) giveUp()
        firstMs ??= performance.now()
        resolve(signal)
      })
    }
  })
}

/** A terminal that closed, or a pipe whose reader went away, must not end a run in the middle: progress is then said to nobody. */
export function outliveReaders(...streams: NodeJS.WriteStream[]): void {
  for (const stream of streams) stream.on('error', () => undefined)
}
