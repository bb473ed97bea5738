/** Notices what a person looks for on the timeline in the bytes of a recording, without parsing those of steps in which there is nothing. */
import type { StepEvent } from '../../protocols/core/event.ts'
import type { NodeId } from '../../protocols/core/ids.ts'
import type { NoteSpec, Observation } from '../../protocols/core/machine.ts'
import type { Mark } from '../../protocols/core/mark.ts'
import { type LeaderWords, leaderMark, ledBy, refusalMark, type Verbs, verbsOf } from '../../protocols/words/marks.ts'

const ROLE = Buffer.from('"role":')
const LEADER = Buffer.from('"role":"leader"')
const EPOCH = Buffer.from('"epoch":')

/** Notices when a node begins to lead and when it ceases to, from the extras of its steps, without parsing those of a node that leads already. */
export class LeaderWatch {
  /** The epoch in which each endpoint was last seen to lead. */
  readonly #leads: (number | undefined)[]
  readonly #nodes: readonly string[]
  readonly #words: LeaderWords

  constructor(endpoints: readonly string[], words: LeaderWords) {
    this.#nodes = endpoints
    this.#words = words
    this.#leads = endpoints.map(() => undefined)
  }

  /** It was seen to lead before. */
  leads(endpoint: number, epoch: number): void {
    this.#leads[endpoint] = epoch
  }

  /** It went down: it leads nothing any more, and that it went down is a mark already. */
  down(node: NodeId): void {
    this.#leads[this.#nodes.indexOf(node)] = undefined
  }

  /** `extras`: JSON of `{ observation?, notes? }`. */
  step(
    endpoint: number,
    extras: Uint8Array,
    seq: number,
    atUs: number,
    parse: (extras: Uint8Array) => Observation | undefined,
  ): Mark | undefined {
    const buffer = Buffer.from(extras.buffer, extras.byteOffset, extras.byteLength)
    const known = this.#leads[endpoint]
    const seemsToLead = buffer.includes(LEADER)
    if (known === undefined ? !seemsToLead : seemsToLead ? epochIn(buffer) === known : !buffer.includes(ROLE)) return undefined
    const observation = parse(extras)
    if (!observation) return undefined
    const leads = ledBy(observation)
    this.#leads[endpoint] = leads
    return leaderMark({ seq, atUs, node: this.#nodes[endpoint] as NodeId }, known, leads, this.#words)
  }
}

function epochIn(extras: Buffer): number | undefined {
  const at = extras.indexOf(EPOCH)
  if (at < 0) return undefined
  let epoch = 0
  for (let i = at + EPOCH.length; ; i++) {
    const digit = (extras[i] ?? 0) - 48
    if (digit < 0 || digit > 9) return epoch
    epoch = epoch * 10 + digit
  }
}

const WHY = Buffer.from('"why":')

/** Notices when a node says no to what it was told, without parsing the extras of steps that do not. */
export class RefusalWatch {
  readonly #verbs: Verbs
  readonly #nodes: readonly string[]

  constructor(endpoints: readonly string[], notes: readonly NoteSpec[]) {
    this.#nodes = endpoints
    this.#verbs = verbsOf(notes)
  }

  /** `extras`: JSON of `{ observation?, notes? }`. */
  step(endpoint: number, extras: Uint8Array, seq: number, atUs: number, parse: (extras: Uint8Array) => Notes): Mark | undefined {
    if (this.#verbs.size === 0) return undefined
    if (!Buffer.from(extras.buffer, extras.byteOffset, extras.byteLength).includes(WHY)) return undefined
    return refusalMark({ seq, atUs }, this.#nodes[endpoint] as NodeId, parse(extras), this.#verbs)
  }
}

type Notes = StepEvent['notes']
