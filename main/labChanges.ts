/**
 * One listener's share of the stream of changes. A listener that keeps up gets everything as it comes; one that is
 * behind gets merged changes when it is ready again: the newest verdict, the newest list of runs, and for a recording
 * that grew either its events or, when they were too many, the moment that stands for them. Nothing piles up.
 */
import type { RunId } from '../protocols/core/ids.ts'
import type { Mark } from '../protocols/core/mark.ts'
import type { MomentData } from '../protocols/core/moment.ts'
import type { Change } from './contract/stream.ts'
import type { ChangeListener } from './labApi.ts'

type Grew = Extract<Change, { kind: 'grew' }>

const LOOK_AGAIN_MS = 33
const EVENTS_MAX = 1000
const TROUBLES_MAX = 20

/** What a recording has grown by while the listener was behind. */
interface Growth {
  newest: Grew
  marks: Mark[]
  /** In order; `undefined` once they were too many to keep. */
  changes: Grew[] | undefined
  events: number
}

export class ChangeQueue {
  readonly #listener: ChangeListener
  readonly #momentOf: (run: RunId, seq: number) => Promise<MomentData>
  readonly #grown = new Map<RunId, Growth>()
  readonly #verdicts = new Map<RunId, Change>()
  readonly #futures = new Map<RunId, Change>()
  readonly #bookmarks = new Map<RunId, Change>()
  #runs: Change | undefined
  #troubles: Change[] = []
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(listener: ChangeListener, momentOf: (run: RunId, seq: number) => Promise<MomentData>) {
    this.#listener = listener
    this.#momentOf = momentOf
  }

  push(change: Change): void {
    if (this.#closed) return
    if (this.#timer === undefined && this.#ready()) return this.#listener.change(change)
    this.#keep(change)
    this.#lookLater()
  }

  /** Forgets what waits for a run that is no longer watched. */
  forget(run: RunId): void {
    this.#grown.delete(run)
    this.#verdicts.delete(run)
    this.#futures.delete(run)
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  #ready(): boolean {
    return this.#listener.ready?.() ?? true
  }

  #keep(change: Change): void {
    switch (change.kind) {
      case 'grew':
        return this.#grow(change)
      case 'verdict':
        this.#verdicts.set(change.run, change)
        return
      case 'futures':
        this.#futures.set(change.run, change)
        return
      case 'bookmarks':
        this.#bookmarks.set(change.run, change)
        return
      case 'judging':
      case 'exchange':
      case 'branching':
      case 'comparing':
        return // old news when the listener is ready again
      case 'runs':
        this.#runs = change
        return
      case 'trouble':
        this.#troubles = [...this.#troubles, change].slice(-TROUBLES_MAX)
        return
      default:
        return change satisfies never
    }
  }

  #grow(change: Grew): void {
    const grown = this.#grown.get(change.run) ?? { newest: change, marks: [], changes: [], events: 0 }
    this.#grown.set(change.run, grown)
    grown.newest = change
    grown.marks.push(...change.marks)
    if (change.moment) {
      grown.changes = [change]
      grown.events = 0
      return
    }
    grown.events += change.events.length
    if (grown.events > EVENTS_MAX) grown.changes = undefined
    grown.changes?.push(change)
  }

  #lookLater(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      if (this.#closed) return
      if (!this.#ready()) return this.#lookLater()
      this.#deliver()
    }, LOOK_AGAIN_MS).unref()
  }

  #deliver(): void {
    const { change } = this.#listener
    const tell = change.bind(this.#listener)
    const grown = [...this.#grown.values()]
    const rest = [
      ...this.#verdicts.values(),
      ...this.#futures.values(),
      ...this.#bookmarks.values(),
      ...(this.#runs ? [this.#runs] : []),
      ...this.#troubles,
    ]
    this.#grown.clear()
    this.#verdicts.clear()
    this.#futures.clear()
    this.#bookmarks.clear()
    this.#runs = undefined
    this.#troubles = []
    for (const growth of grown) this.#deliverGrowth(growth, tell)
    for (const kept of rest) tell(kept)
  }

  #deliverGrowth({ newest, marks, changes, events }: Growth, tell: (change: Change) => void): void {
    if (changes === undefined) {
      this.#momentOf(newest.run, newest.lastSeq).then(
        (moment) => this.#closed || tell({ ...newest, events: [], moment, marks }),
        () => undefined, // the run was closed meanwhile: a change of kind `runs` says so
      )
      return
    }
    const [first] = changes
    if (first?.moment && changes.length > 0) {
      tell({ ...first, marks, rates: newest.rates })
      if (events > 0) tell({ ...newest, events: changes.slice(1).flatMap((change) => change.events), marks: [] })
      return
    }
    tell({ ...newest, events: changes.flatMap((change) => change.events), marks })
  }
}
