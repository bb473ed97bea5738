/** How a benchmark speaks: one JSON line a figure on standard output, a readable line on standard error. */

export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** What ours is compared with in the same run, and what it reached. */
  readonly peer?: string
  readonly peerValue?: number
}

/** Prints a figure, with the ratio ours/peer where there is a peer. */
export function report(figure: Figure): void {
  const ratio = figure.peerValue === undefined ? undefined : figure.value / figure.peerValue
  const line = { ...figure, value: rounded(figure.value), peerValue: maybe(figure.peerValue), ratio: maybe(ratio) }
  process.stdout.write(`${JSON.stringify(line)}\n`)
  const peer = figure.peer === undefined ? '' : `   ${figure.peer} ${figure.peerValue === undefined ? 'absent' : rounded(figure.peerValue)}`
  const compared = ratio === undefined ? '' : `   ratio ${ratio.toFixed(2)}`
  process.stderr.write(`${figure.name.padEnd(58)} ${String(rounded(figure.value)).padStart(12)} ${figure.unit}${peer}${compared}\n`)
}

/** A remark for people: what was left out and why. */
export function remark(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** The value below which the fraction `part` of the ascending `sorted` lies; 0 for an empty list. */
export function percentile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0
}

export function median(values: readonly number[]): number {
  return percentile(
    [...values].sort((a, b) => a - b),
    0.5,
  )
}

const rounded = (value: number): number => Number(value.toPrecision(4))
const maybe = (value: number | undefined): number | undefined => (value === undefined ? undefined : rounded(value))
