/** How many events fall into each equal slice of a run: the ground of the timeline, able to grow while the run is recorded. */
export interface Density {
  readonly sliceUs: number
  readonly events: readonly number[]
}

const SLICES_MAX = 2000

/**
 * The density after `count` more events up to `lengthUs`. They are laid into the slice of the new end, which is where
 * all but the smallest part of a batch of a thirtieth of a second falls. Slices are merged in pairs when they become too many.
 */
export function growDensity(density: Density, lengthUs: number, count: number): Density {
  let { sliceUs } = density
  let events = density.events.slice()
  if (sliceUs <= 0) sliceUs = 100_000
  while (lengthUs / sliceUs > SLICES_MAX) {
    events = mergePairs(events)
    sliceUs *= 2
  }
  const slice = Math.floor(lengthUs / sliceUs)
  while (events.length <= slice) events.push(0)
  events[slice] = (events[slice] ?? 0) + count
  return { sliceUs, events }
}

function mergePairs(events: readonly number[]): number[] {
  const merged: number[] = []
  for (let i = 0; i < events.length; i += 2) merged.push((events[i] ?? 0) + (events[i + 1] ?? 0))
  return merged
}
