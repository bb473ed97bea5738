/** How much slower than life a run goes: what can be chosen, and the words for it. */

export const TIME_SCALES = [1, 2, 5, 10, 20, 50, 100] as const

/** "real time", "20× slower". */
export const timeScaleText = (scale: number): string => (scale === 1 ? 'real time' : `${Number(scale.toPrecision(3))}× slower`)

/** The next one that is slower (1) or faster (-1); the last one where there is none. */
export function nextTimeScale(scale: number, by: 1 | -1): number {
  const next = by > 0 ? TIME_SCALES.find((each) => each > scale) : TIME_SCALES.findLast((each) => each < scale)
  return next ?? (by > 0 ? Math.max(scale, TIME_SCALES[TIME_SCALES.length - 1] as number) : 1)
}
