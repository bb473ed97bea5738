/**
 * Numbered rounds that go through phases in which everybody may say something: ballots with promises and votes, views with
 * prepares and commits. A protocol turns one step into words (see `RoundsView` in panel.ts); the book enters them in the order of
 * events, and finds the moment at which enough have said the same, whether or not anybody knows of it yet. What was said once is
 * not said again by a repeated message.
 */
import type { Place } from './ballots.ts'
import type { NodeId } from './ids.ts'

/** Which round: its name, and where it stands among the others, compared number by number. */
export interface RoundName {
  readonly name: string
  readonly order: readonly number[]
}

export type RoundWord =
  /** `by` begins it. */
  | { readonly is: 'begins'; readonly round: RoundName; readonly by: NodeId }
  /** It goes on to a phase with this: a value, and in words why this one. */
  | {
      readonly is: 'asks'
      readonly round: RoundName
      readonly by: NodeId
      readonly phase: string
      readonly text: string
      readonly why?: string
    }
  /** A node's part in a phase: what it says; or `refused`, and why. Equal texts count together. */
  | {
      readonly is: 'says'
      readonly round: RoundName
      readonly phase: string
      readonly node: NodeId
      readonly text: string
      readonly refused?: true
    }
  /** What a node said in a phase reached who had begun the round. */
  | { readonly is: 'heard'; readonly round: RoundName; readonly phase: string; readonly node: NodeId }
  /** Who had begun the round knows that it came out, or gives it up. */
  | { readonly is: 'ends'; readonly round: RoundName; readonly how: 'done' | 'given up'; readonly why: string }
  /** Of no round: a node knows the result. */
  | { readonly is: 'learns'; readonly node: NodeId; readonly text: string; readonly how: string }

export interface Said extends Place {
  readonly phase: string
  readonly node: NodeId
  readonly text: string
  readonly refused?: true
  /** When it reached who had begun the round. */
  readonly heard?: Place
}

export interface Asked extends Place {
  readonly phase: string
  readonly text: string
  readonly why?: string
}

/** Enough have said the same in a phase. */
export interface Reached extends Place {
  readonly phase: string
  readonly text: string
}

export interface Round extends Place {
  readonly name: string
  readonly order: readonly number[]
  readonly by: NodeId | undefined
  readonly asked: readonly Asked[]
  /** In the order in which it was said. */
  readonly said: readonly Said[]
  /** The first time for each phase and text. */
  readonly reached: readonly Reached[]
  readonly end?: Place & { readonly how: 'done' | 'given up'; readonly why: string }
}

export interface Learned extends Place {
  readonly node: NodeId
  readonly text: string
  readonly how: string
}

export class RoundBook {
  readonly #rounds: Round[] = []
  readonly #learned: Learned[] = []
  readonly #needs: { readonly [phase: string]: number }

  /** `needs`: how many must say the same in a phase. */
  constructor(needs: { readonly [phase: string]: number }) {
    this.#needs = needs
  }

  /** In their own order; those that events before tell of may still change. */
  get rounds(): readonly Round[] {
    return this.#rounds
  }

  /** In the order in which they learned; a node that forgot may learn again. */
  get learned(): readonly Learned[] {
    return this.#learned
  }

  enter(word: RoundWord, { seq, atUs }: Place): void {
    const place: Place = { seq, atUs }
    switch (word.is) {
      case 'begins':
        return this.#change(word.round, place, (it) => (it.by === undefined ? { ...it, ...place, by: word.by } : it))
      case 'asks': {
        const { phase, text, why, by } = word
        const asked: Asked = { ...place, phase, text, ...(why === undefined ? {} : { why }) }
        const isKnown = (it: Round) => it.asked.some((each) => each.phase === phase && each.text === text)
        return this.#change(word.round, place, (it) => (isKnown(it) ? it : { ...it, by: it.by ?? by, asked: [...it.asked, asked] }))
      }
      case 'says':
        return this.#change(word.round, place, (it) => this.#said(it, word, place))
      case 'heard':
        return this.#change(word.round, place, (it) => ({
          ...it,
          said: it.said.map((each) =>
            each.node === word.node && each.phase === word.phase && !each.refused && !each.heard ? { ...each, heard: place } : each,
          ),
        }))
      case 'ends':
        return this.#change(word.round, place, (it) => (it.end ? it : { ...it, end: { ...place, how: word.how, why: word.why } }))
      case 'learns':
        this.#learned.push({ ...place, node: word.node, text: word.text, how: word.how })
        return
      default:
        return word satisfies never
    }
  }

  #said(it: Round, { phase, node, text, refused }: Extract<RoundWord, { is: 'says' }>, place: Place): Round {
    const isSame = (each: Said) => each.phase === phase && each.node === node && each.text === text && each.refused === refused
    if (it.said.some(isSame)) return it
    const said = [...it.said, { ...place, phase, node, text, ...(refused ? { refused } : {}) }]
    const count = said.filter((each) => each.phase === phase && !each.refused && each.text === text).length
    if (refused || count !== this.#needs[phase]) return { ...it, said }
    return { ...it, said, reached: [...it.reached, { ...place, phase, text }] }
  }

  #change({ name, order }: RoundName, place: Place, change: (it: Round) => Round): void {
    let at = this.#rounds.length
    while (at > 0 && compareOrder((this.#rounds[at - 1] as Round).order, order) > 0) at--
    const known = this.#rounds[at - 1]
    if (known?.name === name) this.#rounds[at - 1] = change(known)
    else this.#rounds.splice(at, 0, change({ ...place, name, order, by: undefined, asked: [], said: [], reached: [] }))
  }
}

function compareOrder(a: readonly number[], b: readonly number[]): number {
  for (const [index, one] of a.entries()) {
    const other = b[index] ?? 0
    if (one !== other) return one - other
  }
  return 0
}

/** What was known of a round right after event `seq`. Undefined before it began. */
export function roundAt(round: Round, seq: number): Round | undefined {
  if (round.seq > seq) return undefined
  const { end, ...rest } = round
  const before = <T extends Place>(list: readonly T[]) => list.filter((each) => each.seq <= seq)
  const said = before(rest.said).map(({ heard, ...each }): Said => (heard && heard.seq <= seq ? { ...each, heard } : each))
  return { ...rest, asked: before(rest.asked), said, reached: before(rest.reached), ...(end && end.seq <= seq ? { end } : {}) }
}
