/**
 * How values went through the run, for lanes under the timeline: on each node a list of points, one where the value becomes
 * another. What nodes show is read off the recording, all facts in one scan; what stands in their states alone is found by
 * running the steps again. Either goes on where it was when it is asked again, and follows a recording that grows.
 */
import { thinned } from '../../protocols/core/lane.ts'
import type { Observation } from '../../protocols/core/machine.ts'
import { ChunkKind } from '../../protocols/wire/chunk.ts'
import { readEvent } from '../../protocols/wire/chunkEvents.ts'
import type { ChunkReader } from '../../protocols/wire/chunkReader.ts'
import type { ParsedRequest } from '../contract/commands.ts'
import type { Lane, LanePoint } from '../contract/state.ts'
import type { Execution } from './execution.ts'
import { valueIn } from './outline.ts'
import type { Cursor, EventSource } from './source.ts'
import { Walk } from './walk.ts'

type Value = NonNullable<LanePoint['value']> | null | undefined
type Asked = Omit<ParsedRequest<'run.lane'>, 'run'>

/** Lanes of states are passes over the recording: beyond so many the one that was not asked for longest goes. */
const KEPT = 12
const LOOK_EVERY = 64
const WORD_MAX = 60

/** The points of one value on one node. */
class Track {
  readonly points: LanePoint[] = []
  #value: Value

  take(seq: number, atUs: number, value: Value): void {
    if (value === this.#value) return
    this.#value = value
    this.points.push(value === undefined ? { seq, atUs } : { seq, atUs, value })
  }
}

/** Something that goes along the recording and fills tracks. */
interface Pass {
  readonly known: number
  readonly problem?: string | undefined
  tracks(path: string): readonly Track[] | undefined
  advance(to: number, untilMs: number): void
}

export class Lanes {
  readonly #source: EventSource
  readonly #execution: Execution | string
  readonly #shown: Shown
  readonly #states = new Map<string, FromStates>()

  constructor(source: EventSource, execution: Execution | string) {
    this.#source = source
    this.#execution = execution
    this.#shown = new Shown(source)
  }

  /** Goes on for `limitMs` at most, and tells what is known by then. */
  lane({ nodes, path, fromUs, toUs, points, limitMs }: Asked): Lane {
    const untilMs = performance.now() + limitMs
    const end = this.#source.refresh()
    this.#shown.advance(end, untilMs)
    const isShown = this.#isShown(path)
    const pass: Pass | string = isShown ? this.#shown : this.#ofStates(path)
    if (typeof pass === 'string') return { path, from: 'state', nodes: [], known: end, problem: pass }
    if (!isShown) pass.advance(end, untilMs)
    const tracks = pass.tracks(path)
    const all = this.#source.header.nodes
    return {
      path,
      from: isShown ? 'shown' : 'state',
      nodes: nodes.map((node) => ({ node, points: thinned(tracks?.[all.indexOf(node)]?.points ?? [], fromUs, toUs, points) })),
      known: pass.known,
      ...(pass.problem === undefined ? {} : { problem: pass.problem }),
    }
  }

  #isShown(path: string): boolean {
    if (path === 'role' || path === 'epoch' || path === 'leader') return true
    const isFact = typeof this.#execution !== 'string' && this.#execution.protocol.facts.some(({ name }) => name === path)
    return isFact || this.#shown.tracks(path) !== undefined
  }

  #ofStates(path: string): Pass | string {
    if (typeof this.#execution === 'string') return this.#execution
    const known = this.#states.get(path) ?? new FromStates(this.#source, this.#execution, path)
    this.#states.delete(path)
    this.#states.set(path, known)
    if (this.#states.size > KEPT) this.#states.delete(this.#states.keys().next().value as string)
    return known
  }
}

/** All that nodes show. */
class Shown implements Pass {
  readonly #source: EventSource
  readonly #cursor: Cursor
  readonly #facts = new Map<string, Track[]>()
  #atUs = 0

  constructor(source: EventSource) {
    this.#source = source
    this.#cursor = source.cursor(0)
  }

  get known(): number {
    return this.#cursor.seq
  }

  tracks(path: string): readonly Track[] | undefined {
    return this.#facts.get(path)
  }

  advance(to: number, untilMs: number): void {
    for (let reader = this.#cursor.next(to); reader; reader = this.#cursor.next(to)) {
      this.#cursor.pass()
      this.#atUs = Math.max(this.#atUs, reader.atUs)
      this.#take(reader)
      if (reader.seq % LOOK_EVERY === 0 && performance.now() >= untilMs) return
    }
  }

  #take(reader: ChunkReader): void {
    if (reader.kind === ChunkKind.step && reader.textEnd > reader.textAt && reader.endpoint < this.#source.header.nodes.length) {
      const extras = reader.json() as { readonly observation?: Observation } | undefined
      const { role, epoch, leader, facts } = extras?.observation ?? {}
      if (role === undefined) return
      for (const [name, value] of Object.entries({ role, epoch, leader: leader ?? null, ...facts }))
        this.#tell(reader.endpoint, name, value)
    } else if (reader.kind === ChunkKind.node) {
      const event = readEvent(reader)
      if (event.kind !== 'node' || event.change.is !== 'down') return
      const endpoint = this.#source.header.nodes.indexOf(event.node)
      for (const name of this.#facts.keys()) this.#tell(endpoint, name, undefined)
    }
  }

  #tell(endpoint: number, name: string, value: Value): void {
    let tracks = this.#facts.get(name)
    if (!tracks) {
      tracks = this.#source.header.nodes.map(() => new Track())
      this.#facts.set(name, tracks)
    }
    tracks[endpoint]?.take(this.known, this.#atUs, value)
  }
}

/** One path of every node's state. */
class FromStates implements Pass {
  readonly #walk: Walk
  readonly #path: string
  readonly #execution: Execution
  readonly #tracks: readonly Track[]
  readonly #last: unknown[] = []
  readonly #values: Value[] = []
  #atUs = 0
  problem: string | undefined

  constructor(source: EventSource, execution: Execution, path: string) {
    this.#walk = new Walk(source, execution)
    this.#path = path
    this.#execution = execution
    this.#tracks = source.header.nodes.map(() => new Track())
  }

  get known(): number {
    return this.#walk.seq
  }

  tracks(): readonly Track[] {
    return this.#tracks
  }

  advance(to: number, untilMs: number): void {
    this.#walk.advance(to, untilMs, (endpoint, { state, problem }, reader) => {
      this.problem ??= problem
      this.#atUs = Math.max(this.#atUs, reader.atUs)
      if (state !== this.#last[endpoint]) {
        this.#last[endpoint] = state
        const found = state === undefined ? undefined : valueIn(this.#execution.protocol, state, this.#path)
        this.#values[endpoint] = plain(found)
      }
      this.#tracks[endpoint]?.take(reader.seq, this.#atUs, this.#values[endpoint])
      return false
    })
  }
}

/** What can be drawn: numbers, words, and how many items a tree has. */
function plain(value: unknown): Value {
  if (value === undefined || value === null || typeof value === 'number' || typeof value === 'boolean') return value as Value
  if (typeof value === 'string') return value.length > WORD_MAX ? `${value.slice(0, WORD_MAX)}…` : value
  return Object.keys(value as object).length
}
