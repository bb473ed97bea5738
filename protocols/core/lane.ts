/** The points of a lane that a drawing of some width shows: in each of its columns the first, the last, the lowest and the highest. */

/** A value from a time on until the next point. Absent `value`: nothing is known (the node is down). */
export interface LanePoint {
  readonly seq: number
  readonly atUs: number
  readonly value?: number | string | boolean | null
}

/** Those of a stretch of time, and the last before it, which still holds at its beginning. In order of time. */
export function thinned(points: readonly LanePoint[], fromUs: number, toUs: number, most: number): LanePoint[] {
  const first = Math.max(0, firstAfter(points, fromUs) - 1)
  const end = firstAfter(points, toUs)
  if (end - first <= most) return points.slice(first, end)
  const columns = Math.max(1, Math.floor(most / 4))
  const widthUs = Math.max(1, (toUs - fromUs) / columns)
  const kept: LanePoint[] = []
  for (let i = first; i < end; ) {
    const column = columnOf(points[i] as LanePoint, fromUs, widthUs)
    let next = i
    let low = i
    let high = i
    while (next < end && columnOf(points[next] as LanePoint, fromUs, widthUs) === column) {
      if (below(points[next] as LanePoint, points[low] as LanePoint)) low = next
      if (below(points[high] as LanePoint, points[next] as LanePoint)) high = next
      next++
    }
    for (const index of [...new Set([i, low, high, next - 1])].sort((a, b) => a - b)) kept.push(points[index] as LanePoint)
    i = next
  }
  return kept
}

const columnOf = ({ atUs }: LanePoint, fromUs: number, widthUs: number): number => Math.floor((atUs - fromUs) / widthUs)

/** Words have no lowest: of them the first and the last stay. */
const below = (a: LanePoint, b: LanePoint): boolean => typeof a.value === 'number' && typeof b.value === 'number' && a.value < b.value

function firstAfter(points: readonly LanePoint[], atUs: number): number {
  let low = 0
  let high = points.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((points[middle] as LanePoint).atUs > atUs) high = middle
    else low = middle + 1
  }
  return low
}
