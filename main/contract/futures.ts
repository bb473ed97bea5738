/** When something became inevitable: how likely it was from moments before it, as it crosses to the screen and is printed. */

/** One moment: futures from right after event `seq`, with the run's own deeds at their times and chance drawn anew. */
export interface FuturesMoment {
  readonly seq: number
  readonly atUs: number
  readonly futures: number
  /** Of these, in so many it happened. */
  readonly hits: number
  readonly share: number
  /** Wilson's interval: where the likelihood lies, with 95 %. */
  readonly low: number
  readonly high: number
  /** Seeds of a future in which it happened and of one in which it did not: `run.future` keeps one as a run. */
  readonly hit?: number
  readonly miss?: number
}

/** Between two moments next to each other the likelihood changed by more than chance explains. */
export interface FuturesStep {
  /** After this event it was one thing, after `to` the other. */
  readonly from: number
  readonly to: number
  readonly before: number
  readonly after: number
  /** The event in between that says most, in words; with its number. */
  readonly event: number
  readonly text: string
}

export interface FuturesReport {
  /** What happened, in words, and at which event. */
  readonly what: string
  readonly seq: number
  /** A future in which it has not happened by then counts as one without it. */
  readonly untilUs: number
  /** In order of events. */
  readonly moments: readonly FuturesMoment[]
  readonly steps: readonly FuturesStep[]
  /** Nothing is left to look at: the steps are as narrow as so many moments make them. */
  readonly isDone: boolean
  /** What went wrong with some of the futures, when anything did. */
  readonly troubles: readonly string[]
}
