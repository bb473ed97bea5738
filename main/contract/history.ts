/** What the judge of histories found, as it crosses to the screen and is printed: operations in words, with where they stand. */

export interface HistoryOperation {
  /** Its number in a run, its place in a file. */
  readonly id: number
  /** In a run: the event of its invocation. In a file: its line. */
  readonly at: number
  readonly client: string
  /** `put x 1` */
  readonly text: string
  /** What it answered, in words; absent when nobody heard. */
  readonly answer?: string
  readonly invoke: number
  readonly return?: number
}

/** A point at which an operation can have taken effect. */
export interface HistoryPoint {
  readonly id: number
  readonly at: number
}

/** A longest order tried: how many operations it has, the last of them, and the state to which they lead. */
export interface HistoryAttempt {
  readonly length: number
  readonly tail: readonly HistoryOperation[]
  readonly state: string
  /** The last points of the order, some hundreds. Only where the order was asked for. */
  readonly points?: readonly HistoryPoint[]
}

export interface HistoryViolation {
  /** The key, or the element of a set; absent when the history is about one object. */
  readonly part?: string
  /** The operation at whose return it became certain. */
  readonly certain: HistoryOperation
  /** Absent beyond the first few violated parts. */
  readonly explained?: {
    readonly window: {
      /** They contradict each other, whatever the other operations did. */
      readonly operations: readonly HistoryOperation[]
      readonly from: number
      readonly to: number
      /** False: a limit came first, and fewer of them may do. */
      readonly smallest: boolean
    }
    readonly attempts: readonly HistoryAttempt[]
    readonly sequential: 'holds' | 'fails' | 'unknown'
    /** By how much reads would have to lag, in the history's unit of time. Absent where a model has no reads of the whole state. */
    readonly staleReads?: { readonly is: 'holds'; readonly by: number } | { readonly is: 'fails' } | { readonly is: 'unknown' }
    /** Did all come to read the same after the last write, with no acknowledged write lost? `why`, in words, unless it holds. */
    readonly eventual?: { readonly is: 'holds'; readonly within: number } | { readonly is: 'fails' | 'unknown'; readonly why: string }
    /** The stalest read: so many newer writes had been acknowledged before it was asked, the first of them so long before. */
    readonly behind?: { readonly versions: number; readonly by: number; readonly read: HistoryOperation }
  }
}

export interface HistoryReport {
  readonly is: 'linearizable' | 'violated' | 'unknown'
  /** Why it is unknown, in words. */
  readonly why?: string
  /** What was met, of all parts together. */
  readonly guarantee: 'linearizable' | 'sequential' | 'eventual' | 'none' | 'unknown'
  readonly model: string
  readonly operations: number
  /** Of these, how many have an unknown outcome. */
  readonly unheard: number
  /** Parts judged by themselves, such as keys, and how many of them no verdict was found for. */
  readonly parts: number
  readonly undecided: number
  readonly violations: readonly HistoryViolation[]
  /** Points at which the operations can have taken effect, in order. Only where it was asked for, and there is one. */
  readonly order?: readonly HistoryPoint[]
}

/** How far a judge is. */
export interface JudgeProgress {
  readonly doing: 'reading' | 'judging' | 'explaining'
  readonly operations: number
  /** Absent while nobody knows how many there are. */
  readonly total?: number
}
