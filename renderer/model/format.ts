/** Numbers, times and sizes as they stand on the screen: always with their unit. */

const counts = new Intl.NumberFormat('en-US')

/** `12,408`. */
export const formatCount = (count: number): string => counts.format(count)

/** `1 event`, `12,408 events`. */
export const formatCountOf = (count: number, one: string, many = `${one}s`): string => `${formatCount(count)} ${count === 1 ? one : many}`

/** A moment of a run, given in microseconds since it began: `+12.408 s`, from a minute on `+2:05.310`. */
export function formatRunTime(atUs: number, decimals = 3): string {
  const seconds = Math.max(0, atUs) / 1e6
  if (seconds < 60) return `+${seconds.toFixed(decimals)} s`
  const minutes = Math.floor(seconds / 60)
  const rest = (seconds - minutes * 60).toFixed(decimals).padStart(decimals > 0 ? 3 + decimals : 2, '0')
  if (minutes < 60) return `+${minutes}:${rest}`
  return `+${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${rest}`
}

/** A length of time given in microseconds, three digits that matter: `180 µs`, `12.4 ms`, `3.2 s`, `4 min 10 s`. */
export function formatDuration(us: number): string {
  if (us < 1000) return `${Math.round(us)} µs`
  if (us < 1e6) return `${trim(us / 1000)} ms`
  if (us < 60e6) return `${trim(us / 1e6)} s`
  const seconds = Math.round(us / 1e6)
  const hours = Math.floor(seconds / 3600)
  if (hours > 0) return `${hours} h ${Math.floor((seconds % 3600) / 60)} min`
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** `850 B`, `12.4 kB`, `3.1 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 1e6) return `${trim(bytes / 1e3)} kB`
  if (bytes < 1e9) return `${trim(bytes / 1e6)} MB`
  return `${trim(bytes / 1e9)} GB`
}

/** Long text cut in the middle, where names differ least: `/home/ada/…/run-12.synod`. */
export function cutMiddle(text: string, max: number): string {
  if (text.length <= max) return text
  const head = Math.ceil((max - 1) / 2)
  return `${text.slice(0, head)}…${text.slice(text.length - (max - 1 - head))}`
}

const trim = (value: number): string => String(Number(value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2)))
