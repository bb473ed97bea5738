/** How many events fall into each equal slice of a run: the ground of the timeline, able to grow while the run is recorded. */
export interface Density {
  readonly sliceUs: number
  readonly events: readonly number[]
}

const SLICES_MAX = 2000

/** More events up to `lengthUs`: each at its time where the times are known, else `count` of them at the new end. Slices are merged in pairs when they become too many. */
export function growDensity(
  density: Density,
  lengthUs: number,
  grown: { readonly timesUs: readonly number[] } | { readonly count: number },
): Density {
  let { sliceUs } = density
  let events = density.events.slice()
  if (sliceUs <= 0) sliceUs = 100_000
  while (lengthUs / sliceUs > SLICES_MAX) {
    events = mergePairs(events)
    sliceUs *= 2
  }
  const last = Math.floor(lengthUs / sliceUs)
  while (events.length <= last) events.push(0)
  const add = (slice: number, count: number) => {
    events[slice] = (events[slice] ?? 0) + count
  }
  if ('count' in grown) add(last, grown.count)
  else for (const us of grown.timesUs) add(Math.min(last, Math.floor(us / sliceUs)), 1)
  return { sliceUs, events }
}

function mergePairs(events: readonly number[]): number[] {
  const merged: number[] = []
  for (let i = 0; i < events.length; i += 2) merged.push((events[i] ?? 0) + (events[i + 1] ?? 0))
  return merged
}
