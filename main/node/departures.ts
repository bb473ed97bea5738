/**
 * When what a turn's steps asked for is carried out: all steps are reported on the tap in one write, all that they persist
 * is written and synced at once, and only then do their messages leave, one write per link. So a step's record is on its
 * way before its messages, and what a step persists is durable before anything that this or a later step says. The effects
 * of a turn stand or fall together: when the tap or the disk is slow, everything waits; but for messages that the protocol
 * calls early, which wait for the tap, and for what stands before them on their link, alone.
 */
import type { ByteWriter } from '../../protocols/wire/bytes.ts'
import type { Disk } from './disk.ts'
import type { Tap } from './tap.ts'

/** Where the messages go. */
export interface Links {
  /** Where frames to the endpoint are gathered until `flush`. */
  writer(to: number): ByteWriter
  flush(): void
  /** What was gathered for one endpoint. */
  flushTo(to: number): void
  /** Sets apart what was gathered so far, until `release`; what is gathered meanwhile stands behind it. */
  seal(): void
  release(): void
  /** Stops or goes on taking messages in. */
  setPaused(isPaused: boolean): void
}

export interface DeparturesOptions {
  /** Nodes and clients. */
  readonly endpoints: number
  readonly sync: 'batch' | 'never'
  readonly disk: Disk
  readonly tap: Tap
  readonly links: Links
  /** A turn is under way: what was stepped in it is not reported yet. */
  isTurnOpen(): boolean
  /** What was persisted with this mark, and all before it, is durable. */
  onDurable(mark: number): void
}

/** So few steps are synced on the spot: the detour over another thread would cost more than the standstill. More are synced while the next are stepped. */
const GROUP_STEPS = 4

/** What is gathered for an endpoint. */
const Gathered = { nothing: 0, early: 1, waiting: 2 } as const

export class Departures {
  readonly #options: DeparturesOptions
  /** By endpoint: one of Gathered, and whether something sealed waits for the sync under way. */
  readonly #gathered: Uint8Array
  readonly #sealed: Uint8Array
  /** Records to persist, as JSON; `#replaces` when they stand for all before them. */
  #persists: string[] = []
  #replaces = false
  #isTapBehind = false
  /** Something was written to the disk since the last sync began. */
  #isUnsynced = false
  #isSyncing = false
  /** Steps since the last sync began. */
  #steps = 0
  /** The last mark that the protocol has set, that was written, whose sync is under way, and of whose safety the protocol knows. */
  #markSet = 0
  #markWritten = 0
  #markSyncing = 0
  #markTold = 0

  constructor(options: DeparturesOptions) {
    this.#options = options
    this.#gathered = new Uint8Array(options.endpoints)
    this.#sealed = new Uint8Array(options.endpoints)
  }

  get isTapBehind(): boolean {
    return this.#isTapBehind
  }

  /** Goes on where others were: everything persisted is durable, and the protocol is told so. */
  continue(markSet: number, markTold: number): void {
    this.#markSet = markSet
    this.#markWritten = markSet
    this.#markTold = markTold
  }

  /** Where a frame to the endpoint is written. */
  frame(to: number, early: boolean): ByteWriter {
    const how = early ? Gathered.early : Gathered.waiting
    if (how > (this.#gathered[to] as number)) this.#gathered[to] = how
    return this.#options.links.writer(to)
  }

  persist(text: string, replaces: boolean, mark: number | undefined): void {
    if (replaces) {
      this.#replaces = true
      this.#persists.length = 0
    }
    this.#persists.push(text)
    if (mark !== undefined) this.#markSet = mark
  }

  stepped(): void {
    this.#steps += 1
  }

  /** Carries out what the steps so far asked for; the tap has their records. Throws a FatalError when the disk fails. */
  flush(): void {
    const { disk, tap, links } = this.#options
    this.#isTapBehind = !tap.flush()
    links.setPaused(this.#isTapBehind)
    if (!this.#isTapBehind) this.#letGoEarly()
    if (this.#persists.length > 0) {
      const texts = this.#persists
      this.#persists = []
      if (this.#replaces) disk.replace(texts)
      else disk.append(texts)
      this.#isUnsynced = !this.#replaces
      this.#replaces = false
      this.#markWritten = this.#markSet
    }
    this.#letGo()
  }

  /** After the last flush: all is durable and on its way. */
  close(): void {
    const { disk, links } = this.#options
    if (this.#isSyncing) disk.sync()
    if (this.#isSyncing) links.release()
    links.flush()
  }

  #letGoEarly(): void {
    for (let to = 0; to < this.#gathered.length; to++) {
      if (this.#gathered[to] !== Gathered.early || this.#sealed[to] === 1) continue
      this.#options.links.flushTo(to)
      this.#gathered[to] = Gathered.nothing
    }
  }

  /** Messages leave when their steps' records are with the system and everything persisted before them is durable. */
  #letGo(): void {
    const { disk, links, sync } = this.#options
    if (this.#isSyncing || this.#isTapBehind) return
    const isSafe = !this.#isUnsynced || sync === 'never'
    const isSmall = this.#steps < GROUP_STEPS
    this.#isUnsynced = false
    this.#steps = 0
    if (isSafe || isSmall) {
      if (!isSafe) disk.sync()
      links.flush()
      this.#gathered.fill(Gathered.nothing)
      return this.#tell(this.#markWritten)
    }
    links.seal()
    for (let to = 0; to < this.#gathered.length; to++) if (this.#gathered[to] !== Gathered.nothing) this.#sealed[to] = 1
    this.#gathered.fill(Gathered.nothing)
    this.#isSyncing = true
    this.#markSyncing = this.#markWritten
    disk.syncLater(() => this.#onSynced())
  }

  #onSynced(): void {
    const mark = this.#markSyncing
    this.#isSyncing = false
    this.#sealed.fill(0)
    this.#options.links.release()
    if (!this.#options.isTurnOpen()) this.#letGo() // else the turn's end does, once its steps are reported
    this.#tell(mark)
  }

  #tell(mark: number): void {
    if (mark <= this.#markTold) return
    this.#markTold = mark
    this.#options.onDurable(mark)
  }
}
