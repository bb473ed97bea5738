/** Between times of a run and places on the timeline. */

/** What part of a run the timeline shows. */
export interface Span {
  readonly fromUs: number
  readonly toUs: number
}

export const xOf = (us: number, span: Span, width: number): number => ((us - span.fromUs) / (span.toUs - span.fromUs)) * width
export const usOf = (x: number, span: Span, width: number): number => span.fromUs + (x / width) * (span.toUs - span.fromUs)

const SPAN_US_MIN = 2_000

/** How much time the timeline of a growing run shows: more than there is, in steps, so that it rests between them instead of shrinking with every frame. */
export function roomFor(lengthUs: number): number {
  const step = ROOMS_S.find((seconds) => seconds * 1e6 >= lengthUs * 1.02)
  return step === undefined ? Math.ceil((lengthUs * 1.02) / 3.6e9) * 3.6e9 : step * 1e6
}

const ROOMS_S = [10, 20, 30, 45, 60, 90, 120, 180, 240, 300, 450, 600, 900, 1200, 1800, 2700, 3600]

/** The span moved so that a playhead that ran out of it is in it again, near its beginning. */
export function follow(span: Span, playheadUs: number): Span {
  if (playheadUs >= span.fromUs && playheadUs <= span.toUs) return span
  const size = span.toUs - span.fromUs
  const fromUs = Math.max(0, playheadUs - size * 0.1)
  return { fromUs, toUs: fromUs + size }
}

/** Closer (factor below 1) or further round a time that stays where it is; never beyond the run. */
export function zoom(span: Span, aroundUs: number, factor: number, lengthUs: number): Span {
  const whole = Math.max(lengthUs, SPAN_US_MIN)
  const size = Math.min(whole, Math.max(SPAN_US_MIN, (span.toUs - span.fromUs) * factor))
  const share = (aroundUs - span.fromUs) / (span.toUs - span.fromUs)
  return within({ fromUs: aroundUs - share * size, toUs: aroundUs + (1 - share) * size }, whole)
}

export const pan = (span: Span, byUs: number, lengthUs: number): Span =>
  within({ fromUs: span.fromUs + byUs, toUs: span.toUs + byUs }, lengthUs)

function within({ fromUs, toUs }: Span, lengthUs: number): Span {
  const shift = fromUs < 0 ? -fromUs : toUs > lengthUs ? Math.max(lengthUs - toUs, -fromUs) : 0
  return { fromUs: fromUs + shift, toUs: toUs + shift }
}

/** Times for the axis, a readable step apart and at least `gapPx` from each other. */
export function ticks(span: Span, width: number, gapPx: number): { readonly atUs: number; readonly text: string }[] {
  const least = ((span.toUs - span.fromUs) / width) * gapPx
  if (!(least > 0)) return []
  const stepUs = STEPS_US.find((step) => step >= least) ?? 3_600_000_000
  const found: { atUs: number; text: string }[] = []
  for (let i = Math.ceil(span.fromUs / stepUs); i * stepUs <= span.toUs; i++)
    found.push({ atUs: i * stepUs, text: tickText(i * stepUs, stepUs) })
  return found
}

const STEPS_US = [1, 2, 5, 10, 20, 50, 100, 200, 500]
  .flatMap((step) => [step, step * 1000])
  .concat([1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800].map((step) => step * 1e6))
  .sort((a, b) => a - b)

function tickText(us: number, stepUs: number): string {
  const decimals = stepUs >= 1e6 ? 0 : stepUs >= 1e5 ? 1 : stepUs >= 1e4 ? 2 : stepUs >= 1e3 ? 3 : 6
  const seconds = us / 1e6
  if (seconds < 60 || decimals > 0) return `${seconds.toFixed(decimals)} s`
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`
}
